"""One model, served by vLLM over HTTP inside the cluster.

Owns ServiceAccount, Deployment, Service, PodDisruptionBudget and the NetworkPolicy that opens its
port.
Does not own the pod's inside (`pods`, `vllm`), the way in from outside (no gateway is built yet) or
the number of servers beyond the fixed one (no autoscaling is built yet).
Why fixed names: a Service's name is its address, and a Deployment that were replaced under a drawn
name would start its successor first, which needs GPUs that the pool does not have to spare.
"""

import pulumi
import pulumi_kubernetes as kubernetes

from components import labels
from components.handles import NamespaceRef
from components.names import DNS_LABEL, fit
from components.serving import vllm
from components.serving.pods import PORT_NAME, pod_spec
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

    def __init__(
        self,
        name: str,
        spec: ModelSpec,
        *,
        pool: GpuPoolSpec,
        namespace: NamespaceRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the servers of `spec` on the nodes of `pool`."""
        super().__init__("tokenworks:serving:ModelServer", name, None, opts)
        self._name = name
        self._namespace = namespace
        self._image = releases.image(spec.engine.value)
        self._object_name = fit(spec.object_name, DNS_LABEL)
        self._selector = {labels.MODEL: self._object_name}
        self.url = f"http://{self._object_name}.{namespace.label}.svc.cluster.local:{vllm.PORT}"

        self._create_service_account()
        self._create_deployment(spec, pool)
        self._create_service()
        self._create_disruption_budget()
        self._create_network_policy()
        self.register_outputs({"url": self.url})

    def _metadata(
        self, *, versioned: bool = False, annotations: dict[str, str] | None = None
    ) -> meta.ObjectMetaArgs:
        return meta.ObjectMetaArgs(
            name=self._object_name,
            namespace=self._namespace.name,
            labels=self._versioned_labels() if versioned else self._labels(),
            annotations=annotations,
        )

    def _labels(self) -> dict[str, str]:
        return {
            **self._selector,
            "app.kubernetes.io/name": "vllm",
            "app.kubernetes.io/instance": self._object_name,
            "app.kubernetes.io/component": "model-server",
            "app.kubernetes.io/part-of": "tokenworks",
        }

    def _versioned_labels(self) -> dict[str, str]:
        """Return the labels of what a new vLLM changes anyway; the rest it leaves untouched."""
        return {**self._labels(), "app.kubernetes.io/version": self._image.tag}

    def _create_service_account(self) -> None:
        kubernetes.core.v1.ServiceAccount(
            f"{self._name}-account",
            metadata=self._metadata(),
            automount_service_account_token=False,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _create_deployment(self, spec: ModelSpec, pool: GpuPoolSpec) -> None:
        times = vllm.timing(spec)
        kubernetes.apps.v1.Deployment(
            f"{self._name}-deployment",
            metadata=self._metadata(versioned=True),
            spec=kubernetes.apps.v1.DeploymentSpecArgs(
                replicas=spec.replicas.min,
                selector=meta.LabelSelectorArgs(match_labels=self._selector),
                # A surge pod would wait for a GPU that its predecessor holds.
                strategy=kubernetes.apps.v1.DeploymentStrategyArgs(
                    type="RollingUpdate",
                    rolling_update=kubernetes.apps.v1.RollingUpdateDeploymentArgs(
                        max_surge=0, max_unavailable=1
                    ),
                ),
                # The default of 600 s calls a cold start failed before the weights are read.
                progress_deadline_seconds=times.progress_seconds,
                template=kubernetes.core.v1.PodTemplateSpecArgs(
                    metadata=meta.ObjectMetaArgs(labels=self._versioned_labels()),
                    spec=pod_spec(spec, pool, self._image, self._object_name),
                ),
            ),
            opts=pulumi.ResourceOptions(
                parent=self,
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
