"""Rows of the network: VPC, subnets, gateways."""

from infra.rehearsal.aws import rules_ec2 as rules
from infra.rehearsal.aws import rules_quotas as quotas
from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.table import ResourceType, deleted, described, retag_ec2
from infra.rehearsal.aws.values import block, blocks, dig, text
from infra.rehearsal.cloud.table import Change, updating
from infra.wire import Properties, Value

VPC_ATTRIBUTES = {
    "enableDnsHostnames": "EnableDnsHostnames",
    "enableDnsSupport": "EnableDnsSupport",
}


def _set_vpc_attributes(region: Region, physical_id: str, inputs: Properties) -> None:
    for name, member in VPC_ATTRIBUTES.items():
        if name in inputs:  # one attribute a call: ModifyVpcAttribute takes no two
            region.call(
                "ec2",
                "modify_vpc_attribute",
                VpcId=physical_id,
                **{member: {"Value": inputs[name]}},
            )


def _vpc_outputs(region: Region, physical_id: str, _api: Properties) -> Properties:
    inside: list[Value] = [{"Name": "vpc-id", "Values": [physical_id]}]
    tables = blocks(region.call("ec2", "describe_route_tables", Filters=inside), "RouteTables")
    main = next(
        text(table, "RouteTableId")
        for table in tables
        if any(dig(item, "Main") for item in blocks(table, "Associations"))
    )
    groups = blocks(
        region.call("ec2", "describe_security_groups", Filters=inside), "SecurityGroups"
    )
    acls = blocks(region.call("ec2", "describe_network_acls", Filters=inside), "NetworkAcls")
    outputs: Properties = {
        "arn": region.arn("ec2", f"vpc/{physical_id}"),
        "mainRouteTableId": main,
        "defaultRouteTableId": main,
        "defaultSecurityGroupId": next(
            dig(group, "GroupId") for group in groups if dig(group, "GroupName") == "default"
        ),
        "defaultNetworkAclId": next(
            dig(acl, "NetworkAclId") for acl in acls if dig(acl, "IsDefault")
        ),
    }
    for name, member in VPC_ATTRIBUTES.items():
        reply = region.call("ec2", "describe_vpc_attribute", VpcId=physical_id, Attribute=name)
        outputs[name] = dig(reply, f"{member}.Value")
    return outputs


def _set_public_ips(region: Region, physical_id: str, inputs: Properties) -> None:
    if "mapPublicIpOnLaunch" in inputs:
        region.call(
            "ec2",
            "modify_subnet_attribute",
            SubnetId=physical_id,
            MapPublicIpOnLaunch={"Value": inputs["mapPublicIpOnLaunch"]},
        )


def _attach(region: Region, physical_id: str, inputs: Properties) -> None:
    if "vpcId" in inputs:
        rules.vpc_without_gateway(region, inputs)
        region.call(
            "ec2",
            "attach_internet_gateway",
            InternetGatewayId=physical_id,
            VpcId=text(inputs, "vpcId"),
        )


def _detach(region: Region, physical_id: str) -> None:
    found = described_gateway(region, physical_id)
    for attachment in blocks(found, "Attachments"):
        vpc_id = text(attachment, "VpcId")
        rules.no_mapped_addresses(region, vpc_id)
        region.call("ec2", "detach_internet_gateway", InternetGatewayId=physical_id, VpcId=vpc_id)


def _delete_gateway(region: Region, physical_id: str, _outputs: Properties) -> None:
    _detach(region, physical_id)
    region.call("ec2", "delete_internet_gateway", InternetGatewayId=physical_id)


def _move_gateway(region: Region, change: Change) -> None:
    _detach(region, change.physical_id)
    _attach(region, change.physical_id, change.new)


def _read_nat_gateway(region: Region, physical_id: str) -> Properties:
    reply = region.call("ec2", "describe_nat_gateways", NatGatewayIds=[physical_id])
    for gateway in blocks(reply, "NatGateways"):
        if dig(gateway, "State") not in ("deleted", "deleting"):
            return gateway
    message = f"The Nat Gateway {physical_id} was not found"
    raise AwsError(message, "DescribeNatGateways", "NatGatewayNotFound")


def _delete_nat_gateway(region: Region, physical_id: str, _outputs: Properties) -> None:
    addresses = blocks(_read_nat_gateway(region, physical_id), "NatGatewayAddresses")
    region.call("ec2", "delete_nat_gateway", NatGatewayId=physical_id)
    for address in addresses:  # moto forgets to let go of address and network interface
        if "AssociationId" in address:
            region.call("ec2", "disassociate_address", AssociationId=address["AssociationId"])
        interface = text(address, "NetworkInterfaceId")
        region.call("ec2", "delete_network_interface", NetworkInterfaceId=interface)


def _nat_outputs(_region: Region, _physical_id: str, api: Properties) -> Properties:
    first = block(api, "NatGatewayAddresses.0")
    names = {
        "allocationId": "AllocationId",
        "associationId": "AssociationId",
        "networkInterfaceId": "NetworkInterfaceId",
        "privateIp": "PrivateIp",
        "publicIp": "PublicIp",
    }
    return {wire: first[member] for wire, member in names.items() if member in first}


def _igw_outputs(region: Region, physical_id: str, api: Properties) -> Properties:
    return {
        "arn": region.arn("ec2", f"internet-gateway/{physical_id}"),
        "vpcId": dig(api, "Attachments.0.VpcId"),
    }


def _eip_outputs(region: Region, physical_id: str, api: Properties) -> Properties:
    dashed = text(api, "PublicIp").replace(".", "-")
    return {
        "arn": region.arn("ec2", f"elastic-ip/{physical_id}"),
        "publicDns": f"ec2-{dashed}.compute-1.amazonaws.com",
    }


described_gateway = described(
    "ec2",
    "describe_internet_gateways",
    "InternetGatewayIds",
    "InternetGateways",
    "InvalidInternetGatewayID.NotFound",
)

ROWS = (
    ResourceType(
        pulumi_type="aws:ec2/vpc:Vpc",
        service="ec2",
        create="create_vpc",
        identity=lambda reply, _inputs: text(reply, "Vpc.VpcId"),
        read=described("ec2", "describe_vpcs", "VpcIds", "Vpcs", "InvalidVpcID.NotFound"),
        delete=deleted("ec2", "delete_vpc", "VpcId"),
        elsewhere=frozenset(VPC_ATTRIBUTES),
        tags="ec2:vpc",
        retag=retag_ec2,
        checks=(rules.network_address("cidrBlock"),),
        rules=(quotas.vpcs,),
        delete_rules=(rules.vpc_is_empty,),
        after_create=(_set_vpc_attributes,),
        updates=(
            updating(
                *VPC_ATTRIBUTES,
                source="ModifyVpcAttribute",
                apply=lambda region, change: _set_vpc_attributes(
                    region, change.physical_id, change.new
                ),
            ),
        ),
        outputs=_vpc_outputs,
    ),
    ResourceType(
        pulumi_type="aws:ec2/subnet:Subnet",
        service="ec2",
        create="create_subnet",
        identity=lambda reply, _inputs: text(reply, "Subnet.SubnetId"),
        read=described(
            "ec2", "describe_subnets", "SubnetIds", "Subnets", "InvalidSubnetID.NotFound"
        ),
        delete=deleted("ec2", "delete_subnet", "SubnetId"),
        reading={"arn": "SubnetArn"},
        elsewhere=frozenset({"mapPublicIpOnLaunch"}),
        tags="ec2:subnet",
        retag=retag_ec2,
        checks=(rules.network_address("cidrBlock"),),
        rules=(rules.subnet_is_large_enough,),
        delete_rules=(rules.subnet_is_empty,),
        after_create=(_set_public_ips,),
        updates=(
            updating(
                "mapPublicIpOnLaunch",
                source="ModifySubnetAttribute",
                apply=lambda region, change: _set_public_ips(
                    region, change.physical_id, change.new
                ),
            ),
        ),
    ),
    ResourceType(
        pulumi_type="aws:ec2/internetGateway:InternetGateway",
        service="ec2",
        create="create_internet_gateway",
        identity=lambda reply, _inputs: text(reply, "InternetGateway.InternetGatewayId"),
        read=described_gateway,
        delete=_delete_gateway,
        elsewhere=frozenset({"vpcId"}),
        tags="ec2:internet-gateway",
        retag=retag_ec2,
        after_create=(_attach,),
        updates=(
            updating(
                "vpcId",
                source="DetachInternetGateway, AttachInternetGateway",
                apply=_move_gateway,
            ),
        ),
        outputs=_igw_outputs,
    ),
    ResourceType(
        pulumi_type="aws:ec2/eip:Eip",
        service="ec2",
        create="allocate_address",
        identity=lambda reply, _inputs: text(reply, "AllocationId"),
        read=described(
            "ec2",
            "describe_addresses",
            "AllocationIds",
            "Addresses",
            "InvalidAllocationID.NotFound",
        ),
        delete=deleted("ec2", "release_address", "AllocationId"),
        tags="ec2:elastic-ip",
        retag=retag_ec2,
        rules=(quotas.addresses,),
        delete_rules=(rules.address_is_free,),
        outputs=_eip_outputs,
    ),
    ResourceType(
        pulumi_type="aws:ec2/natGateway:NatGateway",
        service="ec2",
        create="create_nat_gateway",
        identity=lambda reply, _inputs: text(reply, "NatGateway.NatGatewayId"),
        read=_read_nat_gateway,
        delete=_delete_nat_gateway,
        kept=frozenset({"connectivityType"}),  # moto drops it
        tags="ec2:natgateway",
        retag=retag_ec2,
        rules=(rules.public_nat_can_work, rules.address_is_not_taken, quotas.nat_gateways),
        outputs=_nat_outputs,
    ),
)
