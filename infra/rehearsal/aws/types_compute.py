"""Rows of security groups, their rules, and launch templates."""

from infra.rehearsal.aws import rules_ec2 as rules
from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.parameters import parameters_of
from infra.rehearsal.aws.table import ResourceType, deleted, described, retag_ec2
from infra.rehearsal.aws.values import block, blocks, dig, text
from infra.rehearsal.cloud.table import Change, updating
from infra.wire import UNKNOWN, Properties, Value

MANAGED_BY_PULUMI = "Managed by Pulumi"
"""Description that the real provider fills in (pulumi-aws, security group documentation)."""
TEMPLATE_FIELDS = {"name": "launchTemplateName", "description": "versionDescription"}


def _security_group(inputs: Properties) -> Properties:
    return {"description": MANAGED_BY_PULUMI, **inputs}


def _drop_default_egress(region: Region, physical_id: str, _inputs: Properties) -> None:
    # EC2 gives a new group a rule that allows all egress; the real provider takes it away first.
    reply = region.call("ec2", "describe_security_groups", GroupIds=[physical_id])
    permissions = dig(reply, "SecurityGroups.0.IpPermissionsEgress")
    region.call(
        "ec2", "revoke_security_group_egress", GroupId=physical_id, IpPermissions=permissions
    )


def _group_outputs(region: Region, physical_id: str, _api: Properties) -> Properties:
    return {"arn": region.arn("ec2", f"security-group/{physical_id}")}


def permission(inputs: Properties) -> Properties:
    """Return the parameters of an authorize call: the group, and one permission."""
    described = {"Description": inputs["description"]} if "description" in inputs else {}
    peers = {
        "cidrIpv4": ("IpRanges", "CidrIp"),
        "cidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
        "prefixListId": ("PrefixListIds", "PrefixListId"),
        "referencedSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
    }
    allowed: Properties = {
        name: inputs[name] for name in ("ipProtocol", "fromPort", "toPort") if name in inputs
    }
    for name, (member, key) in peers.items():
        if name in inputs:
            allowed[member] = [{key: inputs[name], **described}]
    used = {"ipProtocol", "fromPort", "toPort", "description", "securityGroupId", *peers}
    rest = {key: item for key, item in inputs.items() if key not in used}
    return {**rest, "groupId": inputs.get("securityGroupId", UNKNOWN), "ipPermissions": [allowed]}


def _rule_outputs(region: Region, physical_id: str, api: Properties) -> Properties:
    outputs: Properties = {
        "arn": region.arn("ec2", f"security-group-rule/{physical_id}"),
        "referencedSecurityGroupId": dig(api, "ReferencedGroupInfo.GroupId"),
    }
    if dig(api, "IpProtocol") == "-1":  # all protocols: the provider shows no ports
        outputs.update({"fromPort": None, "toPort": None})
    return outputs


def _rule_row(direction: str) -> ResourceType:
    side = direction.lower()
    operation = f"AuthorizeSecurityGroup{direction}"

    def delete(region: Region, physical_id: str, outputs: Properties) -> None:
        region.call(
            "ec2",
            f"revoke_security_group_{side}",
            GroupId=text(outputs, "securityGroupId"),
            SecurityGroupRuleIds=[physical_id],
        )

    return ResourceType(
        pulumi_type=f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule",
        service="ec2",
        create=f"authorize_security_group_{side}",
        identity=lambda reply, _inputs: text(reply, "SecurityGroupRules.0.SecurityGroupRuleId"),
        read=described(
            "ec2",
            "describe_security_group_rules",
            "SecurityGroupRuleIds",
            "SecurityGroupRules",
            "InvalidSecurityGroupRuleId.NotFound",
        ),
        delete=delete,
        arrange=permission,
        reading={"securityGroupId": "GroupId"},
        kept=frozenset({"description"}),  # moto does not give it back
        tags="ec2:security-group-rule",
        retag=retag_ec2,
        checks=(rules.security_group_rule,),
        rules=(rules.ports_exist(operation),),
        outputs=_rule_outputs,
    )


def launch_template(inputs: Properties) -> Properties:
    """Return the parameters of the create call: everything but the names is template data."""
    named = {member: inputs[name] for name, member in TEMPLATE_FIELDS.items() if name in inputs}
    data = {key: item for key, item in inputs.items() if key not in TEMPLATE_FIELDS}
    return {**named, "launchTemplateData": data}


def _read_template(region: Region, physical_id: str) -> Properties:
    reply = region.call("ec2", "describe_launch_templates", LaunchTemplateIds=[physical_id])
    if not blocks(reply, "LaunchTemplates"):
        message = f"The launch template ID {physical_id} does not exist"
        code = "InvalidLaunchTemplateId.NotFoundException"
        raise AwsError(message, "DescribeLaunchTemplates", code)
    versions = region.call(
        "ec2",
        "describe_launch_template_versions",
        LaunchTemplateId=physical_id,
        Versions=["$Latest"],
    )
    latest = block(versions, "LaunchTemplateVersions.0")
    return {
        **block(latest, "LaunchTemplateData"),
        "Description": latest.get("VersionDescription"),
        **block(reply, "LaunchTemplates.0"),
    }


def _new_version(region: Region, change: Change) -> None:
    sent, _left = parameters_of(region, LAUNCH_TEMPLATE, change.new, {})
    reply = region.call(
        "ec2",
        "create_launch_template_version",
        LaunchTemplateId=change.physical_id,
        LaunchTemplateData=sent["LaunchTemplateData"],
        **{key: sent[key] for key in ("VersionDescription",) if key in sent},
    )
    if change.new.get("updateDefaultVersion"):
        number = str(dig(reply, "LaunchTemplateVersion.VersionNumber"))
        region.call(
            "ec2",
            "modify_launch_template",
            LaunchTemplateId=change.physical_id,
            DefaultVersion=number,
        )


def _template_outputs(region: Region, physical_id: str, api: Properties) -> Properties:
    known: Properties = {
        "arn": region.arn("ec2", f"launch-template/{physical_id}"),
        "latestVersion": dig(api, "LatestVersionNumber"),
        "defaultVersion": dig(api, "DefaultVersionNumber"),
    }
    specifications: list[Value] = [
        {"resourceType": dig(one, "ResourceType"), "tags": _tags(one)}
        for one in blocks(api, "TagSpecifications")
        if dig(one, "ResourceType") != "launch-template"  # moto mixes the template's own tags in
    ]
    return {**known, "tagSpecifications": specifications or None}


def _tags(specification: Properties) -> Properties:
    return {text(tag, "Key"): dig(tag, "Value") for tag in blocks(specification, "Tags")}


LAUNCH_TEMPLATE = ResourceType(
    pulumi_type="aws:ec2/launchTemplate:LaunchTemplate",
    service="ec2",
    create="create_launch_template",
    identity=lambda reply, _inputs: text(reply, "LaunchTemplate.LaunchTemplateId"),
    read=_read_template,
    delete=deleted("ec2", "delete_launch_template", "LaunchTemplateId"),
    arrange=launch_template,
    rename={
        "launchTemplateData.vpcSecurityGroupIds": "SecurityGroupIds",
        "launchTemplateData.networkInterfaces.securityGroups": "Groups",
    },
    reading={
        "name": "LaunchTemplateName",
        "vpcSecurityGroupIds": "SecurityGroupIds",
        "networkInterfaces.securityGroups": "Groups",
    },
    settings=frozenset({"updateDefaultVersion"}),
    autoname="name",
    name_limit=128,  # EC2 API reference, CreateLaunchTemplate
    tags="ec2:launch-template",
    retag=retag_ec2,
    rules=(
        rules.groups_exist("CreateLaunchTemplate", "vpcSecurityGroupIds"),
        rules.adapter_groups_exist,
    ),
    updates=(
        updating(
            "blockDeviceMappings",
            "capacityReservationSpecification",
            "description",
            "ebsOptimized",
            "iamInstanceProfile",
            "imageId",
            "instanceMarketOptions",
            "instanceType",
            "keyName",
            "metadataOptions",
            "monitoring",
            "networkInterfaces",
            "placement",
            "tagSpecifications",
            "userData",
            "vpcSecurityGroupIds",
            source="CreateLaunchTemplateVersion",
            apply=_new_version,
        ),
    ),
    outputs=_template_outputs,
    volatile=frozenset({"latestVersion", "defaultVersion"}),
)

SECURITY_GROUP = ResourceType(
    pulumi_type="aws:ec2/securityGroup:SecurityGroup",
    service="ec2",
    create="create_security_group",
    identity=lambda reply, _inputs: text(reply, "GroupId"),
    read=described(
        "ec2",
        "describe_security_groups",
        "GroupIds",
        "SecurityGroups",
        "InvalidGroup.NotFound",
    ),
    delete=deleted("ec2", "delete_security_group", "GroupId"),
    arrange=_security_group,
    rename={"name": "GroupName"},
    reading={"name": "GroupName"},
    settings=frozenset({"revokeRulesOnDelete"}),
    autoname="name",
    tags="ec2:security-group",
    retag=retag_ec2,
    delete_rules=(rules.group_is_unused,),
    after_create=(_drop_default_egress,),
    outputs=_group_outputs,
)

ROWS = (SECURITY_GROUP, _rule_row("Ingress"), _rule_row("Egress"), LAUNCH_TEMPLATE)
