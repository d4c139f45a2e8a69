"""The platform's own encryption keys.

Owns a key ring, a key for each service of Google's that encrypts with one, and the grants to those
services: secrets of the cluster, boot disks, weights, cache and logs.
Does not own images (Artifact Registry's own encryption: they hold no secret, and a repository
cannot change its key without being replaced), nor local SSDs (their key goes with the machine).
Why a key for each service, where AWS has one: a grant names a service and a key, and nothing finer.
A key costs a few cents a month.
Why names are drawn: pulumi-gcp cannot delete a key ring, nor the name of a key; both stay behind.
The API has had a way to delete them since 2026; the provider (10.2) does not use it.
"""

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components.gcp.account import ProjectRef
from components.gcp.handles import KeyRef, KeysRef
from components.gcp.policies import USE_KEY, checked_member, checked_role
from components.gcp.tags import labels
from components.handles import PlatformRef
from components.names import KMS_RESOURCE, fit

ROTATION = "7776000s"
"""90 days, as CIS Google Cloud Foundation Benchmark 1.10 asks. What is encrypted stays readable:
older versions of a key are kept."""
WAITING = "2592000s"
WAITING_UNPROTECTED = "604800s"
"""30 and 7 days between `destroy` and the end of a key's versions, as on AWS. Until then they can
be restored, and with them what they encrypted."""
GKE_AGENT = "container-engine-robot"
COMPUTE_AGENT = "compute-system"
CACHE_AGENT = "gcp-sa-memorystore"
"""Memorystore's (Memorystore for Valkey, "About customer-managed encryption keys", 2026)."""


@dataclass(frozen=True, eq=False)
class _Use:
    """What a key is for, and who encrypts with it."""

    purpose: str
    member: pulumi.Output[str]


class Encryption(pulumi.ComponentResource):
    """Keys for the cluster's secrets, boot disks, the weights, the cache and the logs."""

    keys: KeysRef
    """The keys, with their grants."""

    def __init__(
        self,
        name: str,
        *,
        platform: PlatformRef,
        project: ProjectRef,
        protected: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the keys; protected ones refuse `destroy`."""
        super().__init__("tokenworks:gcp:Encryption", name, None, opts)
        self._name, self._platform, self._protected = name, platform, protected
        ring_name = fit(f"{name}-ring", KMS_RESOURCE)
        ring = gcp.kms.KeyRing(
            ring_name,
            location=platform.region,
            opts=pulumi.ResourceOptions(parent=self, protect=protected),
        )
        ask = pulumi.InvokeOutputOptions(parent=self)
        storage = gcp.storage.get_project_service_account_output(project=project.id, opts=ask)
        logging = gcp.logging.get_project_cmek_settings_output(project=project.id, opts=ask)
        agent = project.service_agent
        self.keys = KeysRef(
            secrets=self._create_key(ring, _Use("secrets", agent(GKE_AGENT))),
            disks=self._create_key(ring, _Use("disks", agent(COMPUTE_AGENT))),
            # Google makes these two agents when they are first asked for.
            weights=self._create_key(ring, _Use("weights", storage.member)),
            logs=self._create_key(
                ring,
                _Use("logs", pulumi.Output.concat("serviceAccount:", logging.service_account_id)),
            ),
            cache=self._create_key(ring, _Use("cache", agent(CACHE_AGENT))),
            drawn=ring.name.apply(lambda drawn: drawn.removeprefix(f"{ring_name}-")),
        )
        self.register_outputs({"keyRing": ring.name})

    def _create_key(self, ring: gcp.kms.KeyRing, use: _Use) -> KeyRef:
        name = fit(f"{self._name}-{use.purpose}", KMS_RESOURCE)
        key = gcp.kms.CryptoKey(
            name,
            key_ring=ring.id,
            purpose="ENCRYPT_DECRYPT",
            rotation_period=ROTATION,
            destroy_scheduled_duration=WAITING if self._protected else WAITING_UNPROTECTED,
            labels=labels(self._platform),
            opts=pulumi.ResourceOptions(parent=self, protect=self._protected),
        )
        grant = gcp.kms.CryptoKeyIAMMember(
            f"{name}-use",
            crypto_key_id=key.id,
            role=checked_role(USE_KEY),
            member=use.member.apply(checked_member),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return KeyRef(id=key.id, grants=(grant,))
