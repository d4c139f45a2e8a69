"""Is a network of AWS that exists fit for the platform?

Owns what the platform needs of a network: facts and a stack's spec in, findings out. Does not own
asking AWS (`network`).
"""

from collections.abc import Iterator

from infra.aws_api import AwsApi
from infra.catalog.machines import aws_machine
from infra.preflight.aws.network import Network, Subnet, read_network
from infra.preflight.findings import Finding, finding
from infra.spec.stack import StackSpec

ZONES_AT_LEAST = 2
"""A managed control plane needs subnets in two zones (EKS user guide, "Subnet requirements")."""
ZONES_WITHOUT_EKS = ("use1-az3", "usw1-az2", "cac1-az3")
"""Zones whose subnets EKS refuses for a control plane (the same page)."""
CONTROL_PLANE_ADDRESSES = 16
"""Free addresses that EKS recommends in each subnet of a control plane; at least 6 (same page)."""
PRIVATE_ROLE_TAG = "kubernetes.io/role/internal-elb"
PUBLIC_ROLE_TAG = "kubernetes.io/role/elb"
"""Tags, at `1`, by which the AWS load balancer controller finds subnets (EKS user guide, 2026)."""
WARM_INTERFACES = 2
"""Network interfaces that a node with few pods holds, each full of addresses: the one in use and a
spare (VPC CNI, `WARM_ENI_TARGET`, default 1)."""


def network_findings(api: AwsApi, spec: StackSpec) -> list[Finding]:
    """Return what is wrong with the network that a stack names; nothing where it makes its own.

    Raises:
        CloudApiError: AWS refuses a call, or does not answer.
    """
    if not spec.network.is_foreign:
        return []
    return check_network(read_network(api, spec.network), spec)


def check_network(network: Network, spec: StackSpec) -> list[Finding]:
    """Return what is wrong with a network for a stack; nothing when it is fit."""
    if not network.exists:
        return [_missing_network(spec)]
    return [
        *_names(network, spec),
        *_subnets(network, spec),
        *_zones(network, spec),
        *_ways_out(network, spec),
        *_room(network, spec),
        *_tags(network, spec),
        *_s3(network, spec),
    ]


def addresses_needed(spec: StackSpec) -> int:
    """Return the addresses that a stack's nodes take with every group at its maximum."""
    system = spec.cluster.system_nodes
    nodes = [
        (system.machine_type, system.max),
        *((pool.machine_type, pool.most_nodes) for pool in spec.gpu_pools),
    ]
    return sum(
        count * WARM_INTERFACES * aws_machine(name).interface_addresses for name, count in nodes
    )


def _missing_network(spec: StackSpec) -> Finding:
    return finding(
        "network.vpcId",
        f"{spec.cloud.region} has no such network in this account",
        spec.network.vpc_id or "",
        "a VPC of the account and region that `up` runs in",
        "check region and account: `aws sts get-caller-identity`, `aws ec2 describe-vpcs`",
    )


def _names(network: Network, spec: StackSpec) -> Iterator[Finding]:
    switches = {
        "enableDnsSupport": network.dns_support,
        "enableDnsHostnames": network.dns_hostnames,
    }
    for attribute, is_on in switches.items():
        if not is_on:
            yield finding(
                "network.vpcId",
                f"does not have {attribute}: nodes would not find the private API endpoint",
                spec.network.vpc_id or "",
                "a VPC that resolves names and gives them",
                f"`aws ec2 modify-vpc-attribute --vpc-id {spec.network.vpc_id} "
                f"--{_dashed(attribute)}`",
            )


def _subnets(network: Network, spec: StackSpec) -> Iterator[Finding]:
    for setting, ids in _named(spec):
        for subnet_id in ids:
            subnet = network.subnets.get(subnet_id)
            if subnet is None:
                problem, next_step = "does not exist in this account and region", "correct the id"
            elif subnet.vpc_id != spec.network.vpc_id:
                problem, next_step = f"is in {subnet.vpc_id}", "name a subnet of the VPC"
            else:
                continue
            allowed = f"subnets of {spec.network.vpc_id}"
            yield finding(setting, problem, subnet_id, allowed, next_step)


def _zones(network: Network, spec: StackSpec) -> Iterator[Finding]:
    private = _private(network, spec)
    zones = sorted({subnet.zone for subnet in private.values()})
    if private and len(zones) < ZONES_AT_LEAST:
        yield finding(
            "network.privateSubnetIds",
            "are all in one zone, and a control plane needs two",
            ", ".join(zones),
            "subnets in two zones or more",
            "name a private subnet of another zone",
        )
    for subnet_id, subnet in private.items():
        if subnet.zone_id in ZONES_WITHOUT_EKS:
            yield finding(
                "network.privateSubnetIds",
                f"is in {subnet.zone}, where EKS puts no control plane",
                subnet_id,
                f"zones other than {', '.join(ZONES_WITHOUT_EKS)} (zone ids)",
                "name a subnet of another zone",
            )


def _ways_out(network: Network, spec: StackSpec) -> Iterator[Finding]:
    for subnet_id, subnet in _private(network, spec).items():
        problem = _no_way_out(subnet)
        if problem:
            yield finding(
                "network.privateSubnetIds",
                problem,
                subnet_id,
                "a default route to a NAT gateway, a transit gateway or a firewall",
                "ask the network's owner for a route 0.0.0.0/0 in the subnet's route table",
            )
    for subnet_id, subnet in _public(network, spec).items():
        if subnet.way_out is None or not subnet.way_out.is_internet_gateway:
            yield finding(
                "network.publicSubnetIds",
                "has no route to an internet gateway: nobody could reach a load balancer there",
                subnet_id,
                "a default route to an internet gateway",
                "name a public subnet, or remove it",
            )


def _no_way_out(subnet: Subnet) -> str:
    way_out = subnet.way_out
    if way_out is None:
        return "has no way out: nodes could pull no image and join no cluster"
    if not way_out.works:
        return f"has a default route to {way_out.target}, which is gone"
    if way_out.is_internet_gateway:
        return (
            "is public: nodes there have no public address, so its way out does not work for them"
        )
    return ""


def _room(network: Network, spec: StackSpec) -> Iterator[Finding]:
    private = _private(network, spec)
    for subnet_id, subnet in private.items():
        if subnet.free_addresses < CONTROL_PLANE_ADDRESSES:
            yield finding(
                "network.privateSubnetIds",
                "has too few free addresses for the control plane's interfaces",
                f"{subnet_id} with {subnet.free_addresses}",
                f"at least {CONTROL_PLANE_ADDRESSES} in each subnet",
                "name a larger subnet",
            )
    free = sum(subnet.free_addresses for subnet in private.values())
    needed = addresses_needed(spec) + CONTROL_PLANE_ADDRESSES * len(private)
    if private and free < needed:
        yield finding(
            "network.privateSubnetIds",
            "have too few free addresses for all nodes at the pools' maximum",
            str(free),
            f"at least {needed}: every pod has an address, and a node keeps spare ones",
            "name more or larger subnets, or lower the maximum of the pools",
        )


def _tags(network: Network, spec: StackSpec) -> Iterator[Finding]:
    roles = ((PRIVATE_ROLE_TAG, _private(network, spec)), (PUBLIC_ROLE_TAG, _public(network, spec)))
    for tag, subnets in roles:
        setting = "privateSubnetIds" if tag == PRIVATE_ROLE_TAG else "publicSubnetIds"
        for subnet_id, subnet in subnets.items():
            if subnet.tags.get(tag) not in ("1", ""):
                yield finding(
                    f"network.{setting}",
                    "lacks the tag by which load balancers find their subnets",
                    subnet_id,
                    f"{tag}=1",
                    f"`aws ec2 create-tags --resources {subnet_id} --tags Key={tag},Value=1`",
                    blocks=False,
                )


def _s3(network: Network, spec: StackSpec) -> Iterator[Finding]:
    for subnet_id, subnet in _private(network, spec).items():
        if not subnet.reaches_s3_by_gateway:
            yield finding(
                "network.privateSubnetIds",
                "reaches S3 through its way out: weights and images are billed per GB there",
                subnet_id,
                f"a gateway endpoint of com.amazonaws.{spec.cloud.region}.s3 in its route table",
                "ask the network's owner for one; gateway endpoints cost nothing",
                blocks=False,
            )


def _private(network: Network, spec: StackSpec) -> dict[str, Subnet]:
    return _present(network, spec, spec.network.private_subnet_ids)


def _public(network: Network, spec: StackSpec) -> dict[str, Subnet]:
    return _present(network, spec, spec.network.public_subnet_ids)


def _present(network: Network, spec: StackSpec, ids: tuple[str, ...]) -> dict[str, Subnet]:
    found = {name: network.subnets[name] for name in ids if name in network.subnets}
    return {name: one for name, one in found.items() if one.vpc_id == spec.network.vpc_id}


def _named(spec: StackSpec) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (
        ("network.privateSubnetIds", spec.network.private_subnet_ids),
        ("network.publicSubnetIds", spec.network.public_subnet_ids),
    )


def _dashed(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
