"""Rows of EKS: access entries and their policies."""

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.table import ResourceType
from infra.rehearsal.aws.types_eks import retag_eks
from infra.rehearsal.aws.values import block, blocks, dig, text
from infra.rehearsal.cloud.table import Change, updating
from infra.wire import Properties


def _entry_address(physical_id: str) -> Properties:
    cluster, _colon, principal = physical_id.partition(":")
    return {"clusterName": cluster, "principalArn": principal}


def _read_entry(region: Region, physical_id: str) -> Properties:
    reply = region.call("eks", "describe_access_entry", **_entry_address(physical_id))
    return block(reply, "accessEntry")


def _update_entry(region: Region, change: Change) -> None:
    sent: Properties = {"kubernetesGroups": change.new.get("kubernetesGroups", [])}
    if "userName" in change.new:
        sent["username"] = change.new["userName"]
    region.call("eks", "update_access_entry", **_entry_address(change.physical_id), **sent)


def _delete_entry(region: Region, physical_id: str, _outputs: Properties) -> None:
    region.call("eks", "delete_access_entry", **_entry_address(physical_id))


def _association_address(physical_id: str) -> tuple[Properties, str]:
    cluster, principal, policy = physical_id.split("#")
    return {"clusterName": cluster, "principalArn": principal}, policy


def _read_association(region: Region, physical_id: str) -> Properties:
    address, policy = _association_address(physical_id)
    reply = region.call("eks", "list_associated_access_policies", **address)
    for found in blocks(reply, "associatedAccessPolicies"):
        if dig(found, "policyArn") == policy:
            return {**address, **found}
    message = f"policy {policy} is not associated"
    raise AwsError(message, "ListAssociatedAccessPolicies", "ResourceNotFoundException")


def _associate_again(region: Region, change: Change) -> None:
    address, policy = _association_address(change.physical_id)
    scope = change.new["accessScope"]
    region.call("eks", "associate_access_policy", **address, policyArn=policy, accessScope=scope)


def _disassociate(region: Region, physical_id: str, _outputs: Properties) -> None:
    address, policy = _association_address(physical_id)
    region.call("eks", "disassociate_access_policy", **address, policyArn=policy)


def _retag_entry(
    region: Region, physical_id: str, changed: dict[str, str], gone: list[str]
) -> None:
    retag_eks(region, text(_read_entry(region, physical_id), "accessEntryArn"), changed, gone)


ROWS = (
    ResourceType(
        pulumi_type="aws:eks/accessEntry:AccessEntry",
        service="eks",
        create="create_access_entry",
        identity=lambda _reply, inputs: f"{inputs['clusterName']}:{inputs['principalArn']}",
        read=_read_entry,
        delete=_delete_entry,
        tags="map",
        retag=_retag_entry,
        updates=(
            updating(
                "kubernetesGroups", "userName", source="UpdateAccessEntry", apply=_update_entry
            ),
        ),
    ),
    ResourceType(
        pulumi_type="aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        service="eks",
        create="associate_access_policy",
        identity=lambda _reply, inputs: (
            f"{inputs['clusterName']}#{inputs['principalArn']}#{inputs['policyArn']}"
        ),
        read=_read_association,
        delete=_disassociate,
        updates=(updating("accessScope", source="AssociateAccessPolicy", apply=_associate_again),),
    ),
)
