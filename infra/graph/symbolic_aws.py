"""What a recording knows of AWS: ARNs, ids that are other properties, default tags."""

import json

from infra.graph.model import Resource
from infra.wire import Properties, Value, plain

ACCOUNT_ID = "123456789012"
"""The account number of AWS's own documentation examples."""
_ARN_WITHOUT_REGION = ("budgets", "cloudfront", "iam", "route53")
"""Global services, whose ARNs have no region (AWS service authorization reference, 2026-11)."""
_ARN_SERVICES = {"lb": "elasticloadbalancing", "alb": "elasticloadbalancing"}
"""Pulumi module to the service in an ARN, where they differ (the same reference)."""
_ZONE = "aws:route53/zone:Zone"
"""Its ARN has neither an account nor the word `zone` (the same reference)."""
IDENTIFIERS = {
    "aws:eks/accessEntry:AccessEntry": ("clusterName", "principalArn"),
    "aws:eks/addon:Addon": ("clusterName", "addonName"),
    "aws:eks/cluster:Cluster": ("name",),
    "aws:eks/nodeGroup:NodeGroup": ("clusterName", "nodeGroupName"),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": ("arn",),
    "aws:iam/policy:Policy": ("arn",),
    "aws:iam/role:Role": ("name",),
    "aws:s3/bucket:Bucket": ("bucket",),
}
"""Ids that are other properties, joined by `:` (pulumi-aws 7.51.1, the import section of each)."""


def known(resource: Resource, provider: Resource) -> Properties:
    """Return outputs of AWS resources that follow from the provider or must look real."""
    region = plain(provider.inputs.get("region"))
    module, _, kind = resource.type.split(":")[1].partition("/")
    arn_region = "" if module in _ARN_WITHOUT_REGION else region
    service = _ARN_SERVICES.get(module, module)
    answer: Properties = {
        "arn": f"arn:aws:{service}:{arn_region}:{ACCOUNT_ID}:{kind}/${{{resource.name}}}",
        "ownerId": ACCOUNT_ID,
        "tagsAll": _default_tags(provider) | _mapping(resource.inputs.get("tags")),
    }
    if isinstance(region, str):
        answer["region"] = region
    if module == "s3":
        answer["arn"] = f"arn:aws:s3:::${{{resource.name}}}"
    if resource.type == _ZONE:
        answer["arn"] = f"arn:aws:route53:::hostedzone/${{{resource.name}}}"
    return answer


def _default_tags(provider: Resource) -> Properties:
    encoded = plain(provider.inputs.get("defaultTags"))
    decoded = json.loads(encoded) if isinstance(encoded, str) else encoded
    return _mapping(decoded.get("tags")) if isinstance(decoded, dict) else {}


def _mapping(value: Value) -> Properties:
    unwrapped = plain(value)
    return unwrapped if isinstance(unwrapped, dict) else {}
