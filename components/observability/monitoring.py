"""Monitoring: Prometheus, Alertmanager and Grafana in a namespace of their own.

Owns both namespaces with their quotas, the named ways in and out of them, the first password of
Grafana's `admin`, the Secret with the ways to whoever is told of alerts, and the release. Does not
own the chart's values (`metrics_values`), what is measured (`monitors`), rules or dashboards.

Nothing here is reached from outside: a person comes by `kubectl port-forward`. The operator, whose
rights reach over the whole cluster, has no way out but to the API server.
The kinds come with a chart of their own: as templates, which Helm changes and removes with the
release. Those in the folder `crds/` of the other one it would never change, nor ever remove.
"""

from collections.abc import Sequence

import pulumi

from components.handles import NamespaceRef
from components.kubernetes import network_policies
from components.kubernetes.charts import helm_release
from components.kubernetes.generated_secret import GeneratedSecret
from components.kubernetes.namespaces import Namespace, PodSecurity
from components.kubernetes.secret_store import SecretStoreRef
from components.kubernetes.synced_secret import SyncedSecret
from components.observability import alertmanager, metrics_values, names, quotas, remote_write
from components.secrets import ALERT_RECEIVERS, GRAFANA_ADMIN, REMOTE_WRITE_TOKEN
from infra.catalog import releases
from infra.spec.cloud import CloudProvider
from infra.spec.observability import ObservabilitySpec

KUBELET_PORT = 10250
NODE_EXPORTER_PORT = 9100
ADMIN = "admin"


class Monitoring(pulumi.ComponentResource):
    """What measures, remembers and warns."""

    namespace: NamespaceRef
    """Where monitors, rules and dashboards go."""
    kinds: pulumi.Resource
    """What brings their kinds."""
    release: pulumi.Resource
    """What reads them."""

    def __init__(  # noqa: PLR0913 - what it stands on; each has a name where it is called
        self,
        name: str,
        spec: ObservabilitySpec,
        *,
        at: metrics_values.Surroundings,
        cloud: CloudProvider,
        ports: Sequence[tuple[str, int]],
        store: SecretStoreRef,
        kubernetes_version: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create it. A cluster gets this once: its namespaces have fixed names.

        Args:
            name: name of the component.
            spec: what the stack file says of it.
            at: whose it is.
            cloud: the cloud.
            ports: namespace and port of each program that is measured elsewhere.
            store: where passwords, and the ways to people, are kept.
            kubernetes_version: minor version whose Pod Security rules it is held to.
            opts: options of the component.
        """
        super().__init__("tokenworks:observability:Monitoring", name, None, opts)
        self._name, self._spec, self._store = name, spec, store
        self._child = pulumi.ResourceOptions(parent=self)
        homes = [
            Namespace(
                f"{name}-home",
                label=names.NAMESPACE,
                pod_security=PodSecurity.RESTRICTED,
                kubernetes_version=kubernetes_version,
                quota=quotas.of_monitoring(spec, at.environment),
                opts=self._child,
            ),
            Namespace(
                f"{name}-nodes",
                label=names.NODE_NAMESPACE,
                # They read files of the node, and its network from outside of a pod's.
                pod_security=PodSecurity.PRIVILEGED,
                kubernetes_version=kubernetes_version,
                quota=quotas.OF_NODE_AGENTS,
                opts=self._child,
            ),
        ]
        self.namespace = homes[0].ref
        self.kinds = self._install_kinds(homes[0])
        needed = [*homes, self.kinds, *self._open_ways(cloud, ports), *self._secrets()]
        self.release = self._install(at, needed)
        self.register_outputs({"namespace": self.namespace.name})

    def _install_kinds(self, home: Namespace) -> pulumi.Resource:
        return helm_release(
            f"{self._name}-{metrics_values.KINDS_CHART}",
            releases.chart(metrics_values.KINDS_CHART),
            namespace=self.namespace,
            values={},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[home], delete_before_replace=True),
        )

    def _install(
        self, at: metrics_values.Surroundings, needed: Sequence[pulumi.Resource]
    ) -> pulumi.Resource:
        return helm_release(
            f"{self._name}-{metrics_values.CHART}",
            releases.chart(metrics_values.CHART),
            namespace=self.namespace,
            release=names.RELEASE,
            values=metrics_values.metrics_values(self._spec, at),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(needed),
                # Two releases would dispute the names, and the disks.
                delete_before_replace=True,
            ),
        )

    def _secrets(self) -> list[pulumi.Resource]:
        found: list[pulumi.Resource] = [
            GeneratedSecret(
                f"{self._name}-grafana-admin",
                label=metrics_values.GRAFANA_SECRET,
                namespace=self.namespace,
                keys=(metrics_values.PASSWORD_KEY,),
                fixed={metrics_values.USER_KEY: ADMIN},
                source=GRAFANA_ADMIN,
                store=self._store,
                opts=self._child,
            )
        ]
        if self._spec.has_receivers:
            # Not required: Alertmanager starts without it, and says what it could not send.
            found.append(
                SyncedSecret(
                    f"{self._name}-receivers",
                    label=alertmanager.SECRET,
                    namespace=self.namespace,
                    keys=ALERT_RECEIVERS,
                    store=self._store,
                    required=False,
                    opts=self._child,
                )
            )
        remote = self._spec.remote_write
        if remote is not None and remote.token:
            # Required: without it the operator configures no Prometheus at all.
            found.append(
                SyncedSecret(
                    f"{self._name}-remote-write-token",
                    label=remote_write.TOKEN_SECRET,
                    namespace=self.namespace,
                    keys={remote_write.TOKEN_KEY: REMOTE_WRITE_TOKEN},
                    store=self._store,
                    required=True,
                    opts=self._child,
                )
            )
        return found

    def _open_ways(
        self, cloud: CloudProvider, ports: Sequence[tuple[str, int]]
    ) -> list[pulumi.Resource]:
        policies = network_policies
        measured = [policies.to_namespace(namespace, port) for namespace, port in sorted({*ports})]
        # Without a range: Dataplane V2 does not see a node in one, as it does not see a pod.
        nodes = policies.to_ports((KUBELET_PORT, NODE_EXPORTER_PORT))
        managed = self._spec.keeps_managed_metrics
        outside = [policies.https()] if managed or self._spec.remote_write is not None else []
        outside += [policies.credentials(cloud)] if managed else []
        ways: list[pulumi.Resource] = [
            policies.open_within(
                f"{self._name}-within",
                namespace=self.namespace,
                label="within",
                to=[policies.dns(cloud), policies.kubernetes_api()],
                opts=self._child,
            ),
            policies.open_egress(
                f"{self._name}-measured",
                namespace=self.namespace,
                label="measured",
                pods=policies.pods_with(names.PROMETHEUS_PODS),
                to=[nodes, *measured, *outside],
                opts=self._child,
            ),
        ]
        if self._spec.has_receivers:
            ways.append(self._open_to_people())
        if self._spec.follows_requests:
            ways.append(self._open_to_traces())
        return ways

    def _open_to_people(self) -> pulumi.Resource:
        policies, email = network_policies, self._spec.email
        more = [policies.to_ports([email.port])] if email is not None else []
        if self._spec.has_adapter:
            more.append(policies.to_namespace(names.ADAPTER_NAMESPACE, names.ADAPTER_PORT))
        return policies.open_egress(
            f"{self._name}-people",
            namespace=self.namespace,
            label="receivers",
            pods=policies.pods_with(names.ALERTMANAGER_PODS),
            to=[policies.https(), *more],
            opts=self._child,
        )

    def _open_to_traces(self) -> pulumi.Resource:
        policies = network_policies
        return policies.open_egress(
            f"{self._name}-traces",
            namespace=self.namespace,
            label="traces",
            pods=policies.pods_with(names.GRAFANA_PODS),
            to=[policies.to_namespace(names.TRACES_NAMESPACE, names.TEMPO_PORT)],
            opts=self._child,
        )
