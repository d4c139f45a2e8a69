"""What EC2 refuses and moto 5.2.5 accepts, with EC2's own codes.

Messages follow AWS's, but only the codes are reliable: AWS changes wording without notice.
"""

import ipaddress
from collections.abc import Callable

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.values import block, blocks, dig, optional_text, text, texts
from infra.wire import UNKNOWN, Properties, Value

LARGEST_PREFIX = 28  # EC2 user guide, "Subnet CIDR blocks": between /28 and /16
LAST_PORT = 65535
BALANCER_INTERFACE = "ELB "
"""How the description of a load balancer's network interface begins. The name of a Classic one
follows; of a Network Load Balancer `net/`, its name and its id (AWS support, "find the resource
that is associated with a network interface")."""
PROTOCOLS = ("tcp", "udp", "icmp", "icmpv6", "-1")
TARGETS = ("gatewayId", "natGatewayId", "networkInterfaceId", "vpcEndpointId")


def network_address(name: str) -> Callable[[Properties], list[str]]:
    """The real provider refuses a range with host bits, or none at all, before it calls AWS."""

    def check(inputs: Properties) -> list[str]:
        value = inputs.get(name)
        if value is None or value == UNKNOWN:
            return []
        try:
            ipaddress.ip_network(str(value))
        except ValueError as error:
            return [f"{name}: {value!r} is not a valid CIDR block: {error}"]
        return []

    return check


def one_route_target(inputs: Properties) -> list[str]:
    """A route has one target."""
    given = [name for name in TARGETS if name in inputs]
    return [] if len(given) == 1 else [f"one of {', '.join(TARGETS)} must be given (got {given})"]


def security_group_rule(inputs: Properties) -> list[str]:
    """One peer, a protocol that exists, ports that exist."""
    peers = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
    given = [name for name in peers if name in inputs]
    found = [] if len(given) == 1 else [f"one of {', '.join(peers)} must be given (got {given})"]
    protocol = inputs.get("ipProtocol")
    if protocol not in (*PROTOCOLS, UNKNOWN) and not str(protocol).isdigit():
        found.append(f"ipProtocol: {protocol!r} is not one of {', '.join(PROTOCOLS)}, or a number")
    return found + network_address("cidrIpv4")(inputs)


def ports_exist(operation: str) -> Callable[[Region, Properties], None]:
    """TCP and UDP need a range of ports between 0 and 65535."""

    def rule(_region: Region, inputs: Properties) -> None:
        if inputs.get("ipProtocol") not in ("tcp", "udp"):
            return
        for name in ("fromPort", "toPort"):
            port = inputs.get(name)
            if not isinstance(port, int) or not 0 <= port <= LAST_PORT:
                message = f"Invalid value '{port}' for {name}. Must be between 0 and {LAST_PORT}"
                raise AwsError(message, operation, "InvalidParameterValue")

    return rule


def subnet_is_large_enough(_region: Region, inputs: Properties) -> None:
    """Subnets are /28 or larger."""
    cidr = optional_text(inputs, "cidrBlock")
    if cidr and ipaddress.ip_network(cidr).prefixlen > LARGEST_PREFIX:
        msg = f"The CIDR '{cidr}' is invalid."
        raise AwsError(msg, "CreateSubnet", "InvalidSubnet.Range")


def vpc_without_gateway(region: Region, inputs: Properties) -> None:
    """A VPC has at most one internet gateway."""
    vpc_id = text(inputs, "vpcId")
    if _gateway_of(region, vpc_id):
        message = f"Network {vpc_id} already has an internet gateway attached"
        raise AwsError(message, "AttachInternetGateway", "InvalidParameterValue")


def no_mapped_addresses(region: Region, vpc_id: str) -> None:
    """A gateway stays while NAT gateways and public load balancers of the VPC have addresses."""
    public = [
        gateway
        for gateway in _nat_gateways(region, "vpc-id", vpc_id)
        if dig(gateway, "NatGatewayAddresses.0.PublicIp")
    ]
    if public or _public_balancers(region, vpc_id):
        message = (
            f"Network {vpc_id} has some mapped public address(es). Please unmap those public "
            "address(es) before detaching the gateway."
        )
        raise AwsError(message, "DetachInternetGateway", "DependencyViolation")


def public_nat_can_work(region: Region, inputs: Properties) -> None:
    """A public NAT gateway needs an address, and a gateway in its VPC."""
    if inputs.get("connectivityType", "public") != "public":
        return
    if "allocationId" not in inputs:
        message = "The request must contain the parameter AllocationId"
        raise AwsError(message, "CreateNatGateway", "MissingParameter")
    vpc_id = text(subnets(region, [text(inputs, "subnetId")])[0], "VpcId")
    if not _gateway_of(region, vpc_id):
        message = f"Network {vpc_id} has no Internet gateway attached"
        raise AwsError(message, "CreateNatGateway", "Gateway.NotAttached")


def address_is_not_taken(region: Region, inputs: Properties) -> None:
    """An address is one NAT gateway's; moto says so when it has made the interface, and leaves it.

    AWS says it of a gateway that failed and goes by itself (VPC user guide, "NAT gateway creation
    fails", 2026-11-28).
    """
    address = optional_text(inputs, "allocationId")
    if not address:
        return
    reply = region.call("ec2", "describe_addresses", AllocationIds=[address])
    if optional_text(reply, "Addresses.0.AssociationId"):
        message = f"Elastic IP address {address} is already associated"
        raise AwsError(message, "CreateNatGateway", "Resource.AlreadyAssociated")


def address_is_free(region: Region, physical_id: str) -> None:
    """An associated address cannot be released."""
    reply = region.call("ec2", "describe_addresses", AllocationIds=[physical_id])
    if optional_text(reply, "Addresses.0.AssociationId"):
        message = f"Address {text(reply, 'Addresses.0.PublicIp')} is in use."
        raise AwsError(message, "ReleaseAddress", "InvalidIPAddress.InUse")


def route_target_exists(region: Region, inputs: Properties) -> None:
    """NAT gateways and internet gateways of routes exist."""
    nat = optional_text(inputs, "natGatewayId")
    if nat and not _nat_gateways(region, "nat-gateway-id", nat):
        message = f"The natGateway ID '{nat}' does not exist"
        raise AwsError(message, "CreateRoute", "InvalidNatGatewayID.NotFound")
    gateway = optional_text(inputs, "gatewayId")
    if gateway.startswith("igw-"):
        reply = region.call("ec2", "describe_internet_gateways", InternetGatewayIds=[gateway])
        table = region.call(
            "ec2", "describe_route_tables", RouteTableIds=[text(inputs, "routeTableId")]
        )
        vpc_id = text(table, "RouteTables.0.VpcId")
        if dig(reply, "InternetGateways.0.Attachments.0.VpcId") != vpc_id:
            message = f"route table {text(inputs, 'routeTableId')} and network gateway {gateway} "
            message += "belong to different networks"
            raise AwsError(message, "CreateRoute", "InvalidParameterValue")


def subnet_has_no_table(region: Region, inputs: Properties) -> None:
    """A subnet is associated with one route table."""
    subnet_id = optional_text(inputs, "subnetId")
    wanted: list[Value] = [{"Name": "association.subnet-id", "Values": [subnet_id]}]
    if subnet_id and blocks(
        region.call("ec2", "describe_route_tables", Filters=wanted), "RouteTables"
    ):
        message = f"the specified association for route table conflicts with one of {subnet_id}"
        raise AwsError(message, "AssociateRouteTable", "Resource.AlreadyAssociated")


def vpc_is_empty(region: Region, physical_id: str) -> None:
    """Gateways, security groups and endpoints keep a VPC; moto sees subnets and route tables."""
    inside: list[Value] = [{"Name": "vpc-id", "Values": [physical_id]}]
    groups = blocks(
        region.call("ec2", "describe_security_groups", Filters=inside), "SecurityGroups"
    )
    own = [text(group, "GroupId") for group in groups if dig(group, "GroupName") != "default"]
    endpoints = blocks(region.call("ec2", "describe_vpc_endpoints", Filters=inside), "VpcEndpoints")
    gateway = _gateway_of(region, physical_id)
    if own or endpoints or gateway:
        message = f"The vpc '{physical_id}' has dependencies and cannot be deleted."
        raise AwsError(message, "DeleteVpc", "DependencyViolation")


def subnet_is_empty(region: Region, physical_id: str) -> None:
    """NAT gateways, network interfaces and clusters keep a subnet."""
    inside: list[Value] = [{"Name": "subnet-id", "Values": [physical_id]}]
    interfaces = region.call("ec2", "describe_network_interfaces", Filters=inside)
    if (
        _nat_gateways(region, "subnet-id", physical_id)
        or blocks(interfaces, "NetworkInterfaces")
        or _cluster_uses(region, "subnetIds", physical_id)
    ):
        message = f"The subnet '{physical_id}' has dependencies and cannot be deleted."
        raise AwsError(message, "DeleteSubnet", "DependencyViolation")


def group_is_unused(region: Region, physical_id: str) -> None:
    """Rules of other groups, network interfaces and clusters keep a security group."""
    rules = blocks(region.call("ec2", "describe_security_group_rules"), "SecurityGroupRules")
    referenced = [
        rule
        for rule in rules
        if dig(rule, "ReferencedGroupInfo.GroupId") == physical_id
        and dig(rule, "GroupId") != physical_id
    ]
    inside: list[Value] = [{"Name": "group-id", "Values": [physical_id]}]
    interfaces = region.call("ec2", "describe_network_interfaces", Filters=inside)
    if (
        referenced
        or blocks(interfaces, "NetworkInterfaces")
        or _cluster_uses(region, "securityGroupIds", physical_id)
    ):
        message = f"resource {physical_id} has a dependent object"
        raise AwsError(message, "DeleteSecurityGroup", "DependencyViolation")


def groups_exist(operation: str, name: str) -> Callable[[Region, Properties], None]:
    """Security groups that an input names exist."""

    def rule(region: Region, inputs: Properties) -> None:
        for group_id in texts(inputs, name):
            _group_exists(region, operation, group_id)

    return rule


def adapter_groups_exist(region: Region, inputs: Properties) -> None:
    """Security groups that the network adapters of a template name exist."""
    for adapter in blocks(inputs, "networkInterfaces"):
        for group_id in texts(adapter, "securityGroups"):
            _group_exists(region, "CreateLaunchTemplate", group_id)


def _group_exists(region: Region, operation: str, group_id: str) -> None:
    try:
        region.call("ec2", "describe_security_groups", GroupIds=[group_id])
    except AwsError as error:
        message = f"The security group '{group_id}' does not exist"
        raise AwsError(message, operation, "InvalidGroup.NotFound") from error


def subnets(region: Region, ids: list[str]) -> list[Properties]:
    """Return subnets by id; an unknown one is `InvalidSubnetID.NotFound`."""
    wanted: list[Value] = [*ids]
    return blocks(region.call("ec2", "describe_subnets", SubnetIds=wanted), "Subnets")


def _gateway_of(region: Region, vpc_id: str) -> list[Properties]:
    attached: list[Value] = [{"Name": "attachment.vpc-id", "Values": [vpc_id]}]
    reply = region.call("ec2", "describe_internet_gateways", Filters=attached)
    return blocks(reply, "InternetGateways")


def as_network_balancer(arn: str) -> str:
    """Return what AWS calls a Network Load Balancer beside its ARN: `net/NAME/ID`.

    moto calls every load balancer an application's.
    """
    return f"net/{arn.partition(':loadbalancer/')[2].partition('/')[2]}"


def _public_balancers(region: Region, vpc_id: str) -> list[str]:
    inside: list[Value] = [{"Name": "vpc-id", "Values": [vpc_id]}]
    interfaces = region.call("ec2", "describe_network_interfaces", Filters=inside)
    balancers = {
        optional_text(item, "Description").removeprefix(BALANCER_INTERFACE)
        for item in blocks(interfaces, "NetworkInterfaces")
    }
    classic = blocks(region.call("elb", "describe_load_balancers"), "LoadBalancerDescriptions")
    network = blocks(region.call("elbv2", "describe_load_balancers"), "LoadBalancers")
    named = [(text(item, "LoadBalancerName"), item) for item in classic]
    named += [(as_network_balancer(text(item, "LoadBalancerArn")), item) for item in network]
    return [
        name
        for name, item in named
        if name in balancers and dig(item, "Scheme") == "internet-facing"
    ]


def _nat_gateways(region: Region, name: str, value: str) -> list[Properties]:
    wanted: list[Value] = [{"Name": name, "Values": [value]}]
    found = blocks(region.call("ec2", "describe_nat_gateways", Filters=wanted), "NatGateways")
    return [item for item in found if dig(item, "State") == "available"]


def _cluster_uses(region: Region, name: str, physical_id: str) -> bool:
    for cluster in texts(region.call("eks", "list_clusters"), "clusters"):
        described = region.call("eks", "describe_cluster", name=cluster)
        if physical_id in texts(block(described, "cluster.resourcesVpcConfig"), name):
            return True
    return False
