"""What a launch template may and may not say when a node group uses it.

Owns EKS's refusals of templates, the machine types that a group gets from its template, and why
machines of a template never start or never join. Does not own templates themselves (`rules_ec2`).

Sources: EKS user guide, "Customize managed nodes with launch templates" (what is prohibited, and
that EKS adds the cluster's security group only where a template names none; awsdocs@1fe584b) and
"Create a managed node group with Capacity Blocks for ML" (awsdocs@0a7189e); EC2 user guide,
"Elastic Fabric Adapter". The words for types in two places:
terraform-aws-modules/terraform-aws-eks#1386. Of the other refusals no record of the words was
found: those are ours.
"""

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.rules_roles import NEVER_JOINED
from infra.rehearsal.aws.values import block, blocks, dig, number, optional_text, text, texts
from infra.wire import Properties, Value

PROHIBITED = ("IamInstanceProfile", "InstanceInitiatedShutdownBehavior", "HibernationOptions")
BLOCK = "capacity-block"
_BLOCK_NEEDS = (
    "InstanceType",
    "InstanceMarketOptions.MarketType",
    "CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId",
)
_ADAPTERS = ("efa", "efa-only")


def template_fits(region: Region, operation: str, group: Properties) -> None:
    """The launch template exists in its version, and agrees with the group."""
    _template_exists(region, operation, block(group, "launchTemplate"))
    _template_agrees(operation, group, template_data(region, group))


def template_data(region: Region, group: Properties) -> Properties:
    """Return the data of the launch template of a group, empty where it has none."""
    template = block(group, "launchTemplate")
    if not template:
        return {}
    named: dict[str, Value] = (
        {"LaunchTemplateId": template["id"]}
        if "id" in template
        else {"LaunchTemplateName": text(template, "name")}
    )
    reply = region.call(
        "ec2",
        "describe_launch_template_versions",
        Versions=[optional_text(template, "version") or "$Default"],
        **named,
    )
    return block(reply, "LaunchTemplateVersions.0.LaunchTemplateData")


def machine_types(group: Properties, template: Properties) -> tuple[str, ...]:
    """Return the machine types of a group: its template names one, or the group some."""
    named = optional_text(template, "InstanceType")
    return (named,) if named else tuple(texts(group, "instanceTypes"))


def why_launch_fails(region: Region, template: Properties, machine_type: str) -> str:
    """Return EC2's words for network adapters that the machine has not; empty when it has them."""
    cards = blocks(template, "NetworkInterfaces")
    adapters = [card for card in cards if card.get("InterfaceType") in _ADAPTERS]
    if not adapters:
        return ""
    reply = region.call("ec2", "describe_instance_types", InstanceTypes=[machine_type])
    most = dig(reply, "InstanceTypes.0.NetworkInfo.EfaInfo.MaximumEfaInterfaces")
    if isinstance(most, int) and len(adapters) <= most:
        return ""
    if isinstance(most, int):
        reason = f"AttachmentLimitExceeded - Interface count {len(adapters)} exceeds the limit for"
    else:
        reason = "UnsupportedOperation - EFA interfaces are not supported on"
    return f"{reason} {machine_type}. Launching EC2 instance failed."


def why_nodes_fail(template: Properties, cluster: Properties) -> str:
    """Return EKS's words for nodes that the control plane cannot reach; empty when it can.

    Rules of other security groups are not weighed: a node is reached through the cluster's own.
    An interface that names none has the VPC's default group; no source says that EKS adds its own.
    """
    cards = blocks(template, "NetworkInterfaces")
    first = next((card for card in cards if _is_first(card)), {})
    named = [*texts(template, "SecurityGroupIds"), *texts(first, "Groups")]
    own = text(cluster, "resourcesVpcConfig.clusterSecurityGroupId")
    reached = own in named if named or cards else True
    return "" if reached else NEVER_JOINED


def _template_exists(region: Region, operation: str, template: Properties) -> None:
    if not template:
        return
    ids: list[Value] = [template["id"]] if "id" in template else []
    names: list[Value] = [] if ids else [text(template, "name")]
    reply: Properties = {}
    try:
        reply = region.call(
            "ec2", "describe_launch_templates", LaunchTemplateIds=ids, LaunchTemplateNames=names
        )
    except AwsError as error:
        if not error.not_found:
            raise
    if not blocks(reply, "LaunchTemplates"):  # moto answers an unknown id with an empty list
        message = f"The specified launch template does not exist: {template}"
        raise _refused(message, operation)
    latest = number(reply, "LaunchTemplates.0.LatestVersionNumber")
    version = optional_text(template, "version")
    if version.isdigit() and not 1 <= int(version) <= latest:
        message = f"Launch template version {version} does not exist (latest is {latest})"
        raise _refused(message, operation)


def _template_agrees(operation: str, group: Properties, template: Properties) -> None:
    """Refuse a template that says what the group must say, or less than its machines need."""
    if texts(group, "instanceTypes") and "InstanceType" in template:
        message = "Cannot specify instance types in launch template and API request"
        raise _refused(message, operation)
    cards = blocks(template, "NetworkInterfaces")
    found = [name for name in PROHIBITED if template.get(name)]
    found += ["NetworkInterfaces.SubnetId"] if any(card.get("SubnetId") for card in cards) else []
    if found:
        message = f"Launch template must not specify {', '.join(found)} with a managed node group"
        raise _refused(message, operation)
    if cards and template.get("SecurityGroupIds"):
        message = "Launch template must not name security groups of the instance beside interfaces"
        raise _refused(message, operation)
    _market_fits(operation, optional_text(group, "capacityType"), template)


def _market_fits(operation: str, capacity: str, template: Properties) -> None:
    market = optional_text(template, "InstanceMarketOptions.MarketType")
    if capacity == "CAPACITY_BLOCK":
        missing = [name for name in _BLOCK_NEEDS if not dig(template, name)]
        if missing or market != BLOCK:
            lacks = ", ".join(missing) or f"InstanceMarketOptions.MarketType {BLOCK}"
            message = f"Capacity type CAPACITY_BLOCK: the launch template must specify {lacks}"
            raise _refused(message, operation)
    elif market:
        message = f"Launch template must not specify market type {market} with {capacity}"
        raise _refused(message, operation)


def _is_first(card: Properties) -> bool:
    return not card.get("NetworkCardIndex") and not card.get("DeviceIndex")


def _refused(message: str, operation: str) -> AwsError:
    return AwsError(message, operation, "InvalidRequestException")
