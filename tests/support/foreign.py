"""A network of somebody else's on each cloud: its names, and all that is to be seen of networks."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from infra import aws_api, google_api
from infra.aws_api import AwsApi
from infra.google_api import GoogleApi
from infra.rehearsal.cloud.recording import timeless
from infra.rehearsal.clouds import CloudDoor, aws, gcp
from infra.rehearsal.existing_network import ExistingNetwork
from infra.replies import blocks, text, texts
from infra.wire import Properties, Value

Seen = dict[str, list[str]]
AWS_LISTS = (
    *("Vpcs", "Subnets", "RouteTables", "SecurityGroups", "NetworkAcls", "InternetGateways"),
    *("NatGateways", "VpcEndpoints", "NetworkInterfaces", "Addresses", "FlowLogs"),
)
GLOBAL_LISTS = ("networks", "firewalls", "routes")
REGIONAL_LISTS = ("subnetworks", "routers", "addresses", "forwardingRules")


@dataclass(frozen=True)
class Foreign:
    """One cloud."""

    stack: str
    region: str
    network: Mapping[str, object]
    """What the stack file says of it."""
    cramped: tuple[str, int]
    """A range of the network, and so many spot nodes that they find no room."""
    no_room: str
    """What is then found."""
    own: str
    """How types begin that only a network of our own has."""
    seen: Callable[[CloudDoor], Seen]
    """All that is to be seen of networks, without times, in any order."""
    stands_in: Callable[[CloudDoor], tuple[str, list[str]]]
    """Network and subnets of the one cluster."""

    @property
    def existing(self) -> ExistingNetwork:
        """As a rehearsal tells the simulated cloud of it."""
        names = [self.network.get(key) for key in ("privateSubnetIds", "publicSubnetIds")]
        private, public = (tuple(map(str, one)) if isinstance(one, list) else () for one in names)
        ranges = [str(self.network.get(key, "")) for key in ("podRange", "serviceRange")]
        vpc = str(self.network["vpcId"])
        return ExistingNetwork(self.region, vpc, "10.0.0.0/16", private, public, *ranges)


def _sorted(found: list[Properties]) -> list[str]:
    return sorted(json.dumps(timeless(item), sort_keys=True) for item in found)


def _seen_on_aws(api: AwsApi) -> Seen:
    return {at: _sorted(aws_api.listed(api, "ec2", f"Describe{at}", at)) for at in AWS_LISTS}


def _in_vpc(api: AwsApi) -> tuple[str, list[str]]:
    (cluster,) = texts(api.call("eks", "ListClusters"), "clusters")
    described = api.call("eks", "DescribeCluster", name=cluster)
    at = "cluster.resourcesVpcConfig"
    return text(described, f"{at}.vpcId"), sorted(texts(described, f"{at}.subnetIds"))


def _seen_on_google_cloud(api: GoogleApi) -> Seen:
    place: dict[str, Value] = {"project": api.project}
    return {
        **{at: _listed(api, at, place) for at in GLOBAL_LISTS},
        **{at: _listed(api, at, {**place, "region": api.region}) for at in REGIONAL_LISTS},
    }


def _listed(api: GoogleApi, collection: str, place: dict[str, Value]) -> list[str]:
    return _sorted(google_api.listed(api, f"compute.{collection}.list", "items", **place))


def _in_network(api: GoogleApi) -> tuple[str, list[str]]:
    parent = f"projects/{api.project}/locations/{api.region}"
    reply = api.call("container.projects.locations.clusters.list", parent=parent)
    (cluster,) = blocks(reply, "clusters")
    return text(cluster, "network"), [text(cluster, "subnetwork")]


FOREIGN: Mapping[str, Foreign] = {
    "aws": Foreign(
        stack="aws-dev",
        region="us-east-1",
        network={
            "vpcId": "vpc-0123456789abcdef0",
            "privateSubnetIds": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
            "publicSubnetIds": ["subnet-0123456789abcdef2"],
        },
        cramped=("10.0.0.0/20", 90),
        no_room="network.privateSubnetIds: have too few free addresses",
        own="aws:ec2/vpc:",
        seen=lambda door: _seen_on_aws(aws.api(door)),
        stands_in=lambda door: _in_vpc(aws.api(door)),
    ),
    "gcp": Foreign(
        stack="gcp-dev",
        region="us-central1",
        network={
            "vpcId": "shared-net",
            "privateSubnetIds": ["gpu-nodes"],
            "podRange": "pods",
            "serviceRange": "services",
        },
        cramped=("10.0.0.0/16", 300),
        no_room="network.podRange: has room for the pods of 256 nodes",
        own="gcp:compute/",
        seen=lambda door: _seen_on_google_cloud(gcp.api(door)),
        stands_in=lambda door: _in_network(gcp.api(door)),
    ),
}
