"""The vector store: Milvus in its own namespace, with its data in a bucket of the cloud.

Owns the namespace, its quota and the named ways in and out of it, the service accounts, the first
password of `root`, the disruption budget and the release. Does not own the bucket and the right to
it (the foundation), the chart's values (`milvus_values`), nor what its backups are
(`milvus_backup`).
"""

import pulumi
import pulumi_kubernetes as kubernetes

from components import labels
from components.data import milvus_backup
from components.data.milvus_values import (
    CHART,
    ETCD_ACCOUNT,
    MILVUS_PODS,
    NAMESPACE,
    PASSWORD_KEY,
    PORT,
    SERVICE_ACCOUNT,
    Surroundings,
    milvus_values,
    sizes,
)
from components.handles import VectorsRef, VectorStoreRef
from components.kubernetes import network_policies
from components.kubernetes.charts import helm_release
from components.kubernetes.generated_secret import GeneratedSecret
from components.kubernetes.namespaces import Namespace, PodSecurity
from components.kubernetes.secret_store import SecretStoreRef
from components.kubernetes.storage import DISKS
from components.secrets import MILVUS_ROOT
from infra.catalog import releases
from infra.spec.cloud import CloudProvider
from infra.spec.vector_store import VectorStoreSpec

meta = kubernetes.meta.v1

HEADROOM = 2
"""Times what runs: new pods of a roll-out start beside the old ones."""


def quota(spec: VectorStoreSpec) -> dict[str, str]:
    """Return what the namespace may hold.

    CPU and memory are in it so that the API server refuses a container that asks for none.
    """
    programs = [*sizes(spec).values(), *([milvus_backup.SIZE] if spec.has_backups else [])]
    memory_gib = HEADROOM * sum(size.replicas * size.memory_gib for size in programs)
    return {
        "pods": str(HEADROOM * sum(size.replicas for size in programs)),
        "requests.cpu": str(HEADROOM * sum(size.replicas * size.cpu for size in programs)),
        "requests.memory": f"{int(memory_gib * 1024)}Mi",
        "limits.memory": f"{int(memory_gib * 1024)}Mi",
        "persistentvolumeclaims": str(spec.etcd_members),
    }


class VectorStore(pulumi.ComponentResource):
    """Milvus and its etcd."""

    ref: VectorStoreRef
    """How pods of the cluster reach it."""

    def __init__(  # noqa: PLR0913 - what it stands on; each has a name where it is called
        self,
        name: str,
        spec: VectorStoreSpec,
        *,
        cloud: CloudProvider,
        bucket: VectorsRef,
        store: SecretStoreRef,
        kubernetes_version: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create it. A cluster gets this once: its namespace has a fixed name.

        Args:
            name: name of the component.
            spec: which form of it, and how large.
            cloud: the cloud.
            bucket: where its data lies, and its backups; accounts here have rights to them.
            store: where the first password of `root` is kept.
            kubernetes_version: minor version whose Pod Security rules it is held to.
            opts: options of the component.
        """
        super().__init__("tokenworks:data:VectorStore", name, None, opts)
        self._name = name
        self._child = pulumi.ResourceOptions(parent=self)
        self._home = Namespace(
            f"{name}-home",
            label=NAMESPACE,
            pod_security=PodSecurity.RESTRICTED,
            kubernetes_version=kubernetes_version,
            quota=quota(spec),
            opts=self._child,
        )
        self._namespace = self._home.ref
        password = GeneratedSecret(
            f"{name}-root",
            label="milvus-root",
            namespace=self._namespace,
            keys=(PASSWORD_KEY,),
            source=MILVUS_ROOT,
            store=store,
            opts=self._child,
        )
        needed = [
            password,
            *(self._create_account(account) for account in (SERVICE_ACCOUNT, ETCD_ACCOUNT)),
            *self._open_ways(cloud),
        ]
        if spec.is_cluster:
            self._create_disruption_budget()
        surroundings = Surroundings(
            cloud=cloud,
            region=bucket.region,
            bucket=bucket.bucket,
            storage_class=DISKS[cloud].name,
            password_secret=password.secret,
        )
        self._install(spec, surroundings, needed)
        host = f"{CHART}.{NAMESPACE}.svc.cluster.local"
        if bucket.backups is not None:
            milvus_backup.VectorBackup(
                f"{name}-backup",
                surroundings,
                milvus_backup.Copies(bucket.backups, host),
                namespace=self._namespace,
                opts=self._child,
            )
        self.ref = VectorStoreRef(host=host, port=PORT, secret=password.secret)
        self.register_outputs({"host": host})

    def _install(
        self, spec: VectorStoreSpec, at: Surroundings, needed: list[pulumi.Resource]
    ) -> None:
        helm_release(
            f"{self._name}-{CHART}",
            releases.chart(CHART),
            namespace=self._namespace,
            values=milvus_values(spec, at),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[self._home, *needed],
                # Two releases would dispute the names, and the disks of etcd.
                delete_before_replace=True,
            ),
        )

    def _create_account(self, account: str) -> kubernetes.core.v1.ServiceAccount:
        return kubernetes.core.v1.ServiceAccount(
            f"{self._name}-{account}-account",
            metadata=self._metadata(account),
            # Nothing here asks the API server; the cloud's credentials come another way.
            automount_service_account_token=False,
            opts=self._child,
        )

    def _open_ways(self, cloud: CloudProvider) -> tuple[pulumi.Resource, ...]:
        milvus = network_policies.pods_with(MILVUS_PODS)
        return (
            network_policies.open_within(
                f"{self._name}-within",
                namespace=self._namespace,
                label="within",
                to=[network_policies.dns(cloud)],
                opts=self._child,
            ),
            network_policies.open_egress(
                f"{self._name}-bucket",
                namespace=self._namespace,
                label="bucket",
                pods=milvus,
                to=[network_policies.https(), network_policies.credentials(cloud)],
                opts=self._child,
            ),
            network_policies.open_to_namespaces(
                f"{self._name}-clients",
                namespace=self._namespace,
                label="clients",
                pods=milvus,
                clients={labels.VECTOR_STORE_CLIENTS: "true"},
                port=PORT,
                opts=self._child,
            ),
        )

    def _create_disruption_budget(self) -> None:
        """Let one pod of Milvus at a time be evicted; etcd has a budget of the chart."""
        kubernetes.policy.v1.PodDisruptionBudget(
            f"{self._name}-budget",
            metadata=self._metadata(CHART),
            spec=kubernetes.policy.v1.PodDisruptionBudgetSpecArgs(
                max_unavailable=1,
                selector=meta.LabelSelectorArgs(match_labels=MILVUS_PODS),
                # A pod that never became ready protects nobody by blocking a drain.
                unhealthy_pod_eviction_policy="AlwaysAllow",
            ),
            opts=self._child,
        )

    def _metadata(self, name: str) -> meta.ObjectMetaArgs:
        return meta.ObjectMetaArgs(
            name=name,
            namespace=self._namespace.name,
            labels={"app.kubernetes.io/part-of": "tokenworks"},
        )
