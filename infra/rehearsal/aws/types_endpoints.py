"""The row of VPC endpoints."""

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.rules_iam import is_json
from infra.rehearsal.aws.table import ResourceType, described, retag_ec2
from infra.rehearsal.aws.values import block, blocks, dig, text, texts
from infra.rehearsal.aws.vpc_endpoints import prefix_list
from infra.rehearsal.cloud.table import Change, updating
from infra.wire import Properties, Value

LISTS = {
    "routeTableIds": "RouteTableIds",
    "subnetIds": "SubnetIds",
    "securityGroupIds": "SecurityGroupIds",
}


def _delete(region: Region, physical_id: str, _outputs: Properties) -> None:
    region.call("ec2", "delete_vpc_endpoints", VpcEndpointIds=[physical_id])


def _modify(region: Region, change: Change) -> None:
    """Say what comes and what goes: ModifyVpcEndpoint takes no whole lists."""
    sent: Properties = {}
    for name, member in LISTS.items():
        new, old = texts(change.new, name), texts(change.old, name)
        added: list[Value] = [item for item in new if item not in old]
        removed: list[Value] = [item for item in old if item not in new]
        if added:
            sent[f"Add{member}"] = added
        if removed:
            sent[f"Remove{member}"] = removed
    if change.new.get("policy") != change.old.get("policy"):
        policy = change.new.get("policy")
        sent |= {"PolicyDocument": policy} if policy else {"ResetPolicy": True}
    if change.new.get("privateDnsEnabled") != change.old.get("privateDnsEnabled"):
        sent["PrivateDnsEnabled"] = change.new.get("privateDnsEnabled") is True
    region.call("ec2", "modify_vpc_endpoint", VpcEndpointId=change.physical_id, **sent)


def _outputs(region: Region, physical_id: str, api: Properties) -> Properties:
    groups: list[Value] = [text(item, "GroupId") for item in blocks(api, "Groups")]
    outputs: Properties = {
        "arn": region.arn("ec2", f"vpc-endpoint/{physical_id}"),
        "policy": dig(api, "PolicyDocument"),
        "securityGroupIds": groups,
    }
    if dig(api, "VpcEndpointType") == "Gateway":
        outputs["prefixListId"] = prefix_list(region, text(api, "ServiceName"))
    return outputs


ROWS = (
    ResourceType(
        pulumi_type="aws:ec2/vpcEndpoint:VpcEndpoint",
        service="ec2",
        create="create_vpc_endpoint",
        identity=lambda reply, _inputs: text(block(reply, "VpcEndpoint"), "VpcEndpointId"),
        read=described(
            "ec2",
            "describe_vpc_endpoints",
            "VpcEndpointIds",
            "VpcEndpoints",
            "InvalidVpcEndpointId.NotFound",
        ),
        delete=_delete,
        rename={"policy": "policyDocument"},
        tags="ec2:vpc-endpoint",
        retag=retag_ec2,
        checks=(is_json("policy"),),
        updates=(
            updating(
                *LISTS, "policy", "privateDnsEnabled", source="ModifyVpcEndpoint", apply=_modify
            ),
        ),
        outputs=_outputs,
    ),
)
