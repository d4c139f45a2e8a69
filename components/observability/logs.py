"""Logs: Loki, or the cloud's own store, keeps what pods print, and Alloy brings it there.

Owns both releases, Loki's account, their ways out of the namespace, and the Secret with the API key
of Elasticsearch. Does not own the namespace (`monitoring`), what keeps lines and the right to it
(the foundation), nor what the charts are told (`logs_loki`, `logs_alloy`, `logs_cloud`).
"""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import LogsRef, NamespaceRef
from components.kubernetes import network_policies
from components.kubernetes.charts import ChartValue, helm_release
from components.kubernetes.secret_store import SecretStoreRef
from components.kubernetes.storage import DISKS
from components.kubernetes.synced_secret import SyncedSecret
from components.observability import logs_alloy, logs_loki
from components.observability.logs_cloud import CloudStore
from components.secrets import ELASTICSEARCH_KEY
from infra.catalog import releases
from infra.spec.cloud import CloudProvider
from infra.spec.logs import LogsSpec

meta = kubernetes.meta.v1


class Logs(pulumi.ComponentResource):
    """What pods print, kept."""

    def __init__(  # noqa: PLR0913 - what it stands on; each has a name where it is called
        self,
        name: str,
        spec: LogsSpec,
        *,
        sources: logs_alloy.Sources,
        bucket: LogsRef | None,
        cloud: CloudProvider,
        namespace: NamespaceRef,
        store: SecretStoreRef,
        cloud_store: CloudStore | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create it.

        Args:
            name: name of the component.
            spec: what the stack file says of it.
            sources: whose lines are read.
            bucket: where Loki keeps them, whose account has rights to it; None where there is no
                Loki.
            cloud: the cloud.
            namespace: of everything that measures.
            store: where the API key of Elasticsearch is kept.
            cloud_store: the cloud's own store, where it keeps them: Alloy's account has the right
                to write there.
            opts: options of the component. It must depend on the namespaces of all sources: rights
                are given in them.
        """
        super().__init__("tokenworks:observability:Logs", name, None, opts)
        self._name, self._spec, self._namespace = name, spec, namespace
        self._child = pulumi.ResourceOptions(parent=self)
        earlier: list[pulumi.Resource] = []
        if bucket is not None:
            earlier.append(self._keep(bucket, cloud))
        if spec.elasticsearch is not None:
            earlier += self._send(spec.elasticsearch.port, store)
        if cloud_store is not None:
            earlier.append(self._let_write(cloud))
        values = logs_alloy.alloy_values(spec, sources, cloud_store)
        self._install(logs_alloy.CHART, values, earlier)
        self.register_outputs({"namespaces": list(sources.namespaces)})

    def _keep(self, bucket: LogsRef, cloud: CloudProvider) -> pulumi.Resource:
        account = kubernetes.core.v1.ServiceAccount(
            f"{self._name}-account",
            metadata=meta.ObjectMetaArgs(
                name=logs_loki.ACCOUNT,
                namespace=self._namespace.name,
                labels={"app.kubernetes.io/part-of": "tokenworks"},
            ),
            # It asks no API server; the cloud's credentials come another way.
            automount_service_account_token=False,
            opts=self._child,
        )
        way = network_policies.open_egress(
            f"{self._name}-bucket",
            namespace=self._namespace,
            label="logs-bucket",
            pods=network_policies.pods_with(logs_loki.PODS),
            to=[network_policies.https(), network_policies.credentials(cloud)],
            opts=self._child,
        )
        kept = logs_loki.Kept(cloud, bucket.region, bucket.bucket, DISKS[cloud].name)
        values = logs_loki.loki_values(self._spec, kept)
        return self._install(logs_loki.CHART, values, [account, way])

    def _let_write(self, cloud: CloudProvider) -> pulumi.Resource:
        return network_policies.open_egress(
            f"{self._name}-cloud",
            namespace=self._namespace,
            label="logs-cloud",
            pods=network_policies.pods_with(logs_alloy.PODS),
            to=[network_policies.https(), network_policies.credentials(cloud)],
            opts=self._child,
        )

    def _send(self, port: int, store: SecretStoreRef) -> list[pulumi.Resource]:
        key = SyncedSecret(
            f"{self._name}-elasticsearch-key",
            label=logs_alloy.SECRET,
            namespace=self._namespace,
            keys={logs_alloy.SECRET_KEY: ELASTICSEARCH_KEY},
            store=store,
            # Without it Alloy does not start, and Loki gets nothing either.
            required=True,
            opts=self._child,
        )
        way = network_policies.open_egress(
            f"{self._name}-elasticsearch",
            namespace=self._namespace,
            label="logs-elasticsearch",
            pods=network_policies.pods_with(logs_alloy.PODS),
            to=[network_policies.to_ports([port])],
            opts=self._child,
        )
        return [key, way]

    def _install(
        self,
        chart: str,
        values: Mapping[str, ChartValue],
        needed: Sequence[pulumi.Resource],
    ) -> pulumi.Resource:
        return helm_release(
            f"{self._name}-{chart}",
            releases.chart(chart),
            namespace=self._namespace,
            values=values,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(needed),
                # Two releases would dispute the names, and the disks.
                delete_before_replace=True,
            ),
        )
