"""Where the secrets of a platform live: Secret Manager.

Owns the secrets and where they are replicated. Does not own their values: a person puts them, or
External Secrets does, and none passes Pulumi, its state or a preview. Does not own who reads them.
Why Google's own encryption: a key of ours would need a service agent of Secret Manager, which a
project has only once somebody asked for one by hand.
"""

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from components.gcp.tags import labels
from components.handles import PlatformRef
from components.names import SECRET_MANAGER_SECRET, fit
from components.secrets import Origin, PlatformSecret

PUSHED = {"managed-by": "external-secrets"}
"""Without this label External Secrets refuses to write a secret ("secret not managed
by external-secrets": external-secrets/external-secrets#3623, 2024-06-24)."""

_replication = gcp.secretmanager.SecretReplicationArgs
_managed = gcp.secretmanager.SecretReplicationUserManagedArgs
_replica = gcp.secretmanager.SecretReplicationUserManagedReplicaArgs


class Secrets(pulumi.ComponentResource):
    """The secrets of a platform, without values."""

    names: dict[str, pulumi.Output[str]]
    """Purpose to the id of the secret."""

    def __init__(
        self,
        name: str,
        secrets: Sequence[PlatformSecret],
        *,
        platform: PlatformRef,
        protected: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create them; protected ones refuse `destroy`, others go with their values."""
        super().__init__("tokenworks:gcp:Secrets", name, None, opts)
        self._name = name
        self._platform = platform
        self._protected = protected
        self.names = {secret.purpose: self._create(secret).secret_id for secret in secrets}
        self.register_outputs({"names": self.names})

    def _create(self, secret: PlatformSecret) -> gcp.secretmanager.Secret:
        extra = PUSHED if secret.origin is Origin.CLUSTER else {}
        return gcp.secretmanager.Secret(
            f"{self._name}-{secret.purpose}",
            # Fixed: people and External Secrets name it.
            secret_id=fit(
                f"tokenworks-{self._platform.name}-{secret.purpose}", SECRET_MANAGER_SECRET
            ),
            # Where the platform is, and nowhere else.
            replication=_replication(
                user_managed=_managed(replicas=[_replica(location=self._platform.region)])
            ),
            deletion_protection=self._protected,
            labels=labels(self._platform, extra),
            opts=pulumi.ResourceOptions(parent=self, protect=self._protected),
        )
