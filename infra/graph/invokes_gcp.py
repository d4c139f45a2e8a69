"""Functions of Google Cloud's provider that the program may call, with deterministic answers."""

from collections.abc import Mapping

from infra.graph.invoked import Answer, Place
from infra.wire import Properties, Value, plain

_COMPUTE = "https://www.googleapis.com/compute/v1/projects"


def _project(arguments: Properties, place: Place) -> Properties:
    """Resource Manager projects.get: any id is there; Google draws its number."""
    project = _text(arguments, "projectId", place.project)
    return arguments | {
        "id": f"projects/{project}",
        "projectId": project,
        "name": project,
        "number": _number(project),
        "autoCreateNetwork": False,
        "billingAccount": "012345-6789AB-CDEF01",
        "deletionPolicy": "PREVENT",
        "effectiveLabels": {},
        "folderId": "",
        "labels": {},
        "orgId": "",
        "pulumiLabels": {},
        "tags": {},
    }


def _storage_agent(arguments: Properties, place: Place) -> Properties:
    """Cloud Storage projects.serviceAccount.get."""
    project = _text(arguments, "project", place.project)
    email = f"service-{_number(project)}@gs-project-accounts.iam.gserviceaccount.com"
    return arguments | {
        "id": email,
        "emailAddress": email,
        "member": f"serviceAccount:{email}",
        "project": project,
    }


def _log_settings(arguments: Properties, place: Place) -> Properties:
    """Cloud Logging projects.getCmekSettings: no key, and the identity that would use one."""
    project = _text(arguments, "project", place.project)
    return arguments | {
        "id": f"projects/{project}/cmekSettings",
        "name": f"projects/{project}/cmekSettings",
        "project": project,
        "kmsKeyName": "",
        "kmsKeyVersionName": "",
        "serviceAccountId": f"service-{_number(project)}@gcp-sa-logging.iam.gserviceaccount.com",
    }


def _network(arguments: Properties, place: Place) -> Properties:
    """Compute Engine networks.get: a network of any name is there."""
    name = _text(arguments, "name", "network-of-the-project")
    project = _text(arguments, "project", place.project)
    path = f"projects/{project}/global/networks/{name}"
    return arguments | {
        "id": path,
        "name": name,
        "project": project,
        "selfLink": f"{_COMPUTE}/{project}/global/networks/{name}",
        "description": "",
        "gatewayIpv4": "",
        "internalIpv6Range": "",
        "networkId": 1,
        "networkProfile": "",
        "numericId": "1",
        "subnetworksSelfLinks": [],
    }


def _subnetwork(arguments: Properties, place: Place) -> Properties:
    """Compute Engine subnetworks.get: one of any name is there, with a /20 and two more ranges.

    Their names are not known here: what they are called is said by the stack file, and whether they
    are there is asked before `up`.
    """
    name = _text(arguments, "name", "subnetwork-of-the-project")
    project = _text(arguments, "project", place.project)
    region = _text(arguments, "region", place.region)
    path = f"{project}/regions/{region}/subnetworks/{name}"
    ranges: list[Value] = []
    return arguments | {
        "id": f"projects/{path}",
        "name": name,
        "project": project,
        "region": region,
        "selfLink": f"{_COMPUTE}/{path}",
        "network": f"${{{name}.network}}",
        "description": "",
        "externalIpv6Prefix": "",
        "gatewayAddress": "10.128.0.1",
        "internalIpv6Prefix": "",
        "ipCidrRange": "10.128.0.0/20",
        "ipv6AccessType": "",
        "privateIpGoogleAccess": True,
        "secondaryIpRanges": ranges,
        "stackType": "IPV4_ONLY",
        "subnetworkId": 1,
    }


def _number(project: str) -> str:
    """Return the symbol of a project's number."""
    return f"${{{project}.number}}"


def _text(arguments: Properties, name: str, otherwise: str) -> str:
    given = plain(arguments.get(name))
    return given if isinstance(given, str) else otherwise


ANSWERS: Mapping[str, Answer] = {
    "gcp:compute/getNetwork:getNetwork": _network,
    "gcp:compute/getSubnetwork:getSubnetwork": _subnetwork,
    "gcp:logging/getProjectCmekSettings:getProjectCmekSettings": _log_settings,
    "gcp:organizations/getProject:getProject": _project,
    "gcp:storage/getProjectServiceAccount:getProjectServiceAccount": _storage_agent,
}
