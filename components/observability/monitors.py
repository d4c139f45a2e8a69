"""Monitors: Prometheus learns what to measure, and may reach it.

Owns a PodMonitor for each target, all in the namespace of Prometheus, and in each namespace of a
target the policy that lets Prometheus in, at that port and from those pods. Does not own the table
of targets (`pages`).
"""

from collections.abc import Sequence

import pulumi

from components.handles import NamespaceRef
from components.kubernetes import custom_objects, network_policies
from components.observability import names
from components.observability.pages import Page

API_VERSION = "monitoring.coreos.com/v1"


class Monitors(pulumi.ComponentResource):
    """What Prometheus measures."""

    def __init__(
        self,
        name: str,
        targets: Sequence[Page],
        *,
        namespace: NamespaceRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create them.

        Args:
            name: name of the component.
            targets: what is measured.
            namespace: of Prometheus.
            opts: options of the component. It must depend on the kinds, and on the namespaces of
                all targets.
        """
        super().__init__("tokenworks:observability:Monitors", name, None, opts)
        self._name = name
        self._child = pulumi.ResourceOptions(parent=self)
        for target in targets:
            custom_objects.create(
                f"{name}-{target.job}",
                (API_VERSION, "PodMonitor"),
                label=target.job,
                spec=target.pod_monitor(),
                namespace=namespace,
                opts=self._child,
            )
            if target.namespace != namespace.label:
                self._let_in(target)
        self.register_outputs({"jobs": [target.job for target in targets]})

    def _let_in(self, target: Page) -> None:
        network_policies.open_to_namespaces(
            f"{self._name}-to-{target.job}",
            # Not ours: what is measured has it.
            namespace=NamespaceRef(
                label=target.namespace, name=pulumi.Output.from_input(target.namespace)
            ),
            label=f"measured-{target.job}",
            pods=network_policies.pods_with(target.pods),
            clients={"kubernetes.io/metadata.name": names.NAMESPACE},
            of_them=network_policies.pods_with(names.PROMETHEUS_PODS),
            port=target.port,
            opts=self._child,
        )
