"""external-dns: what points the hosts of the models at the gateway's load balancer.

Owns one release of the chart `external-dns` in a namespace of its own, what its pod may reach and
be reached by, and which routes become records in which zone. Does not own what its identity may
change in the cloud's DNS: the foundation gives that to `CONTROLLER`.

It takes a record out once its route is gone (`sync`), and only records that it put in itself: the
TXT record beside each names its owner. So routes must go before it does. There is one pod and never
two: it has no leader election, and two would dispute the records. Without it nothing breaks:
records stay as they are, new hosts wait.
Values: chart 1.21.1; flags: external-dns v0.21.0 (kubernetes-sigs/external-dns@9f26451 and
@066a11e, read 2026-11-27).
"""

import pulumi

from components.handles import PlatformRef, Workload, ZoneRef
from components.kubernetes import model_namespace, operators
from components.kubernetes.charts import ChartValue
from components.kubernetes.gateway_names import GATEWAY
from components.kubernetes.gateway_names import NAMESPACE as GATEWAY_NAMESPACE
from infra.spec.cloud import CloudProvider, CloudSpec

CHART = "external-dns"
NAMESPACE = "external-dns"
CONTROLLER = Workload(NAMESPACE, CHART)
"""The pod that speaks to the cloud; the chart calls its account so."""
PROGRAMS = 1
INTERVAL = "1m"
"""How often it looks by itself. Events of routes make it look within ten seconds."""
OWNER_PREFIX = "_%{record_type}-owner."
"""What stands before the name of a record in that of its TXT record: `_a-owner.HOST`. A label of
its own, because the type before the host's own label would make 63 characters too many, and
external-dns then makes a record that nobody owns (endpoint.go, `NewEndpointWithTTL`)."""
RECORD_TYPES = ("A", "CNAME")
"""Load balancers here have no IPv6; on AWS A is an alias, and CNAME what a region gets that this
version does not know yet."""


def external_dns_values(
    cloud: CloudSpec, platform: PlatformRef, zone: ZoneRef
) -> dict[str, ChartValue]:
    """Return the values of the chart, where they differ from its own.

    Args:
        cloud: the cloud, with its region or project.
        platform: who owns the records.
        zone: the one zone that it writes in.
    """
    of_cloud: dict[CloudProvider, dict[str, ChartValue]] = {
        CloudProvider.AWS: {"aws-zone-type": "public"},
        CloudProvider.GCP: {
            "google-project": cloud.project or "",
            "google-zone-visibility": "public",
        },
    }
    providers = {CloudProvider.AWS: "aws", CloudProvider.GCP: "google"}
    # Route 53 has no regions, but its client does not start without one.
    region: dict[str, ChartValue] = {"env": [{"name": "AWS_REGION", "value": cloud.region}]}
    return {
        "image": operators.image(CHART),
        "resources": operators.resources(),
        **(region if cloud.provider is CloudProvider.AWS else {}),
        "provider": {"name": providers[cloud.provider]},
        "sources": ["gateway-httproute"],
        "policy": "sync",
        "interval": INTERVAL,
        "triggerLoopOnEvent": True,
        "registry": "txt",
        "txtOwnerId": platform.name,
        "txtPrefix": OWNER_PREFIX,
        "domainFilters": [zone.domain],
        "managedRecordTypes": [*RECORD_TYPES],
        "gatewayNamespace": GATEWAY_NAMESPACE,
        "extraArgs": {
            "gateway-name": GATEWAY,
            # Routes of models alone: the one that redirects would become a wildcard.
            "namespace": model_namespace.NAMESPACE,
            # A route asks for the hosts that it serves, and for no others.
            "ignore-hostname-annotation": True,
            "zone-id-filter": zone.zone,
            **of_cloud[cloud.provider],
        },
    }


class ExternalDns(pulumi.ComponentResource):
    """The program that keeps the records of the models' hosts."""

    def __init__(  # noqa: PLR0913 - what it stands on; each has a name where it is called
        self,
        name: str,
        *,
        cloud: CloudSpec,
        platform: PlatformRef,
        zone: ZoneRef,
        kubernetes_version: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Install it. A cluster gets this once: the namespace has a fixed name.

        Args:
            name: name of the component.
            cloud: the cloud, with its region or project.
            platform: who owns the records.
            zone: the one zone that it writes in.
            kubernetes_version: minor version whose Pod Security rules it is held to.
            opts: options of the component. It must depend on the kinds of routes and gateways:
                without them the program does not start.
        """
        super().__init__("tokenworks:kubernetes:ExternalDns", name, None, opts)
        operator = operators.Operator(
            chart=CHART,
            namespace=NAMESPACE,
            quota=operators.quota(platform.environment, programs=PROGRAMS),
            values=external_dns_values(cloud, platform, zone),
            asks="dns",
            skip_crds=True,  # of objects of its own it reads none
        )
        operators.install(
            self, name, operator, cloud=cloud.provider, kubernetes_version=kubernetes_version
        )
        self.register_outputs({"namespace": NAMESPACE})
