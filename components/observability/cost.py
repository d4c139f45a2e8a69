"""Actual cost: OpenCost, which knows what each node costs and what each pod was given of it.

Owns its namespace with its quota, what it may read of the cluster, the named ways in and out, the
Secret with the key of Google's price list, and the release. Does not own the chart's values
(`cost_values`), what it cost (`tokenworks costs` asks), nor Prometheus, which it reads and which
measures it.

Nobody is served but whoever may use the cluster, by `kubectl port-forward`: its answers say who
used how much, and it asks nobody who they are.
"""

from collections.abc import Mapping

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import NamespaceRef, PlatformRef
from components.kubernetes import network_policies
from components.kubernetes.charts import helm_release
from components.kubernetes.namespaces import Namespace, PodSecurity
from components.kubernetes.secret_store import SecretStoreRef
from components.kubernetes.synced_secret import SyncedSecret
from components.observability import cost_values, names, quotas
from components.secrets import PRICE_KEY
from infra.catalog import releases
from infra.spec.cloud import CloudProvider

meta = kubernetes.meta.v1
rbac = kubernetes.rbac.v1

_API = "rbac.authorization.k8s.io"
READ = ("get", "list", "watch")
READS = {
    "": (
        *("namespaces", "nodes", "pods", "services", "persistentvolumes"),
        *("persistentvolumeclaims", "replicationcontrollers", "resourcequotas"),
    ),
    "apps": ("daemonsets", "deployments", "replicasets", "statefulsets"),
    "batch": ("cronjobs", "jobs"),
    "policy": ("poddisruptionbudgets",),
    "storage.k8s.io": ("storageclasses",),
}
"""API group to what it watches in the whole cluster: the chart's own role (clusterrole.yaml,
2.5.17) without what no version that was read watches, such as endpoints, and without ConfigMaps."""
READS_AT_HOME = {"": ("configmaps",)}
"""Its own settings, in its own namespace (opencost/opencost@5f653330, clustercache.go)."""


class Cost(pulumi.ComponentResource):
    """What says what nodes and pods cost."""

    def __init__(  # noqa: PLR0913 - what it stands on; each has a name where it is called
        self,
        name: str,
        *,
        platform: PlatformRef,
        cloud: CloudProvider,
        monitoring: NamespaceRef,
        store: SecretStoreRef,
        kubernetes_version: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create it. A cluster gets this once: its namespace has a fixed name.

        Args:
            name: name of the component.
            platform: whose it is.
            cloud: the cloud.
            monitoring: namespace of Prometheus.
            store: where the key of the price list is kept.
            kubernetes_version: minor version whose Pod Security rules it is held to.
            opts: options of the component.
        """
        super().__init__("tokenworks:observability:Cost", name, None, opts)
        self._name = name
        self._child = pulumi.ResourceOptions(parent=self)
        home = Namespace(
            f"{name}-home",
            label=names.COST_NAMESPACE,
            pod_security=PodSecurity.RESTRICTED,
            kubernetes_version=kubernetes_version,
            quota=quotas.of_cost(),
            opts=self._child,
        )
        needed: list[pulumi.Resource] = [
            home,
            *self._rights(home.ref),
            *self._open_ways(home.ref, monitoring, cloud),
        ]
        if cost_values.needs_key(cloud):
            needed.append(self._price_key(home.ref, store))
        helm_release(
            f"{name}-{cost_values.CHART}",
            releases.chart(cost_values.CHART),
            namespace=home.ref,
            values=cost_values.cost_values(platform.name, cloud),
            opts=pulumi.ResourceOptions(parent=self, depends_on=needed, delete_before_replace=True),
        )
        self.register_outputs({"namespace": home.ref.name})

    def _price_key(self, home: NamespaceRef, store: SecretStoreRef) -> pulumi.Resource:
        return SyncedSecret(
            f"{self._name}-price-key",
            label=cost_values.KEY_SECRET,
            namespace=home,
            keys={cost_values.KEY: PRICE_KEY},
            store=store,
            # Without it OpenCost does not start.
            required=True,
            opts=self._child,
        )

    def _rights(self, home: NamespaceRef) -> list[pulumi.Resource]:
        ours = {"app.kubernetes.io/part-of": "tokenworks"}
        cluster = meta.ObjectMetaArgs(name=names.OPENCOST, labels=ours)
        inside = meta.ObjectMetaArgs(name=names.OPENCOST, namespace=home.name, labels=ours)
        who = rbac.SubjectArgs(
            kind="ServiceAccount", name=names.OPENCOST, namespace=names.COST_NAMESPACE
        )
        return [
            rbac.ClusterRole(
                f"{self._name}-reads", metadata=cluster, rules=_rules(READS), opts=self._child
            ),
            rbac.ClusterRoleBinding(
                f"{self._name}-reads-binding",
                metadata=cluster,
                role_ref=rbac.RoleRefArgs(api_group=_API, kind="ClusterRole", name=names.OPENCOST),
                subjects=[who],
                opts=self._child,
            ),
            rbac.Role(
                f"{self._name}-settings",
                metadata=inside,
                rules=_rules(READS_AT_HOME),
                opts=self._child,
            ),
            rbac.RoleBinding(
                f"{self._name}-settings-binding",
                metadata=inside,
                role_ref=rbac.RoleRefArgs(api_group=_API, kind="Role", name=names.OPENCOST),
                subjects=[who],
                opts=self._child,
            ),
        ]

    def _open_ways(
        self, home: NamespaceRef, monitoring: NamespaceRef, cloud: CloudProvider
    ) -> list[pulumi.Resource]:
        policies = network_policies
        opencost = policies.pods_with(names.OPENCOST_PODS)
        # On GKE it asks the metadata server where it is; it has no rights there.
        place = [policies.credentials(cloud)] if cloud is CloudProvider.GCP else []
        return [
            policies.open_egress(
                f"{self._name}-out",
                namespace=home,
                label="prices-and-prometheus",
                pods=opencost,
                to=[
                    policies.dns(cloud),
                    # Price lists, and the API server.
                    policies.https(),
                    policies.to_namespace(names.NAMESPACE, names.PROMETHEUS_PORT),
                    *place,
                ],
                opts=self._child,
            ),
            policies.open_to_namespaces(
                f"{self._name}-to-prometheus",
                namespace=monitoring,
                label="asked-by-opencost",
                pods=policies.pods_with(names.PROMETHEUS_PODS),
                clients={"kubernetes.io/metadata.name": names.COST_NAMESPACE},
                of_them=opencost,
                port=names.PROMETHEUS_PORT,
                opts=self._child,
            ),
        ]


def _rules(reads: Mapping[str, tuple[str, ...]]) -> list[rbac.PolicyRuleArgs]:
    return [
        rbac.PolicyRuleArgs(api_groups=[group], resources=[*kinds], verbs=[*READ])
        for group, kinds in reads.items()
    ]
