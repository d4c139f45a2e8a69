"""Where the secrets of a platform live: Secret Manager.

Owns the secrets, where they are replicated, and who reads or fills each. Does not own their values:
a person puts them, or External Secrets does, and none passes Pulumi, its state or a preview.
Why Google's own encryption: a key of ours would need a service agent of Secret Manager, which a
project has only once somebody asked for one by hand.
"""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_gcp as gcp

from components.gcp.account import ProjectRef
from components.gcp.identity import RoleMaker
from components.gcp.policies import FILL_SECRETS, READ_SECRETS
from components.gcp.tags import labels
from components.handles import PlatformRef, Workload
from components.names import SECRET_MANAGER_SECRET, fit
from components.secrets import Origin, PlatformSecret, place
from infra.spec.cloud import CloudProvider

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
                place(CloudProvider.GCP, self._platform.name, secret), SECRET_MANAGER_SECRET
            ),
            # Where the platform is, and nowhere else.
            replication=_replication(
                user_managed=_managed(replicas=[_replica(location=self._platform.region)])
            ),
            deletion_protection=self._protected,
            labels=labels(self._platform, extra),
            opts=pulumi.ResourceOptions(parent=self, protect=self._protected),
        )


class SecretRights(pulumi.ComponentResource):
    """Pods of one service account that bring the secrets into the cluster, each by a grant on it.

    A grant on the project would be good for the secrets of every other platform in it.
    """

    permissions: tuple[pulumi.Resource, ...]
    """What must exist before a pod uses it, and outlive its last use."""

    def __init__(  # noqa: PLR0913  the handles it stands on are named one by one
        self,
        name: str,
        workload: Workload,
        secrets: Sequence[PlatformSecret],
        *,
        names: Mapping[str, pulumi.Output[str]],
        project: ProjectRef,
        drawn: pulumi.Output[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Let the pods read every secret, and fill those that the cluster generates.

        Args:
            name: name of the component.
            workload: the pods.
            secrets: the secrets.
            names: purpose to the id of the secret.
            project: where they are.
            drawn: see `KeysRef.drawn`.
            opts: options of the component.
        """
        super().__init__("tokenworks:gcp:SecretRights", name, None, opts)
        roles = RoleMaker(self, name, project, drawn)
        origins = {secret.origin for secret in secrets}
        wanted = {Origin.PERSON: READ_SECRETS, Origin.CLUSTER: FILL_SECRETS}
        made = {origin: roles.create(wanted[origin]) for origin in Origin if origin in origins}
        self.permissions = tuple(
            gcp.secretmanager.SecretIamMember(
                f"{name}-{secret.purpose}",
                project=project.id,
                secret_id=names[secret.purpose],
                role=made[secret.origin],
                member=project.pods(workload),
                opts=pulumi.ResourceOptions(parent=self),
            )
            for secret in secrets
        )
        self.register_outputs({"member": project.pods(workload)})
