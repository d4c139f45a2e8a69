"""The functions of Google's package that the rehearsal answers."""

from collections.abc import Mapping

from infra.rehearsal.cloud.functions import Function
from infra.rehearsal.gcp.place import Place
from infra.replies import blocks, dig, optional_text, text
from infra.wire import Properties, Value


def _project(place: Place, arguments: Properties) -> Properties:
    project = optional_text(arguments, "projectId") or place.project
    found = place.call("cloudresourcemanager.projects.get", projectId=project)
    parent = dig(found, "parent.id")
    labels = found.get("labels") or {}
    return {
        "id": f"projects/{project}",
        "projectId": project,
        "name": text(found, "name"),
        "number": text(found, "projectNumber"),
        "labels": labels,
        "effectiveLabels": labels,
        "pulumiLabels": labels,
        "orgId": parent if dig(found, "parent.type") == "organization" else "",
        "folderId": parent if dig(found, "parent.type") == "folder" else "",
        "billingAccount": _payer(place, project),
        "autoCreateNetwork": True,
        "deletionPolicy": "PREVENT",
        "tags": {},
    }


def _payer(place: Place, project: str) -> str:
    paid = place.call("cloudbilling.projects.getBillingInfo", name=f"projects/{project}")
    return optional_text(paid, "billingAccountName").removeprefix("billingAccounts/")


def _network(place: Place, arguments: Properties) -> Properties:
    project = optional_text(arguments, "project") or place.project
    name = text(arguments, "name")
    found = place.call("compute.networks.get", project=project, network=name)
    return {
        "id": f"projects/{project}/global/networks/{name}",
        "name": name,
        "project": project,
        "description": optional_text(found, "description"),
        "gatewayIpv4": optional_text(found, "gatewayIPv4"),
        "internalIpv6Range": optional_text(found, "internalIpv6Range"),
        "networkId": int(text(found, "id")),
        "networkProfile": optional_text(found, "networkProfile"),
        "numericId": text(found, "id"),
        "selfLink": text(found, "selfLink"),
        "subnetworksSelfLinks": found.get("subnetworks") or [],
    }


def _subnetwork(place: Place, arguments: Properties) -> Properties:
    project = optional_text(arguments, "project") or place.project
    region = optional_text(arguments, "region") or place.region
    name = text(arguments, "name")
    found = place.call("compute.subnetworks.get", project=project, region=region, subnetwork=name)
    secondary: list[Value] = [
        {"rangeName": text(one, "rangeName"), "ipCidrRange": text(one, "ipCidrRange")}
        for one in blocks(found, "secondaryIpRanges")
    ]
    return {
        "id": f"projects/{project}/regions/{region}/subnetworks/{name}",
        "name": name,
        "project": project,
        "region": region,
        "description": optional_text(found, "description"),
        "externalIpv6Prefix": optional_text(found, "externalIpv6Prefix"),
        "gatewayAddress": text(found, "gatewayAddress"),
        "internalIpv6Prefix": optional_text(found, "internalIpv6Prefix"),
        "ipCidrRange": text(found, "ipCidrRange"),
        "ipv6AccessType": optional_text(found, "ipv6AccessType"),
        "network": text(found, "network"),
        "privateIpGoogleAccess": found.get("privateIpGoogleAccess") is True,
        "secondaryIpRanges": secondary,
        "selfLink": text(found, "selfLink"),
        "stackType": optional_text(found, "stackType"),
        "subnetworkId": int(text(found, "id")),
    }


def _log_keys(place: Place, arguments: Properties) -> Properties:
    project = optional_text(arguments, "project").removeprefix("projects/") or place.project
    found = place.call("logging.projects.getCmekSettings", name=f"projects/{project}")
    return {
        "id": f"projects/{project}/cmekSettings",
        "project": project,
        "name": text(found, "name"),
        "kmsKeyName": optional_text(found, "kmsKeyName"),
        "kmsKeyVersionName": optional_text(found, "kmsKeyVersionName"),
        "serviceAccountId": text(found, "serviceAccountId"),
    }


def _storage_account(place: Place, arguments: Properties) -> Properties:
    project = optional_text(arguments, "project") or place.project
    found = place.call("storage.projects.serviceAccount.get", projectId=project)
    email = text(found, "email_address")
    return {
        "id": email,
        "emailAddress": email,
        "member": f"serviceAccount:{email}",
        "project": project,
        "userProject": "",
    }


FUNCTIONS: Mapping[str, Function[Place]] = {
    "gcp:compute/getNetwork:getNetwork": Function(_network, frozenset({"name", "project"})),
    "gcp:compute/getSubnetwork:getSubnetwork": Function(
        _subnetwork, frozenset({"name", "project", "region"})
    ),
    "gcp:logging/getProjectCmekSettings:getProjectCmekSettings": Function(
        _log_keys, frozenset({"project"})
    ),
    "gcp:organizations/getProject:getProject": Function(_project, frozenset({"projectId"})),
    "gcp:storage/getProjectServiceAccount:getProjectServiceAccount": Function(
        _storage_account, frozenset({"project"})
    ),
}
