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

from components.handles import NamespaceRef, PlatformRef, Workload
from components.kubernetes import gateway_names, operators
from components.kubernetes.charts import ChartValue, helm_release
from components.kubernetes.namespaces import Namespace, PodSecurity
from infra.catalog import releases
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
    image = releases.image(CHART)
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
        # The chart has no value for a digest; it puts `:` and the tag behind the repository.
        "image": {
            "repository": image.repository,
            "tag": image.reference.removeprefix(f"{image.repository}:"),
        },
        "replicaCount": operators.replicas(platform.environment),
        # Without a second pod a budget would hold up every drain of a node.
        "podDisruptionBudget": {"minAvailable": 1} if several else {},
        "resources": operators.resources(MEMORY_MIB),
        "podSecurityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
        "securityContext": {"capabilities": {"drop": ["ALL"]}},
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": {"app.kubernetes.io/name": CHART}},
            }
        ],
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
        child = pulumi.ResourceOptions(parent=self)
        home = Namespace(
            f"{name}-home",
            label=NAMESPACE,
            pod_security=PodSecurity.RESTRICTED,
            kubernetes_version=kubernetes_version,
            quota=quota(platform.environment),
            opts=child,
        )
        self.release = helm_release(
            f"{name}-{CHART}",
            releases.chart(CHART),
            namespace=home.ref,
            values=controller_values(platform, network_id=network_id, tags=tags),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[home, *_open_ways(name, home.ref, child)],
                # Two releases would dispute the names of webhooks.
                delete_before_replace=True,
            ),
        )
        self.register_outputs({"namespace": NAMESPACE})


def _open_ways(
    name: str, namespace: NamespaceRef, opts: pulumi.ResourceOptions
) -> tuple[pulumi.Resource, ...]:
    return operators.open_ways(
        name,
        namespace,
        cloud=CloudProvider.AWS,
        asks="load-balancing",
        program=CHART,
        webhook=CHART,
        webhook_port=WEBHOOK_PORT,
        opts=opts,
    )


def readiness_labels() -> dict[str, str]:
    """Return labels of a namespace whose new pods are Ready once a load balancer finds them so."""
    return {"elbv2.k8s.aws/pod-readiness-gate-inject": "enabled"}
