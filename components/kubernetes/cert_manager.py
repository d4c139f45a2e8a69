"""cert-manager: what gets certificates, and gets them again before they end.

Owns one release of the chart `cert-manager` in a namespace of its own, and what its pods may reach
and be reached by. Does not own issuers and certificates (`certificate_objects`), nor what its
identity may change in the cloud's DNS: the foundation gives that to `CONTROLLER`.

Its kinds are templates of the chart and go with it, so that a destroyed platform leaves nothing.
Objects of theirs must depend on the release: only a running controller takes a record out of the
zone and lets a Challenge go, and only a running webhook lets anybody create or change one.
"""

import pulumi

from components.handles import NamespaceRef, Workload
from components.kubernetes import network_policies
from components.kubernetes.charts import ChartValue, helm_release
from components.kubernetes.namespaces import Namespace, PodSecurity
from infra.catalog import releases
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Environment

CHART = "cert-manager"
NAMESPACE = "cert-manager"
CONTROLLER = Workload(NAMESPACE, CHART)
"""The pods that speak to the cloud and to Let's Encrypt; the chart calls their account so."""
PROGRAMS = ("webhook", "cainjector")
"""Beside the controller: the chart's names for their values, and `app.kubernetes.io/name`."""
CHECK = "startupapicheck"
"""The Job that waits until the webhook answers, so that the first issuer is not refused."""
WEBHOOK_PORT = 10250
"""The chart's own. GKE's rule for its control plane lets it reach this port of nodes, as it is the
kubelet's (GKE, "Firewall rules", as remembered)."""
HEADROOM = 2
"""Times what runs: new pods of a roll-out start beside the old ones; the Job is among them."""
CPU_MILLICORES = 20
MEMORY_MIB = 128
"""Of each program. It holds every Secret's name and its own ones whole; a few hundred need well
under it (as remembered; no published figure)."""


def replicas(environment: Environment) -> int:
    """Return the pods of each program: one works, the other waits for its lease."""
    return 1 if environment is Environment.DEV else 2


def quota(environment: Environment) -> dict[str, str]:
    """Return what the namespace may hold."""
    pods = HEADROOM * (1 + len(PROGRAMS)) * replicas(environment)
    memory = f"{pods * MEMORY_MIB}Mi"
    return {
        "pods": str(pods),
        "requests.cpu": f"{pods * CPU_MILLICORES}m",
        "requests.memory": memory,
        "limits.memory": memory,
        "persistentvolumeclaims": "0",
    }


def cert_manager_values(environment: Environment) -> dict[str, ChartValue]:
    """Return the values of the chart, where they differ from its own."""
    programs = {name: _program(name, name, environment) for name in PROGRAMS}
    return {
        **_program("", CHART, environment),
        **programs,
        CHECK: {"image": _image(CHECK), "resources": _resources()},
        "crds": {"enabled": True, "keep": False},
        # By default leases are in `kube-system`, where no pod of ours has anything to do.
        "global": {"leaderElection": {"namespace": NAMESPACE}},
        # Whether a record is there is asked of the cluster's own DNS. Otherwise the controller
        # would ask the zone's name servers, and need a way to port 53 of the whole internet.
        "dns01RecursiveNameserversOnly": True,
    }


def _program(program: str, name: str, environment: Environment) -> dict[str, ChartValue]:
    several = replicas(environment) > 1
    return {
        "replicaCount": replicas(environment),
        "image": _image(program),
        "resources": _resources(),
        # Without a second pod a budget would hold up every drain of a node.
        "podDisruptionBudget": {"enabled": several},
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": {"app.kubernetes.io/name": name}},
            }
        ],
    }


def _image(program: str) -> dict[str, ChartValue]:
    image = releases.image(f"{CHART}-{program}" if program else CHART)
    digest: dict[str, ChartValue] = {"digest": image.digest} if image.digest else {}
    return {"repository": image.repository, "tag": image.tag, **digest}


def _resources() -> dict[str, ChartValue]:
    return {
        "requests": {"cpu": f"{CPU_MILLICORES}m", "memory": f"{MEMORY_MIB}Mi"},
        "limits": {"memory": f"{MEMORY_MIB}Mi"},
    }


class CertManager(pulumi.ComponentResource):
    """The controller, its webhook, and what tells the API server to trust that."""

    release: pulumi.Resource
    """Issuers and certificates need it, when they come and when they go."""

    def __init__(
        self,
        name: str,
        *,
        cloud: CloudProvider,
        environment: Environment,
        kubernetes_version: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Install it. A cluster gets this once: namespace and kinds have fixed names.

        Args:
            name: name of the component.
            cloud: the cloud.
            environment: production runs two of each.
            kubernetes_version: minor version whose Pod Security rules it is held to.
            opts: options of the component.
        """
        super().__init__("tokenworks:kubernetes:CertManager", name, None, opts)
        self._name = name
        self._child = pulumi.ResourceOptions(parent=self)
        home = Namespace(
            f"{name}-home",
            label=NAMESPACE,
            pod_security=PodSecurity.RESTRICTED,
            kubernetes_version=kubernetes_version,
            quota=quota(environment),
            opts=self._child,
        )
        self.release = helm_release(
            f"{name}-{CHART}",
            releases.chart(CHART),
            namespace=home.ref,
            values=cert_manager_values(environment),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[home, *self._open_ways(home.ref, cloud)],
                # Two releases would dispute the names, and the kinds.
                delete_before_replace=True,
            ),
        )
        self.register_outputs({"namespace": NAMESPACE})

    def _open_ways(
        self, namespace: NamespaceRef, cloud: CloudProvider
    ) -> tuple[pulumi.Resource, ...]:
        return (
            network_policies.open_egress(
                f"{self._name}-within",
                namespace=namespace,
                label="api-server",
                pods=network_policies.every_pod(),
                to=[network_policies.dns(cloud), network_policies.kubernetes_api()],
                opts=self._child,
            ),
            network_policies.open_egress(
                f"{self._name}-issuers",
                namespace=namespace,
                label="issuers",
                pods=network_policies.pods_named(CHART),
                to=[network_policies.https(), network_policies.credentials(cloud)],
                opts=self._child,
            ),
            network_policies.open_to_control_plane(
                f"{self._name}-webhook",
                namespace=namespace,
                label="webhook",
                pods=network_policies.pods_named("webhook"),
                cloud=cloud,
                port=WEBHOOK_PORT,
                opts=self._child,
            ),
        )
