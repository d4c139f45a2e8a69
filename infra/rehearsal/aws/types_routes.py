"""Rows of routing: route tables, routes, and which subnets use them."""

import zlib

from infra.rehearsal.aws import rules_ec2 as rules
from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.table import ResourceType, deleted, described, retag_ec2
from infra.rehearsal.aws.values import blocks, dig, text
from infra.rehearsal.cloud.table import Change, updating
from infra.wire import Properties

ROUTE_TARGETS = ("gatewayId", "natGatewayId", "networkInterfaceId", "vpcEndpointId")
DESTINATIONS = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")


def route_id(inputs: Properties) -> str:
    """Return `r-<table><checksum of the destination>`, as the real provider has it."""
    destination = next(text(inputs, name) for name in DESTINATIONS if name in inputs)
    return f"r-{text(inputs, 'routeTableId')}{zlib.crc32(destination.encode())}"


def _read_route(region: Region, physical_id: str) -> Properties:
    for table in blocks(region.call("ec2", "describe_route_tables"), "RouteTables"):
        for route in blocks(table, "Routes"):
            found: Properties = {
                name: dig(route, name[0].upper() + name[1:])
                for name in DESTINATIONS
                if dig(route, name[0].upper() + name[1:])
            }
            found["routeTableId"] = text(table, "RouteTableId")
            if len(found) > 1 and route_id(found) == physical_id:
                return {**route, "RouteTableId": text(table, "RouteTableId")}
    message = f"no route {physical_id} in any route table"
    raise AwsError(message, "DescribeRouteTables", "InvalidRoute.NotFound")


def _delete_route(region: Region, _physical_id: str, outputs: Properties) -> None:
    address = {
        name[0].upper() + name[1:]: outputs[name] for name in DESTINATIONS if outputs.get(name)
    }
    region.call("ec2", "delete_route", RouteTableId=outputs["routeTableId"], **address)


def _retarget_route(region: Region, change: Change) -> None:
    rules.route_target_exists(region, change.new)
    members = {
        name[0].upper() + name[1:]: change.new[name]
        for name in (*DESTINATIONS, *ROUTE_TARGETS, "routeTableId")
        if name in change.new
    }
    region.call("ec2", "replace_route", **members)


def _read_association(region: Region, physical_id: str) -> Properties:
    for table in blocks(region.call("ec2", "describe_route_tables"), "RouteTables"):
        for association in blocks(table, "Associations"):
            if dig(association, "RouteTableAssociationId") == physical_id:
                return association
    message = f"The association ID '{physical_id}' does not exist"
    raise AwsError(message, "DescribeRouteTables", "InvalidAssociationID.NotFound")


def _table_outputs(region: Region, physical_id: str, _api: Properties) -> Properties:
    # Routes are resources of their own here; the API's spelling of them is not the provider's.
    return {"arn": region.arn("ec2", f"route-table/{physical_id}"), "routes": None}


ROWS = (
    ResourceType(
        pulumi_type="aws:ec2/routeTable:RouteTable",
        service="ec2",
        create="create_route_table",
        identity=lambda reply, _inputs: text(reply, "RouteTable.RouteTableId"),
        read=described(
            "ec2",
            "describe_route_tables",
            "RouteTableIds",
            "RouteTables",
            "InvalidRouteTableID.NotFound",
        ),
        delete=deleted("ec2", "delete_route_table", "RouteTableId"),
        tags="ec2:route-table",
        retag=retag_ec2,
        outputs=_table_outputs,
    ),
    ResourceType(
        pulumi_type="aws:ec2/route:Route",
        service="ec2",
        create="create_route",
        identity=lambda _reply, inputs: route_id(inputs),
        read=_read_route,
        delete=_delete_route,
        checks=(rules.one_route_target, rules.network_address("destinationCidrBlock")),
        rules=(rules.route_target_exists,),
        updates=(updating(*ROUTE_TARGETS, source="ReplaceRoute", apply=_retarget_route),),
    ),
    ResourceType(
        pulumi_type="aws:ec2/routeTableAssociation:RouteTableAssociation",
        service="ec2",
        create="associate_route_table",
        identity=lambda reply, _inputs: text(reply, "AssociationId"),
        read=_read_association,
        delete=deleted("ec2", "disassociate_route_table", "AssociationId"),
        rules=(rules.subnet_has_no_table,),
    ),
)
