"""Traces: Tempo in a namespace of its own, with its data in a bucket of the cloud.

Owns the namespace, its quota, the named ways in and out of it, and the release. Does not own the
bucket and the right to it (the foundation), the chart's values (`tempo_values`), nor who sends
spans: the gateway's proxies and model servers.

It comes before the gateway, which Envoy Gateway refuses while the Service that its proxies report
to is not there (v1.9.1, internal/gatewayapi, `processTracing`). One pod: without it nothing but
traces is missing, and no request waits for it.
"""

import pulumi

from components.handles import NamespaceRef, TracesRef
from components.kubernetes import gateway_names, model_namespace, network_policies
from components.kubernetes.charts import helm_release
from components.kubernetes.namespaces import Namespace, PodSecurity
from components.observability import names, quotas, tempo_values
from infra.catalog import releases
from infra.spec.cloud import CloudProvider
from infra.spec.traces import TracesSpec

SENDERS = (gateway_names.NAMESPACE, model_namespace.NAMESPACE)
"""Namespaces from which spans come."""


class Traces(pulumi.ComponentResource):
    """What keeps traces, and answers who asks for one."""

    def __init__(  # noqa: PLR0913 - what it stands on; each has a name where it is called
        self,
        name: str,
        spec: TracesSpec,
        *,
        cloud: CloudProvider,
        bucket: TracesRef,
        kubernetes_version: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create it. A cluster gets this once: its namespace has a fixed name.

        Args:
            name: name of the component.
            spec: how long traces are kept, and how large it is.
            cloud: the cloud.
            bucket: where its blocks lie; its account has rights to it.
            kubernetes_version: minor version whose Pod Security rules it is held to.
            opts: options of the component.
        """
        super().__init__("tokenworks:observability:Traces", name, None, opts)
        self._name = name
        self._child = pulumi.ResourceOptions(parent=self)
        home = Namespace(
            f"{name}-home",
            label=names.TRACES_NAMESPACE,
            pod_security=PodSecurity.RESTRICTED,
            kubernetes_version=kubernetes_version,
            quota=quotas.of_traces(spec),
            opts=self._child,
        )
        at = tempo_values.Surroundings(cloud=cloud, region=bucket.region, bucket=bucket.bucket)
        helm_release(
            f"{name}-{tempo_values.CHART}",
            releases.chart(tempo_values.CHART),
            namespace=home.ref,
            values=tempo_values.tempo_values(spec, at),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[home, *self._open_ways(home.ref, cloud)],
                delete_before_replace=True,
            ),
        )
        self.register_outputs({"namespace": home.ref.name})

    def _open_ways(self, home: NamespaceRef, cloud: CloudProvider) -> list[pulumi.Resource]:
        policies = network_policies
        tempo = policies.pods_with(names.TEMPO_PODS)
        senders = [
            policies.open_to_namespaces(
                f"{self._name}-from-{namespace}",
                namespace=home,
                label=f"spans-from-{namespace}",
                pods=tempo,
                clients={"kubernetes.io/metadata.name": namespace},
                port=names.OTLP_PORT,
                opts=self._child,
            )
            for namespace in SENDERS
        ]
        return [
            policies.open_egress(
                f"{self._name}-bucket",
                namespace=home,
                label="bucket",
                pods=tempo,
                to=[policies.dns(cloud), policies.https(), policies.credentials(cloud)],
                opts=self._child,
            ),
            *senders,
            policies.open_to_namespaces(
                f"{self._name}-grafana",
                namespace=home,
                label="asked-by-grafana",
                pods=tempo,
                clients={"kubernetes.io/metadata.name": names.NAMESPACE},
                of_them=policies.pods_with(names.GRAFANA_PODS),
                port=names.TEMPO_PORT,
                opts=self._child,
            ),
        ]
