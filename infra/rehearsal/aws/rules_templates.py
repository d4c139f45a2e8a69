"""What EKS refuses of the launch template of a node group, with EKS's own codes.

Words: "Cannot specify instance types …" (terraform-aws-modules/terraform-aws-eks#1386). What a
Capacity Block needs is in the EKS user guide ("Create a managed node group with Capacity Blocks for
ML", 2026); the words of that refusal are ours, no source has EKS's.
"""

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.values import block, blocks, dig, number, optional_text, text, texts
from infra.wire import Properties, Value

OPERATION = "CreateNodegroup"
REFUSED = "InvalidRequestException"


def template_fits(region: Region, parameters: Properties) -> None:
    """The template exists in that version, and agrees with the group."""
    named = block(parameters, "launchTemplate")
    is_block = parameters.get("capacityType") == "CAPACITY_BLOCK"
    if not named and not is_block:
        return
    data = _data(region, named) if named else {}
    if "InstanceType" in data and texts(parameters, "instanceTypes"):
        message = "Cannot specify instance types in launch template and API request"
        raise AwsError(message, OPERATION, REFUSED)
    reservation = dig(data, "CapacityReservationSpecification.CapacityReservationTarget")
    market = dig(data, "InstanceMarketOptions.MarketType")
    if is_block and (market != "capacity-block" or not dig(reservation, "CapacityReservationId")):
        message = (
            "A node group with capacity type CAPACITY_BLOCK needs a launch template with market "
            "type capacity-block and the id of a capacity reservation"
        )
        raise AwsError(message, OPERATION, REFUSED)


def _data(region: Region, named: Properties) -> Properties:
    """Return the data of the template in the version that is named."""
    ids: list[Value] = [named["id"]] if "id" in named else []
    names: list[Value] = [] if ids else [text(named, "name")]
    reply: Properties = {}
    try:
        reply = region.call(
            "ec2", "describe_launch_templates", LaunchTemplateIds=ids, LaunchTemplateNames=names
        )
    except AwsError as error:
        if not error.not_found:
            raise
    if not blocks(reply, "LaunchTemplates"):  # moto answers an unknown id with an empty list
        message = f"The specified launch template does not exist: {named}"
        raise AwsError(message, OPERATION, REFUSED)
    latest = number(reply, "LaunchTemplates.0.LatestVersionNumber")
    version = optional_text(named, "version")
    if version.isdigit() and not 1 <= int(version) <= latest:
        message = f"Launch template version {version} does not exist (latest is {latest})"
        raise AwsError(message, OPERATION, REFUSED)
    found = region.call(
        "ec2",
        "describe_launch_template_versions",
        LaunchTemplateId=text(reply, "LaunchTemplates.0.LaunchTemplateId"),
        Versions=[version or "$Default"],
    )
    return block(found, "LaunchTemplateVersions.0.LaunchTemplateData")
