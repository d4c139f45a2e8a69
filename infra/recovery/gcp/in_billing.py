"""How budgets, and the channels that they write to, are found."""

from collections.abc import Mapping, Sequence

from infra.google_api import GoogleApi, listed
from infra.recovery.candidates import BY_CONTENT, BY_NAME, Candidate, Finder
from infra.recovery.gcp.marks import project_of, wears
from infra.replies import dig, optional_text, text
from infra.wire import Properties

METHOD = "billingbudgets.billingAccounts.budgets.list"


def _channels(api: GoogleApi, inputs: Properties) -> Sequence[Candidate]:
    """Find a channel by the name that is shown; Google draws its own, so several can have one."""
    parent = f"projects/{project_of(api, inputs)}"
    method = "monitoring.projects.notificationChannels.list"
    return [
        Candidate(text(item, "name"), ours=wears(item.get("userLabels"), inputs, "userLabels"))
        for item in listed(api, method, "notificationChannels", name=parent)
        if optional_text(item, "displayName") == inputs.get("displayName")
    ]


def _budgets(api: GoogleApi, inputs: Properties) -> Sequence[Candidate]:
    """Find a budget by the name that is shown; it has no labels, but what it counts has one."""
    parent = f"billingAccounts/{text(inputs, 'billingAccount')}"
    return [
        Candidate(text(item, "name"), ours=_counts(item) == _wanted(inputs))
        for item in listed(api, METHOD, "budgets", parent=parent)
        if optional_text(item, "displayName") == inputs.get("displayName")
    ]


def _counts(item: Properties) -> Properties:
    labels = dig(item, "budgetFilter.labels")
    found = labels.items() if isinstance(labels, dict) else ()
    return {key: values[0] for key, values in found if isinstance(values, list) and values}


def _wanted(inputs: Properties) -> Properties:
    labels = dig(inputs, "budgetFilter.labels")
    return labels if isinstance(labels, dict) else {}


FINDERS: Mapping[str, Finder[GoogleApi]] = {
    "gcp:billing/budget:Budget": Finder(BY_CONTENT, _budgets),
    "gcp:monitoring/notificationChannel:NotificationChannel": Finder(BY_NAME, _channels),
}
