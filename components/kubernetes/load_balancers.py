"""AWS Load Balancer Controller: what makes the gateway's Network Load Balancer on AWS.

Owns one release of the chart `aws-load-balancer-controller` in a namespace of its own, and what its
pods may reach and be reached by. Does not own the Service that asks for the load balancer
(`gateway_objects`), nor what its identity may do in AWS: the foundation gives that to `CONTROLLER`.
The gateway must depend on the release: only a running controller takes the load balancer down and
lets its Service, and so the gateway's namespace, go.

Why certificates of cert-manager: the chart's own are drawn anew at every rendering, so that each
upgrade would change the key of a webhook under pods that hold the old one, and Helm would store it.
Source: kubernetes-sigs/aws-load-balancer-controller, tag v3.5.0 (11eb202c9, 2026-08-03),
helm/aws-load-balancer-controller and main.go, read 2026-11-27.
"""

from collections.abc import Mapping

import pulumi

from components.handles import PlatformRef, Workload
from components.kubernetes import gateway_names, operators
from components.kubernetes.charts import ChartValue
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Environment

CHART = "aws-load-balancer-controller"
NAMESPACE = "load-balancers"
CONTROLLER = Workload(NAMESPACE, CHART)
"""The pods that speak to AWS; the chart calls their account so."""
WEBHOOK_PORT = 9443
MEMORY_MIB = 256
"""It holds every pod of one namespace and every node (upstream names no figure; its example has
128 MiB, which is tight where nodes are many, as remembered)."""
NOT_USED = ("ALBGatewayAPI", "NLBGatewayAPI", "LBCapacityReservation")
"""Features that are on by default: gateways of its own, and capacity that is paid for when idle."""


def quota(environment: Environment) -> dict[str, str]:
    """Return what the namespace may hold."""
    return operators.quota(environment, programs=1, memory_mib=MEMORY_MIB)


def controller_values(
    platform: PlatformRef, *, network_id: str | None, tags: Mapping[str, str]
) -> dict[str, ChartValue]:
    """Return the values of the chart, where they differ from its own.

    Args:
        platform: whose cluster it is.
        network_id: VPC of the cluster; None: the one that the platform made, by its tag.
        tags: of everything that it makes.
    """
    several = operators.replicas(platform.environment) > 1
    where: dict[str, ChartValue] = (
        {"vpcId": network_id}
        if network_id
        else {"vpcTags": {"tokenworks.dev/platform": platform.name}}
    )
    return {
        "clusterName": platform.cluster_name,
        # Pods do not reach the metadata of their node, which it would otherwise ask for both.
        "region": platform.region,
        **where,
        "image": operators.image(CHART),
        "replicaCount": operators.replicas(platform.environment),
        # Without a second pod a budget would hold up every drain of a node.
        "podDisruptionBudget": {"minAvailable": 1} if several else {},
        "resources": operators.resources(MEMORY_MIB),
        "podSecurityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
        "securityContext": {"capabilities": {"drop": ["ALL"]}},
        "topologySpreadConstraints": operators.spread(CHART),
        "enableCertManager": True,
        "defaultTags": dict(tags),
        # The one Service that asks for it is there, and names its class itself.
        "watchNamespace": gateway_names.NAMESPACE,
        "enableServiceMutatorWebhook": False,
        # One group for the one load balancer; a second, shared one would have a life of its own.
        "enableBackendSecurityGroup": False,
        # No Ingress here, and nobody else's has to wait for this webhook.
        "webhookConfig": {"disableIngressValidation": True},
        "createIngressClassResource": False,
        "ingressClassParams": {"create": False},
        "controllerConfig": {"featureGates": dict.fromkeys(NOT_USED, False)},
        # Decided in docs/traffic.md; off, it needs no right to any of them.
        **dict.fromkeys(("enableShield", "enableWaf", "enableWafv2"), False),
    }


class LoadBalancerController(pulumi.ComponentResource):
    """The controller, and its webhook."""

    release: pulumi.Resource
    """The gateway needs it, when it comes and when it goes."""

    def __init__(  # noqa: PLR0913 - what it stands on; each has a name where it is called
        self,
        name: str,
        *,
        platform: PlatformRef,
        network_id: str | None,
        tags: Mapping[str, str],
        kubernetes_version: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Install it. A cluster gets this once: namespace and kinds have fixed names.

        Args:
            name: name of the component.
            platform: whose cluster it is.
            network_id: VPC of the cluster; None: the one that the platform made.
            tags: of everything that it makes in AWS.
            kubernetes_version: minor version whose Pod Security rules it is held to.
            opts: options of the component.
        """
        super().__init__("tokenworks:kubernetes:LoadBalancerController", name, None, opts)
        operator = operators.Operator(
            chart=CHART,
            namespace=NAMESPACE,
            quota=quota(platform.environment),
            values=controller_values(platform, network_id=network_id, tags=tags),
            asks="load-balancing",
            webhook=CHART,
            webhook_port=WEBHOOK_PORT,
        )
        self.release = operators.install(
            self, name, operator, cloud=CloudProvider.AWS, kubernetes_version=kubernetes_version
        )
        self.register_outputs({"namespace": NAMESPACE})


def readiness_labels() -> dict[str, str]:
    """Return labels of a namespace whose new pods are Ready once a load balancer finds them so."""
    return {"elbv2.k8s.aws/pod-readiness-gate-inject": "enabled"}
