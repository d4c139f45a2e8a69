"""cert-manager: what gets certificates, and gets them again before they end.

Owns one release of the chart `cert-manager` in a namespace of its own, and what its pods may reach
and be reached by. Does not own issuers and certificates (`certificate_objects`), nor what its
identity may change in the cloud's DNS: the foundation gives that to `CONTROLLER`.

Its kinds are templates of the chart and go with it, so that a destroyed platform leaves nothing.
Objects of theirs must depend on the release: only a running controller takes a record out of the
zone and lets a Challenge go, and only a running webhook lets anybody create or change one.
"""

import pulumi

from components.handles import Workload
from components.kubernetes import operators
from components.kubernetes.charts import ChartValue
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


def cert_manager_values(environment: Environment) -> dict[str, ChartValue]:
    """Return the values of the chart, where they differ from its own."""
    programs = {name: _program(name, name, environment) for name in PROGRAMS}
    return {
        **_program("", CHART, environment),
        **programs,
        CHECK: {"image": _image(CHECK), "resources": operators.resources()},
        "crds": {"enabled": True, "keep": False},
        # By default leases are in `kube-system`, where no pod of ours has anything to do.
        "global": {"leaderElection": {"namespace": NAMESPACE}},
        # Whether a record is there is asked of the cluster's own DNS. Otherwise the controller
        # would ask the zone's name servers, and need a way to port 53 of the whole internet.
        "dns01RecursiveNameserversOnly": True,
    }


def _program(program: str, name: str, environment: Environment) -> dict[str, ChartValue]:
    several = operators.replicas(environment) > 1
    return {
        "replicaCount": operators.replicas(environment),
        "image": _image(program),
        "resources": operators.resources(),
        # Without a second pod a budget would hold up every drain of a node.
        "podDisruptionBudget": {"enabled": several},
        "topologySpreadConstraints": operators.spread(name),
    }


def _image(program: str) -> dict[str, ChartValue]:
    image = releases.image(f"{CHART}-{program}" if program else CHART)
    digest: dict[str, ChartValue] = {"digest": image.digest} if image.digest else {}
    return {"repository": image.repository, "tag": image.tag, **digest}


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
        operator = operators.Operator(
            chart=CHART,
            namespace=NAMESPACE,
            quota=operators.quota(environment),
            values=cert_manager_values(environment),
            asks="issuers",
            webhook="webhook",
        )
        self.release = operators.install(
            self, name, operator, cloud=cloud, kubernetes_version=kubernetes_version
        )
        self.register_outputs({"namespace": NAMESPACE})
