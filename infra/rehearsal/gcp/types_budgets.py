"""Rows of budgets, and of the channels that they write to.

What changes in place is what the provider's own description gives an update call
(GoogleCloudPlatform/magic-modules@0b86280 and @0356443, mmv1/products/billingbudget/Budget.yaml and
monitoring/NotificationChannel.yaml, read 2026-11-27): all but the billing account and the project.
"""

from collections.abc import Mapping

from infra.rehearsal.gcp.api.stores.budgets import BUDGETS, CHANNELS
from infra.rehearsal.gcp.forms import Form
from infra.rehearsal.gcp.place import Place
from infra.rehearsal.gcp.table import STEERING, ResourceType, patched, served
from infra.replies import block
from infra.wire import Properties

CHANNEL = Form("projects/{project}/notificationChannels/{name}")
BUDGET = Form("billingAccounts/{billingAccount}/budgets/{name}")
RENAMED: Mapping[str, str] = {"allUpdatesRule": "notificationsRule"}
"""The provider has the name of the API's beta."""


def _channel_outputs(_place: Place, physical_id: str, _api: Properties) -> Properties:
    return {"name": physical_id}


def _lists(inputs: Properties) -> Properties:
    """Say labels of the filter as the API does: each with a list of values."""
    wanted = inputs.get("budgetFilter")
    labels = wanted.get("labels") if isinstance(wanted, dict) else None
    if not isinstance(wanted, dict) or not isinstance(labels, dict):
        return inputs
    listed: Properties = {key: [value] for key, value in labels.items()}
    return {**inputs, "budgetFilter": {**wanted, "labels": listed}}


def _budget_outputs(_place: Place, physical_id: str, api: Properties) -> Properties:
    parts = BUDGET.parts(physical_id)
    found = block(api, "budgetFilter")
    shown: Properties = {
        key: values[0] for key, values in block(found, "labels").items() if isinstance(values, list)
    }
    return {
        "name": parts["name"],
        "billingAccount": parts["billingAccount"],
        "budgetFilter": {**found, **({"labels": shown} if shown else {})},
    }


ROWS = (
    ResourceType(
        pulumi_type="gcp:monitoring/notificationChannel:NotificationChannel",
        **served(CHANNELS, CHANNEL),
        is_drawn=True,
        settings=STEERING | {"forceDelete"},
        updates=(
            patched(
                *("description", "displayName", "enabled", "labels", "type", "userLabels"),
                by=f"{CHANNELS}.patch",
                form=CHANNEL,
            ),
        ),
        outputs=_channel_outputs,
        autoname=None,
    ),
    ResourceType(
        pulumi_type="gcp:billing/budget:Budget",
        **served(BUDGETS, BUDGET),
        is_drawn=True,
        arrange=_lists,
        rename=RENAMED,
        reading=RENAMED,
        updates=(
            patched(
                *("allUpdatesRule", "amount", "budgetFilter", "displayName"),
                *("ownershipScope", "thresholdRules"),
                by=f"{BUDGETS}.patch",
                form=BUDGET,
                rename=RENAMED,
                arrange=_lists,
            ),
        ),
        outputs=_budget_outputs,
        autoname=None,
        # Google says how credits count.
        computed_blocks=frozenset({"budgetFilter"}),
    ),
)
