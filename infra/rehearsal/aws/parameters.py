"""Inputs of a resource as parameters of its create call, by its row and the service model."""

from botocore.model import Shape

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.model import to_api
from infra.rehearsal.aws.table import ResourceType
from infra.rehearsal.aws.values import tag_list
from infra.wire import Properties

LISTS = {"list": "Tags", "lower-case list": "tags", "resource list": "ResourceTags"}
"""Where a create call has tags as a list of keys and values."""
TAGGED_AFTERWARDS = "afterwards"
"""A create call that takes no tags: `lifecycle.create` sets them by the row's `retag`."""


def parameters_of(
    region: Region, row: ResourceType, inputs: Properties, tags: dict[str, str]
) -> tuple[Properties, list[str]]:
    """Return parameters of the create call, and the paths of inputs that nothing takes."""
    skipped = row.elsewhere | row.settings
    sent = {k: v for k, v in inputs.items() if k not in skipped and not (row.tags and k == "tags")}
    left: list[str] = []
    converted = to_api(input_shape(region, row), row.arrange(sent), row.rename, left)
    parameters: Properties = dict(converted) if isinstance(converted, dict) else {}
    parameters |= row.placed(region)
    if tags and row.tags:
        parameters |= _tagging(row.tags, tags)
    return parameters, left


def _tagging(style: str, tags: dict[str, str]) -> Properties:
    """Return tags as a create call takes them; every service has a spelling of its own."""
    if style in LISTS:
        return {LISTS[style]: tag_list(tags)}
    match style:
        case "kms":
            return {"Tags": [{"TagKey": key, "TagValue": value} for key, value in tags.items()]}
        case "map":
            return {"tags": dict(tags)}
        case _ if style == TAGGED_AFTERWARDS:
            return {}
    kind = style.removeprefix("ec2:")
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": tag_list(tags)}]}


def input_shape(region: Region, row: ResourceType) -> Shape:
    """Return the service model's shape of the create call."""
    client = region.account.client(row.service, region.name)
    operation = client.meta.method_to_api_mapping[row.create]
    return client.meta.service_model.operation_model(operation).input_shape
