"""The cache inside the cluster: two releases of the Valkey chart in a namespace of their own.

Owns the namespace, its quota and the one way in, the passwords, and both releases. Does not own the
chart's values (`valkey`), nor the managed caches of staging and prod.
Why two releases: what may be evicted and what may not cannot share a process, as eviction is a
setting of the whole server.
Why no TLS: nothing in the cluster issues a certificate yet. Until cert-manager does, the network
policy lets labelled namespaces in and nobody else, and no password is ever sent out of the cluster.
"""

from collections.abc import Mapping

import pulumi

from components import labels
from components.cache_rules import PORT
from components.data.valkey import (
    CHART,
    EXPORTER_MIB,
    EXPORTER_MILLICORES,
    PODS,
    REQUEST_MILLICORES,
    memory_mib,
    release_name,
    valkey_values,
)
from components.handles import CacheRef, NamespaceRef
from components.kubernetes import network_policies
from components.kubernetes.charts import helm_release
from components.kubernetes.generated_secret import GeneratedSecret
from components.kubernetes.namespaces import Namespace, PodSecurity
from components.kubernetes.secret_store import SecretStoreRef
from components.kubernetes.storage import DISKS
from components.secrets import cache_users
from infra.catalog import releases
from infra.spec.cache import CacheInstanceSpec, CacheSpec
from infra.spec.cloud import CloudProvider

NAMESPACE = "cache"
HEADROOM = 2
"""Times what runs: the new pod of `responses` starts beside the old one."""


def quota(spec: CacheSpec) -> dict[str, str]:
    """Return what the namespace may hold: two servers twice, and the disk of `counters`."""
    instances = spec.instances.values()
    memory = f"{HEADROOM * sum(memory_mib(one) + EXPORTER_MIB for one in instances)}Mi"
    millicores = HEADROOM * len(instances) * (REQUEST_MILLICORES + EXPORTER_MILLICORES)
    return {
        "pods": str(HEADROOM * len(instances)),
        "requests.cpu": f"{millicores}m",
        "requests.memory": memory,
        "limits.memory": memory,
        "persistentvolumeclaims": "1",
    }


class ClusterCache(pulumi.ComponentResource):
    """Responses that may be evicted, and counters that may not."""

    refs: Mapping[str, CacheRef]
    """How pods of the cluster reach each instance, by its name."""

    def __init__(  # noqa: PLR0913 - what it stands on; each has a name where it is called
        self,
        name: str,
        spec: CacheSpec,
        *,
        cloud: CloudProvider,
        store: SecretStoreRef,
        kubernetes_version: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create both. A cluster gets this once: its namespace has a fixed name.

        Args:
            name: name of the component.
            spec: how much each instance holds.
            cloud: the cloud, which has its own class of disks.
            store: where the passwords are kept.
            kubernetes_version: minor version whose Pod Security rules it is held to.
            opts: options of the component.
        """
        super().__init__("tokenworks:data:ClusterCache", name, None, opts)
        self._name, self._store = name, store
        self._home = Namespace(
            f"{name}-home",
            label=NAMESPACE,
            pod_security=PodSecurity.RESTRICTED,
            kubernetes_version=kubernetes_version,
            quota=quota(spec),
            opts=pulumi.ResourceOptions(parent=self),
        )
        opened = self._open_to_clients(self._home.ref)
        self.refs = {
            label: self._create_instance(label, instance, DISKS[cloud].name, opened)
            for label, instance in spec.instances.items()
        }
        self.register_outputs({f"{label}Host": ref.host for label, ref in self.refs.items()})

    def _open_to_clients(self, namespace: NamespaceRef) -> pulumi.Resource:
        """Let labelled namespaces in. No way out is opened: a server asks nobody, not even DNS."""
        return network_policies.open_to_namespaces(
            f"{self._name}-clients",
            namespace=namespace,
            label="clients",
            pods=network_policies.pods_with(PODS),
            clients={labels.CACHE_CLIENTS: "true"},
            port=PORT,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _create_instance(
        self, label: str, spec: CacheInstanceSpec, storage_class: str, opened: pulumi.Resource
    ) -> CacheRef:
        users = GeneratedSecret(
            f"{self._name}-{label}-users",
            label=f"{release_name(label)}-users",
            namespace=self._home.ref,
            # The chart demands a `default`; what measures the server comes as it.
            keys=("default", label),
            source=cache_users(label),
            store=self._store,
            opts=pulumi.ResourceOptions(parent=self),
        )
        helm_release(
            f"{self._name}-{label}",
            releases.chart(CHART),
            namespace=self._home.ref,
            release=release_name(label),
            values=valkey_values(
                label,
                spec,
                users_secret=users.secret,
                tls_secret=None,
                storage_class=storage_class,
            ),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[self._home, users, opened],
                # Two releases would dispute the name, and the disk.
                delete_before_replace=True,
            ),
        )
        return CacheRef(
            host=pulumi.Output.from_input(f"{release_name(label)}.{NAMESPACE}.svc.cluster.local"),
            port=PORT,
            tls=False,
            user=pulumi.Output.from_input(label),
            secret=users.secret,
        )
