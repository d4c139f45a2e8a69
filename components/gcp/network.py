"""The network that a cluster stands in: one VPC with one subnetwork in the platform's region.

Owns the VPC, the subnetwork with its ranges for pods and Services, the way out (Cloud Router and
Cloud NAT), and the rule that refuses what comes in.
Does not own rules that let something in: GKE makes its own for each cluster (control plane to
nodes, nodes and pods among themselves, load balancers), and nothing else of ours is called.
Why no endpoints of Google's services, as AWS needs: Private Google Access reaches all of them from
machines without a public address, and is free.
"""

import pulumi
import pulumi_gcp as gcp

from components.gcp.flow_logs import flow_log_config
from components.gcp.handles import NetworkRef
from components.gcp.subnets import PODS, SERVICES, RangePlan, range_plan
from components.handles import PlatformRef
from components.names import COMPUTE_RESOURCE, fit
from infra.spec.cloud import CloudSpec
from infra.spec.network import NetworkSpec

ANYWHERE = "0.0.0.0/0"
LOWEST_PRIORITY = 65534
"""After every rule that somebody wrote, and before the silent one that every network ends with."""
PORTS_LEAST = 64
PORTS_MOST = 8192
"""Connections of one node to one address outside, at once. All pods of a node share its ports; a
download of weights from a hub opens dozens, a node full of them hundreds. Of one address of Cloud
NAT 64512 ports can be used: seven nodes at their most, or a thousand at their least (Cloud NAT
documentation, "Ports and addresses", as public notes of 2026-10-04 quote it)."""


class Network(pulumi.ComponentResource):
    """A VPC whose machines have no public address, and a way out for them."""

    ref: NetworkRef
    """What others need of it."""

    def __init__(
        self,
        name: str,
        cloud: CloudSpec,
        network: NetworkSpec,
        *,
        platform: PlatformRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the network in the platform's region."""
        super().__init__("tokenworks:gcp:Network", name, None, opts)
        self._name = name
        self._platform = platform
        vpc = self._create_vpc()
        subnetwork = self._create_subnetwork(
            vpc, range_plan(cloud, network), flow_logs=network.flow_logs
        )
        refusal = self._refuse_what_comes_in(vpc)
        nat = self._create_way_out(vpc, subnetwork)
        self.ref = NetworkRef(
            network=vpc.name,
            subnetwork=subnetwork.name,
            pod_range=pulumi.Output.from_input(PODS),
            service_range=pulumi.Output.from_input(SERVICES),
            cidr=subnetwork.ip_cidr_range,
            egress=(nat, refusal),
        )
        self.register_outputs({"network": vpc.name, "subnetwork": subnetwork.name})

    def _create_vpc(self) -> gcp.compute.Network:
        return gcp.compute.Network(
            fit(f"{self._name}-vpc", COMPUTE_RESOURCE),
            # Otherwise Google makes a subnetwork in each of its regions, with ranges of its choice.
            auto_create_subnetworks=False,
            routing_mode="REGIONAL",
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _create_subnetwork(
        self, vpc: gcp.compute.Network, plan: RangePlan, *, flow_logs: bool
    ) -> gcp.compute.Subnetwork:
        secondary = gcp.compute.SubnetworkSecondaryIpRangeArgs
        return gcp.compute.Subnetwork(
            fit(f"{self._name}-nodes", COMPUTE_RESOURCE),
            network=vpc.id,
            region=self._platform.region,
            ip_cidr_range=plan.nodes,
            secondary_ip_ranges=[
                secondary(range_name=PODS, ip_cidr_range=plan.pods),
                secondary(range_name=SERVICES, ip_cidr_range=plan.services),
            ],
            private_ip_google_access=True,
            stack_type="IPV4_ONLY",
            log_config=flow_log_config(on=flow_logs),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _refuse_what_comes_in(self, vpc: gcp.compute.Network) -> gcp.compute.Firewall:
        """Write down what every network does anyway, so that it is logged and seen in reviews."""
        return gcp.compute.Firewall(
            fit(f"{self._name}-refuse", COMPUTE_RESOURCE),
            network=vpc.name,
            description="What no other rule lets in is refused, and logged",
            direction="INGRESS",
            priority=LOWEST_PRIORITY,
            source_ranges=[ANYWHERE],
            denies=[gcp.compute.FirewallDenyArgs(protocol="all")],
            log_config=gcp.compute.FirewallLogConfigArgs(metadata="EXCLUDE_ALL_METADATA"),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _create_way_out(
        self, vpc: gcp.compute.Network, subnetwork: gcp.compute.Subnetwork
    ) -> gcp.compute.RouterNat:
        """Create Cloud NAT: regional, so there is no such choice as AWS's gateway per zone."""
        opts = pulumi.ResourceOptions(parent=self)
        router = gcp.compute.Router(
            fit(f"{self._name}-router", COMPUTE_RESOURCE),
            network=vpc.id,
            region=self._platform.region,
            opts=opts,
        )
        return gcp.compute.RouterNat(
            fit(f"{self._name}-nat", COMPUTE_RESOURCE),
            router=router.name,
            region=self._platform.region,
            nat_ip_allocate_option="AUTO_ONLY",
            source_subnetwork_ip_ranges_to_nat="LIST_OF_SUBNETWORKS",
            subnetworks=[
                gcp.compute.RouterNatSubnetworkArgs(
                    name=subnetwork.id, source_ip_ranges_to_nats=["ALL_IP_RANGES"]
                )
            ],
            enable_dynamic_port_allocation=True,
            # Google refuses both together.
            enable_endpoint_independent_mapping=False,
            min_ports_per_vm=PORTS_LEAST,
            max_ports_per_vm=PORTS_MOST,
            # What was dropped for want of a port. Every connection would be a flow log of its own.
            log_config=gcp.compute.RouterNatLogConfigArgs(enable=True, filter="ERRORS_ONLY"),
            opts=opts,
        )
