"""How the parts of the managed cache and its alert policies are found."""

from collections.abc import Mapping, Sequence

from infra.google_api import GoogleApi, listed
from infra.recovery.candidates import BY_NAME, Candidate, Condition, Finder, called
from infra.recovery.gcp.marks import last, location_of, project_of, wears
from infra.replies import optional_text, text
from infra.wire import Properties

_CONDITIONS = {
    "CREATING": Condition.COMING,
    "UPDATING": Condition.COMING,
    "DELETING": Condition.FAILED,
}
"""State of an instance that is not ready (Memorystore for Valkey, REST reference, 2026)."""


def _instances(api: GoogleApi, inputs: Properties) -> Sequence[Candidate]:
    place = f"projects/{project_of(api, inputs)}/locations/{location_of(inputs)}"
    name = f"{place}/instances/{text(inputs, 'instanceId')}"
    found = api.call("memorystore.projects.locations.instances.get", name=name)
    state = _CONDITIONS.get(optional_text(found, "state"), Condition.READY)
    return [Candidate(name, condition=state, ours=wears(found.get("labels"), inputs))]


def _policies(api: GoogleApi, inputs: Properties) -> Sequence[Candidate]:
    place = f"projects/{project_of(api, inputs)}/locations/{location_of(inputs)}"
    method = "networkconnectivity.projects.locations.serviceConnectionPolicies.list"
    return [
        Candidate(name, ours=wears(item.get("labels"), inputs), as_made={"name": last(name)})
        for item in listed(api, method, "serviceConnectionPolicies", parent=place)
        if called(last(name := text(item, "name")), text(inputs, "name"))
    ]


def _alert_policies(api: GoogleApi, inputs: Properties) -> Sequence[Candidate]:
    """Find a policy by the name that is shown; Google draws its own, so several can have one."""
    parent = f"projects/{project_of(api, inputs)}"
    method = "monitoring.projects.alertPolicies.list"
    return [
        Candidate(text(item, "name"), ours=wears(item.get("userLabels"), inputs, "userLabels"))
        for item in listed(api, method, "alertPolicies", name=parent)
        if optional_text(item, "displayName") == inputs.get("displayName")
    ]


FINDERS: Mapping[str, Finder[GoogleApi]] = {
    "gcp:memorystore/instance:Instance": Finder(BY_NAME, _instances),
    "gcp:monitoring/alertPolicy:AlertPolicy": Finder(BY_NAME, _alert_policies),
    "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy": Finder(
        BY_NAME, _policies
    ),
}
