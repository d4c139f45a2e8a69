"""Rows of EKS: add-ons and Pod Identity associations."""

import time

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.table import ResourceType
from infra.rehearsal.aws.types_eks import POLL_SECONDS, retag_eks
from infra.rehearsal.aws.values import block, blocks, optional_text, text, texts
from infra.rehearsal.cloud.errors import InterruptedWaitError
from infra.rehearsal.cloud.table import Change, Wait, updating
from infra.wire import Properties, Value


def _addon_address(physical_id: str) -> Properties:
    cluster, _colon, name = physical_id.partition(":")
    return {"clusterName": cluster, "addonName": name}


def _read_addon(region: Region, physical_id: str) -> Properties:
    return block(region.call("eks", "describe_addon", **_addon_address(physical_id)), "addon")


def _addon_outputs(region: Region, _physical_id: str, api: Properties) -> Properties:
    # DescribeAddon gives ARNs of associations; the provider looks them up.
    cluster = text(api, "clusterName")
    found: list[Value] = []
    for arn in texts(api, "podIdentityAssociations"):
        reply = region.call(
            "eks",
            "describe_pod_identity_association",
            clusterName=cluster,
            associationId=arn.rsplit("/", 1)[-1],
        )
        item = block(reply, "association")
        found.append({"roleArn": item["roleArn"], "serviceAccount": item["serviceAccount"]})
    return {"podIdentityAssociations": found or None}


def _update_addon(region: Region, change: Change) -> None:
    old, new = change.old, change.new
    sent: Properties = {}
    if new.get("addonVersion") and new["addonVersion"] != old.get("addonVersion"):
        sent["addonVersion"] = new["addonVersion"]
    if new.get("configurationValues") != old.get("configurationValues"):
        sent["configurationValues"] = new.get("configurationValues", "")
    if new.get("podIdentityAssociations") != old.get("podIdentityAssociations"):
        sent["podIdentityAssociations"] = [*blocks(new, "podIdentityAssociations")]
    if not sent:
        return
    if "resolveConflictsOnUpdate" in new:
        sent["resolveConflicts"] = new["resolveConflictsOnUpdate"]
    region.call("eks", "update_addon", **_addon_address(change.physical_id), **sent)


def _no_call(_region: Region, _change: Change) -> None:
    """Nothing to send: only CreateAddon takes it."""


def _delete_addon(region: Region, physical_id: str, outputs: Properties) -> None:
    preserve = bool(outputs.get("preserve"))
    region.call("eks", "delete_addon", **_addon_address(physical_id), preserve=preserve)


def _await_addon(region: Region, physical_id: str, wait: Wait) -> None:
    """Wait, as the real provider does, until the add-on is ACTIVE; DEGRADED may still become so."""
    began = time.monotonic()
    while True:
        found = _read_addon(region, physical_id)
        status = text(found, "status")
        if status == "ACTIVE":
            return
        reason = "; ".join(_issue(item) for item in blocks(found, "health.issues"))
        if status.endswith("_FAILED"):
            message = (
                f"waiting for EKS Add-On ({physical_id}): unexpected state '{status}', wanted "
                f"target 'ACTIVE'. last error: {reason}"
            )
            raise ValueError(message)
        waited = time.monotonic() - began
        if waited > wait.timeout_seconds or wait.cancelled(POLL_SECONDS):
            message = f"EKS Add-On {physical_id} is {status} after {waited:.0f} s: {reason}"
            raise InterruptedWaitError(message)


def _issue(issue: Properties) -> str:
    places = ", ".join(texts(issue, "resourceIds"))
    said = f"{optional_text(issue, 'code')}: {optional_text(issue, 'message')}"
    return f"{said} [{places}]" if places else said


def _retag_addon(
    region: Region, physical_id: str, changed: dict[str, str], gone: list[str]
) -> None:
    retag_eks(region, text(_read_addon(region, physical_id), "addonArn"), changed, gone)


def _read_association(region: Region, physical_id: str) -> Properties:
    """Look for an association in every cluster: its id alone is the resource's id.

    An import names `cluster,association`, as the provider documents it.
    """
    named, _comma, identifier = physical_id.rpartition(",")
    clusters = [named] if named else texts(region.call("eks", "list_clusters"), "clusters")
    for cluster in clusters:
        try:
            reply = region.call(
                "eks",
                "describe_pod_identity_association",
                clusterName=cluster,
                associationId=identifier,
            )
        except AwsError as error:
            if not error.not_found:
                raise
        else:
            return block(reply, "association")
    message = f"No pod identity association found for associationId: {identifier}"
    raise AwsError(message, "DescribePodIdentityAssociation", "ResourceNotFoundException")


def _association_address(region: Region, physical_id: str) -> Properties:
    found = _read_association(region, physical_id)
    return {name: found[name] for name in ("clusterName", "associationId")}


def _update_association(region: Region, change: Change) -> None:
    sent = {
        name: change.new[name]
        for name in ("roleArn", "disableSessionTags")
        if name in change.new and change.new[name] != change.old.get(name)
    }
    if "disableSessionTags" in change.old and "disableSessionTags" not in change.new:
        sent["disableSessionTags"] = False
    address = _association_address(region, change.physical_id)
    region.call("eks", "update_pod_identity_association", **address, **sent)


def _delete_association(region: Region, physical_id: str, _outputs: Properties) -> None:
    address = _association_address(region, physical_id)
    region.call("eks", "delete_pod_identity_association", **address)


def _retag_association(
    region: Region, physical_id: str, changed: dict[str, str], gone: list[str]
) -> None:
    arn = text(_read_association(region, physical_id), "associationArn")
    retag_eks(region, arn, changed, gone)


ROWS = (
    ResourceType(
        pulumi_type="aws:eks/addon:Addon",
        service="eks",
        create="create_addon",
        identity=lambda _reply, inputs: f"{inputs['clusterName']}:{inputs['addonName']}",
        read=_read_addon,
        delete=_delete_addon,
        rename={"resolveConflictsOnCreate": "resolveConflicts"},
        reading={"arn": "addonArn"},
        settings=frozenset({"resolveConflictsOnUpdate", "preserve"}),
        kept=frozenset({"resolveConflictsOnCreate"}),
        tags="map",
        retag=_retag_addon,
        updates=(
            updating(
                *("addonVersion", "configurationValues", "podIdentityAssociations"),
                source="UpdateAddon",
                apply=_update_addon,
            ),
            updating(
                "resolveConflictsOnCreate",
                source="pulumi-aws, eks.Addon: in no update call, and no replacement",
                apply=_no_call,
            ),
        ),
        settle=_await_addon,
        outputs=_addon_outputs,
        volatile=frozenset({"modifiedAt"}),
    ),
    ResourceType(
        pulumi_type="aws:eks/podIdentityAssociation:PodIdentityAssociation",
        service="eks",
        create="create_pod_identity_association",
        identity=lambda reply, _inputs: text(reply, "association.associationId"),
        read=_read_association,
        delete=_delete_association,
        tags="map",
        retag=_retag_association,
        updates=(
            updating(
                *("roleArn", "disableSessionTags"),
                source="UpdatePodIdentityAssociation",
                apply=_update_association,
            ),
        ),
    ),
)
