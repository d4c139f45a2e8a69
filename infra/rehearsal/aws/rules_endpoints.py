"""What EC2 refuses of VPC endpoints and moto 5.2.5 accepts, with EC2's own codes.

Words as quoted in hashicorp/terraform-provider-aws#17535 (private DNS),
terraform-aws-modules/terraform-aws-vpc#583 (zones), the GuardDuty user guide (DNS attributes).
"""

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.rules_ec2 import groups_exist, subnets
from infra.rehearsal.aws.values import blocks, dig, optional_text, text, texts
from infra.wire import Properties, Value

CREATE = "CreateVpcEndpoint"
MODIFY = "ModifyVpcEndpoint"
DEFAULT_KIND = "Gateway"  # EC2 API reference, CreateVpcEndpoint, VpcEndpointType


def endpoint(region: Region, parameters: Properties) -> None:
    """The service has such endpoints; subnets, groups, tables and DNS of the VPC allow one."""
    vpc_id, service = text(parameters, "VpcId"), text(parameters, "ServiceName")
    kind = optional_text(parameters, "VpcEndpointType") or DEFAULT_KIND
    _service_has(region, service, kind)
    _stands_in(region, CREATE, vpc_id, texts(parameters, "SubnetIds"), [])
    groups_exist(CREATE, "SecurityGroupIds")(region, parameters)
    _tables_are_free(region, CREATE, vpc_id, service, texts(parameters, "RouteTableIds"))
    if kind == "Interface" and parameters.get("PrivateDnsEnabled", True):
        _names_are_free(region, vpc_id, service)


def endpoint_change(region: Region, parameters: Properties, before: Properties) -> None:
    """What is added fits what stays."""
    vpc_id = text(before, "VpcId")
    gone = texts(parameters, "RemoveSubnetIds")
    kept = [subnet for subnet in texts(before, "SubnetIds") if subnet not in gone]
    _stands_in(region, MODIFY, vpc_id, texts(parameters, "AddSubnetIds"), kept)
    groups_exist(MODIFY, "AddSecurityGroupIds")(region, parameters)
    added = texts(parameters, "AddRouteTableIds")
    _tables_are_free(region, MODIFY, vpc_id, text(before, "ServiceName"), added)


def _service_has(region: Region, service: str, kind: str) -> None:
    names: list[Value] = [service]
    try:
        reply = region.call("ec2", "describe_vpc_endpoint_services", ServiceNames=names)
    except AwsError as error:
        raise AwsError(error.reason, CREATE, error.code) from error
    offered = [text(item, "ServiceType") for item in blocks(reply, "ServiceDetails.0.ServiceType")]
    if kind not in offered:
        message = (
            f"Endpoint type ({kind}) does not match available service types "
            f"([{', '.join(offered)}])."
        )
        raise AwsError(message, CREATE, "InvalidParameter")


def _stands_in(
    region: Region, operation: str, vpc_id: str, added: list[str], kept: list[str]
) -> None:
    """Subnets are in the VPC, and in as many zones."""
    if not added:
        return
    there = subnets(region, kept) if kept else []
    zones = {text(item, "AvailabilityZone") for item in there}
    for subnet in subnets(region, added):
        subnet_id, zone = text(subnet, "SubnetId"), text(subnet, "AvailabilityZone")
        if text(subnet, "VpcId") != vpc_id:
            message = f"Subnet {subnet_id} does not belong to the VPC {vpc_id}"
            raise AwsError(message, operation, "InvalidParameter")
        if zone in zones:
            message = (
                f"Found another VPC endpoint subnet in the availability zone of {subnet_id}. VPC "
                "endpoint subnets should be in different availability zones supported by the VPC "
                "endpoint service."
            )
            raise AwsError(message, operation, "DuplicateSubnetsInSameZone")
        zones.add(zone)


def _tables_are_free(
    region: Region, operation: str, vpc_id: str, service: str, tables: list[str]
) -> None:
    """Route tables are in the VPC, and have no route to the service yet."""
    if not tables:
        return
    ids: list[Value] = [*tables]
    reply = region.call("ec2", "describe_route_tables", RouteTableIds=ids)
    lists = blocks(region.call("ec2", "describe_prefix_lists"), "PrefixLists")
    taken = [dig(item, "PrefixListId") for item in lists if dig(item, "PrefixListName") == service]
    for table in blocks(reply, "RouteTables"):
        name = text(table, "RouteTableId")
        if text(table, "VpcId") != vpc_id:
            message = f"Route table {name} does not belong to the VPC {vpc_id}"
            raise AwsError(message, operation, "InvalidParameter")
        for route in blocks(table, "Routes"):
            there = dig(route, "DestinationPrefixListId")
            if there in taken:
                message = f"route table {name} already has a route with "
                message += f"destination-prefix-list-id {there}"
                raise AwsError(message, operation, "RouteAlreadyExists")


def _names_are_free(region: Region, vpc_id: str, service: str) -> None:
    """Private DNS needs both DNS attributes of the VPC, and no endpoint that has the name."""
    for name in ("enableDnsSupport", "enableDnsHostnames"):
        reply = region.call("ec2", "describe_vpc_attribute", VpcId=vpc_id, Attribute=name)
        if dig(reply, f"{name[0].upper()}{name[1:]}.Value") is not True:
            message = (
                "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC "
                f"attributes set to true for {vpc_id}"
            )
            raise AwsError(message, CREATE, "InvalidParameter")
    inside: list[Value] = [{"Name": "vpc-id", "Values": [vpc_id]}]
    reply = region.call("ec2", "describe_vpc_endpoints", Filters=inside)
    for other in blocks(reply, "VpcEndpoints"):
        if dig(other, "ServiceName") == service and dig(other, "PrivateDnsEnabled"):
            short = ".".join(reversed(service.rpartition(f".{region.name}.")[2].split(".")))
            message = (
                "private-dns-enabled cannot be set because there is already a conflicting DNS "
                f"domain for {short}.{region.name}.amazonaws.com in the VPC {vpc_id}"
            )
            raise AwsError(message, CREATE, "InvalidParameter")
