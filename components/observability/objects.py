"""Rules and dashboards as objects: what Prometheus evaluates and Grafana shows.

Owns the objects that carry them. Does not own what any of them says (`rules`, `dashboards`).
"""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import NamespaceRef
from components.kubernetes import custom_objects
from components.observability import names
from components.observability.monitors import API_VERSION


class Rules(pulumi.ComponentResource):
    """A PrometheusRule for each group."""

    def __init__(
        self,
        name: str,
        groups: Mapping[str, Mapping[str, object]],
        *,
        namespace: NamespaceRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create them.

        Args:
            name: name of the component.
            groups: name of each group to the spec of its object.
            namespace: of Prometheus.
            opts: options of the component. It must depend on the kind.
        """
        super().__init__("tokenworks:observability:Rules", name, None, opts)
        for group, spec in groups.items():
            custom_objects.create(
                f"{name}-{group}",
                (API_VERSION, "PrometheusRule"),
                label=group,
                spec=spec,
                namespace=namespace,
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({"groups": list(groups)})


class Dashboards(pulumi.ComponentResource):
    """A ConfigMap for each dashboard: Grafana's sidecar makes a file of it."""

    def __init__(
        self,
        name: str,
        dashboards: Sequence[tuple[str, str]],
        *,
        folder: str,
        namespace: NamespaceRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create them.

        Args:
            name: name of the component.
            dashboards: uid and JSON of each.
            folder: the folder of Grafana that they are in.
            namespace: of Grafana.
            opts: options of the component.
        """
        super().__init__("tokenworks:observability:Dashboards", name, None, opts)
        for uid, text in dashboards:
            kubernetes.core.v1.ConfigMap(
                f"{name}-{uid}",
                metadata=kubernetes.meta.v1.ObjectMetaArgs(
                    name=f"dashboard-{uid}",
                    namespace=namespace.name,
                    labels={
                        "app.kubernetes.io/part-of": "tokenworks",
                        names.DASHBOARD_LABEL: names.DASHBOARD_VALUE,
                    },
                    annotations={names.DASHBOARD_FOLDER: folder},
                ),
                data={f"{uid}.json": text},
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({"uids": [uid for uid, _ in dashboards]})
