"""Settings that exist on one cloud only, and why the other has no use for them.

Owns the list and its check, in both directions. The value that a setting has where it means nothing
is its default in `defaults`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from infra.spec.cloud import CloudProvider, CloudSpec
from infra.spec.draft import Draft
from infra.spec.report import Report


@dataclass(frozen=True)
class Only:
    """One setting of one cloud."""

    cloud: CloudProvider
    """The cloud that has it."""
    reason: str
    """Why the other one refuses it."""
    neutral: object = None
    """Its value on the other cloud."""
    allowed: str = "nothing"
    """What the other cloud takes instead."""


_OF_GOOGLE: Mapping[tuple[str, str], str] = {
    ("cloud", "project"): "AWS has no projects: the account is that of whoever runs `pulumi`",
    ("network", "podCidr"): "pods of EKS have addresses of the network itself, cloud.networkCidr",
    ("network", "serviceCidr"): "EKS chooses the range of Services, outside of the network",
    ("network", "podRange"): "subnets of AWS have no secondary ranges, pods use their addresses",
    ("network", "serviceRange"): (
        "subnets of AWS have no secondary ranges, EKS chooses that of Services"
    ),
    ("gpuPools", "flexStart"): (
        "EC2 sells no capacity that is waited for; reserve a capacity block instead"
    ),
}
"""Settings of Google Cloud that have no value on AWS: why AWS refuses them."""

ONLY: Mapping[tuple[str, str], Only] = {
    **{setting: Only(CloudProvider.GCP, reason) for setting, reason in _OF_GOOGLE.items()},
    ("network", "natGateways"): Only(
        CloudProvider.AWS,
        "Cloud NAT is regional: one serves all zones and survives the loss of one",
        neutral="single",
        allowed="single",
    ),
    ("network", "interfaceEndpoints"): Only(
        CloudProvider.AWS,
        "Private Google Access reaches Google's services without endpoints, and is free",
        neutral=False,
        allowed="false",
    ),
    ("network", "publicSubnetIds"): Only(
        CloudProvider.AWS,
        "load balancers of Google Cloud stand in no subnetwork of the network",
        neutral=(),
    ),
    ("gpuPools", "efa"): Only(
        CloudProvider.AWS,
        "Elastic Fabric Adapters are a network of EC2",
        neutral=False,
        allowed="false",
    ),
    ("gpuPools", "nodeRepair"): Only(
        CloudProvider.AWS,
        "GKE repairs the nodes of every cluster in a release channel",
        neutral=True,
        allowed="true",
    ),
}
"""By section and setting."""


def check_one_cloud(sections: Iterable[Draft], cloud: Draft[CloudSpec], report: Report) -> None:
    """Refuse what the stack's cloud does not have."""
    if not cloud.good("provider"):
        return
    provider = cloud.spec.provider
    for section in sections:
        values = dict(section.spec)
        aliases = {
            str(field.alias): name for name, field in type(section.spec).model_fields.items()
        }
        for (group, setting), only in ONLY.items():
            if group != section.path[0] or only.cloud is provider or not section.good(setting):
                continue
            value = values[aliases[setting]]
            if value != only.neutral:
                report.add(
                    section.at(setting),
                    f"is not for {provider}: {only.reason}",
                    _written(value),
                    allowed=only.allowed,
                    next_step="remove it",
                )


def _written(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    dump = getattr(value, "model_dump", None)
    return dump(by_alias=True) if dump else value
