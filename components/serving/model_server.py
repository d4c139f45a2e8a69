"""One model, served by vLLM over HTTP inside the cluster.

Owns a Deployment for each set of servers, the Service before all of them, the PodDisruptionBudget,
and the network policies of its port and of mirrors.
Does not own the pod's inside (`pods`, `vllm`, `weights`), how servers are split and replaced
(`rollout`), their service account (the platform's), the way in from outside (no gateway is built
yet) or the number of servers beyond the fixed one (no autoscaling is built yet; `working_hours`
closes models at night).
Why fixed names: a Service's name is its address, and a Deployment that were replaced under a drawn
name would start its successor first, which needs GPUs that the pool may not have to spare.
"""

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as kubernetes

from components import labels
from components.handles import ModelHome
from components.kubernetes import network_policies
from components.names import DNS_LABEL, fit
from components.serving import vllm
from components.serving.placement import model_labels
from components.serving.pods import PORT_NAME, pod_spec
from components.serving.rollout import Nodes, ServerSet
from components.serving.weights import mirror_ports
from infra.catalog import releases
from infra.spec.models import ModelSpec
from infra.spec.pools import GpuPoolSpec

meta = kubernetes.meta.v1

SKIP_AWAIT = "pulumi.com/skipAwait"
"""Tells the Kubernetes provider that an object is done once the API server has it."""


class ModelServer(pulumi.ComponentResource):
    """Servers of one model behind one address."""

    url: str
    """Address inside the cluster, without the `/v1` of the OpenAI API."""
    deployments: dict[str, int]
    """Each of its Deployments by name, and how many servers it is meant to have."""

    def __init__(  # noqa: PLR0913 - what a server stands on; each has a name where it is called
        self,
        name: str,
        spec: ModelSpec,
        *,
        servers: Sequence[ServerSet],
        pool: GpuPoolSpec,
        home: ModelHome,
        config_map: pulumi.Output[str],
        keeps_hours: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the servers of `spec` on the nodes of `pool`.

        Args:
            name: name of the component.
            spec: the model.
            servers: how many run where, as `rollout.server_sets` says.
            pool: its pool.
            home: what it finds in its cluster.
            config_map: name of the ConfigMap with the start program.
            keeps_hours: whether somebody else says how many of them run at some time of the day.
            opts: options of the component.
        """
        super().__init__("tokenworks:serving:ModelServer", name, None, opts)
        self._name = name
        self._spec = spec
        self._pool = pool
        self._home = home
        self._image = releases.image(spec.engine.value)
        self._object_name = fit(spec.object_name, DNS_LABEL)
        self._selector = model_labels(spec)
        self._config_map = config_map
        self._keeps_hours = keeps_hours
        self.deployments = {self._label(one): one.replicas for one in servers}
        self.url = (
            f"http://{self._object_name}.{home.namespace.label}.svc.cluster.local:{vllm.PORT}"
        )

        for one in servers:
            self._create_deployment(one)
        self._create_service()
        self._create_disruption_budget()
        self._create_network_policy()
        self._open_ports_of_mirrors()
        self.register_outputs({"url": self.url})

    def _metadata(
        self,
        *,
        name: str = "",
        labels_of: dict[str, str] | None = None,
        annotations: dict[str, str] | None = None,
    ) -> meta.ObjectMetaArgs:
        return meta.ObjectMetaArgs(
            name=name or self._object_name,
            namespace=self._home.namespace.name,
            labels=labels_of or self._labels(),
            annotations=annotations,
        )

    def _label(self, servers: ServerSet) -> str:
        return fit(f"{self._object_name}{_suffix(servers)}", DNS_LABEL)

    def _labels(self) -> dict[str, str]:
        return {
            **self._selector,
            **vllm.PODS,
            "app.kubernetes.io/instance": self._object_name,
            "app.kubernetes.io/component": "model-server",
            "app.kubernetes.io/part-of": "tokenworks",
        }

    def _create_deployment(self, servers: ServerSet) -> None:
        """Create one set."""
        times = vllm.timing(self._spec, servers.drain_seconds)
        # Two Deployments must not select the same pods.
        selector = {**self._selector, labels.SERVER_SET: servers.nodes.value}
        # What a new vLLM changes anyway; the other objects it leaves untouched.
        all_labels = {
            **self._labels(),
            **selector,
            "app.kubernetes.io/version": self._image.tag,
        }
        pod = pod_spec(
            self._spec,
            servers=servers,
            pool=self._pool,
            home=self._home,
            image=self._image,
            config_map=self._config_map,
        )
        kubernetes.apps.v1.Deployment(
            f"{self._name}-deployment{_suffix(servers)}",
            metadata=self._metadata(name=self._label(servers), labels_of=all_labels),
            spec=kubernetes.apps.v1.DeploymentSpecArgs(
                replicas=servers.replicas,
                selector=meta.LabelSelectorArgs(match_labels=selector),
                strategy=_strategy(servers),
                # The default of 600 s calls a cold start failed before the weights are read.
                progress_deadline_seconds=times.progress_seconds,
                template=kubernetes.core.v1.PodTemplateSpecArgs(
                    metadata=meta.ObjectMetaArgs(labels=all_labels), spec=pod
                ),
            ),
            opts=pulumi.ResourceOptions(
                parent=self,
                # An update at night starts nobody, and one that sets the number is no conflict.
                ignore_changes=["spec.replicas"] if self._keeps_hours else None,
                # The engine's default is 10 minutes; see `Timing` for what each has to cover.
                custom_timeouts=pulumi.CustomTimeouts(
                    create=f"{times.create_seconds}s",
                    update=f"{times.update_seconds}s",
                    delete=f"{times.delete_seconds}s",
                ),
            ),
        )

    def _create_service(self) -> None:
        kubernetes.core.v1.Service(
            f"{self._name}-service",
            # The provider gives a Service 10 minutes to have endpoints, less than a cold start
            # takes. The Deployment waits for the servers already, as long as they may need.
            metadata=self._metadata(annotations={SKIP_AWAIT: "true"}),
            spec=kubernetes.core.v1.ServiceSpecArgs(
                type="ClusterIP",
                selector=self._selector,
                ports=[
                    kubernetes.core.v1.ServicePortArgs(
                        name=PORT_NAME, port=vllm.PORT, target_port=PORT_NAME
                    )
                ],
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _create_disruption_budget(self) -> None:
        """Let one server at a time be evicted.

        Not `minAvailable: 1`: a single server could then never be evicted, and draining its node,
        for an upgrade or a spot reclaim, would hang until it is forced.
        """
        kubernetes.policy.v1.PodDisruptionBudget(
            f"{self._name}-budget",
            metadata=self._metadata(),
            spec=kubernetes.policy.v1.PodDisruptionBudgetSpecArgs(
                max_unavailable=1,
                selector=meta.LabelSelectorArgs(match_labels=self._selector),
                # A server that never became ready protects nobody by blocking a drain.
                unhealthy_pod_eviction_policy="AlwaysAllow",
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _create_network_policy(self) -> None:
        """Open the port to namespaces that carry the client label; kubelet probes need no rule."""
        network = kubernetes.networking.v1
        network.NetworkPolicy(
            f"{self._name}-clients",
            metadata=self._metadata(),
            spec=network.NetworkPolicySpecArgs(
                pod_selector=meta.LabelSelectorArgs(match_labels=self._selector),
                policy_types=["Ingress"],
                ingress=[
                    network.NetworkPolicyIngressRuleArgs(
                        from_=[
                            network.NetworkPolicyPeerArgs(
                                namespace_selector=meta.LabelSelectorArgs(
                                    match_labels={labels.MODEL_CLIENTS: "true"}
                                )
                            )
                        ],
                        ports=[network.NetworkPolicyPortArgs(port=PORT_NAME, protocol="TCP")],
                    )
                ],
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _open_ports_of_mirrors(self) -> None:
        """Let servers reach hubs on other ports than that of HTTPS, which the namespace opens."""
        ports = mirror_ports(self._home.hub)
        if not ports:
            return
        network_policies.open_egress(
            f"{self._name}-mirrors",
            namespace=self._home.namespace,
            label=f"{self._object_name}-mirrors",
            pods=network_policies.pods_with(self._selector),
            to=[network_policies.to_ports(ports)],
            opts=pulumi.ResourceOptions(parent=self),
        )


def _suffix(servers: ServerSet) -> str:
    """Return how a set's name goes on: that which may stand anywhere has the model's own name."""
    return "" if servers.nodes is Nodes.ANY else f"-{servers.nodes.value}"


def _strategy(servers: ServerSet) -> kubernetes.apps.v1.DeploymentStrategyArgs:
    """Replace one server after the other: the new one first only where a GPU is spare for it."""
    surge, unavailable = (1, 0) if servers.surges else (0, 1)
    return kubernetes.apps.v1.DeploymentStrategyArgs(
        type="RollingUpdate",
        rolling_update=kubernetes.apps.v1.RollingUpdateDeploymentArgs(
            max_surge=surge, max_unavailable=unavailable
        ),
    )
