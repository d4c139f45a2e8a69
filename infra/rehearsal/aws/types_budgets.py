"""The row of budgets.

The provider makes a budget without notifications first, and each notification by a call of its own
(hashicorp/terraform-provider-aws@01d5888, internal/service/budgets/budget.go, read 2026-11-27).
There, too: all but its name and account change in place.
"""

from infra.rehearsal.aws.account import ACCOUNT_ID, Region
from infra.rehearsal.aws.budgets import SERVICE, budget_arn
from infra.rehearsal.aws.table import ResourceType
from infra.rehearsal.aws.values import block, blocks, dig, tag_list, text, texts
from infra.rehearsal.cloud.table import Change, updating
from infra.wire import UNKNOWN, Properties, Value

CHANGED = ("budgetType", "costFilters", "limitAmount", "limitUnit", "timeUnit")
TOLD = ("comparisonOperator", "notificationType", "threshold", "thresholdType")


def _limited(inputs: Properties) -> Properties:
    """Say what a budget is as the API does: in one block, filters as a map."""
    budget: Properties = {
        "budgetName": inputs.get("name"),
        "budgetType": inputs.get("budgetType"),
        "timeUnit": inputs.get("timeUnit"),
    }
    if "limitAmount" in inputs:
        limit: Properties = {"amount": inputs["limitAmount"], "unit": inputs.get("limitUnit")}
        budget["budgetLimit"] = limit
    if "costFilters" in inputs:
        budget["costFilters"] = _filters(inputs["costFilters"])
    taken = {"name", "costFilters", "limitAmount", "limitUnit", "budgetType", "timeUnit"}
    rest = {name: value for name, value in inputs.items() if name not in taken}
    return {**rest, "budget": budget}


def _filters(filters: Value) -> Value:
    if not isinstance(filters, list):
        return filters
    return {text(one, "name"): dig(one, "values") for one in filters if isinstance(one, dict)}


def _account(region: Region) -> Properties:
    return {"AccountId": region.account.account_id}


def _named(physical_id: str) -> Properties:
    """Return what names a budget in a call, of its id `ACCOUNT:NAME`."""
    account, _colon, name = physical_id.partition(":")
    return {"AccountId": account, "BudgetName": name}


def _arn(region: Region, physical_id: str) -> str:
    return budget_arn(region, physical_id.partition(":")[2])


def _read(region: Region, physical_id: str) -> Properties:
    budget = block(region.call(SERVICE, "describe_budget", **_named(physical_id)), "Budget")
    arn = _arn(region, physical_id)
    tags = region.call(SERVICE, "list_tags_for_resource", ResourceARN=arn)
    return {**budget, "Tags": dig(tags, "ResourceTags")}


def _outputs(region: Region, physical_id: str, api: Properties) -> Properties:
    named = _named(physical_id)
    told = region.call(SERVICE, "describe_notifications_for_budget", **named)
    shown: list[Value] = []
    for one in blocks(told, "Notifications"):
        who = region.call(
            SERVICE, "describe_subscribers_for_notification", **named, Notification=one
        )
        addresses: list[Value] = [text(each, "Address") for each in blocks(who, "Subscribers")]
        facts: Properties = {name: dig(one, name[0].upper() + name[1:]) for name in TOLD}
        shown.append({**facts, "subscriberEmailAddresses": addresses})
    filters = api.get("CostFilters")
    found: list[Value] = [
        {"name": name, "values": values}
        for name, values in (filters.items() if isinstance(filters, dict) else ())
    ]
    return {
        "accountId": region.account.account_id,
        "arn": _arn(region, physical_id),
        "name": text(named, "BudgetName"),
        "limitAmount": dig(api, "BudgetLimit.Amount"),
        "limitUnit": dig(api, "BudgetLimit.Unit"),
        "costFilters": found,
        "notifications": shown,
    }


def _delete(region: Region, physical_id: str, _outputs: Properties) -> None:
    region.call(SERVICE, "delete_budget", **_named(physical_id))


def _retag(region: Region, physical_id: str, changed: dict[str, str], gone: list[str]) -> None:
    arn = _arn(region, physical_id)
    if gone:
        keys: list[Value] = [*gone]
        region.call(SERVICE, "untag_resource", ResourceARN=arn, ResourceTagKeys=keys)
    if changed:
        region.call(SERVICE, "tag_resource", ResourceARN=arn, ResourceTags=tag_list(changed))


def _tell(region: Region, physical_id: str, inputs: Properties) -> None:
    for one in blocks(inputs, "notifications"):
        who: list[Value] = [
            {"SubscriptionType": "EMAIL", "Address": address}
            for address in texts(one, "subscriberEmailAddresses")
        ]
        region.call(
            SERVICE,
            "create_notification",
            **_named(physical_id),
            Notification=_notification(one),
            Subscribers=who,
        )


def _notification(told: Properties) -> Properties:
    return {name[0].upper() + name[1:]: told[name] for name in TOLD if name in told}


def _change(region: Region, change: Change) -> None:
    sent = _limited(change.new)
    budget = block(sent, "budget")
    new: Properties = {name[0].upper() + name[1:]: value for name, value in budget.items()}
    limit = budget.get("budgetLimit")
    if isinstance(limit, dict):
        new["BudgetLimit"] = {"Amount": limit["amount"], "Unit": limit["unit"]}
    region.call(SERVICE, "update_budget", **_account(region), NewBudget=new)


def _change_told(region: Region, change: Change) -> None:
    """Delete what was told and tell anew, as the provider does."""
    for one in blocks(change.old, "notifications"):
        region.call(
            SERVICE,
            "delete_notification",
            **_named(change.physical_id),
            Notification=_notification(one),
        )
    _tell(region, change.physical_id, change.new)


def _somebody_is_told(inputs: Properties) -> list[str]:
    """Mail alone is simulated, no topics; a notification to nobody is refused by AWS."""
    found = []
    for number, one in enumerate(blocks(inputs, "notifications")):
        if one.get("subscriberSnsTopicArns"):
            found.append(f"notifications[{number}].subscriberSnsTopicArns: not simulated")
        elif one.get("subscriberEmailAddresses") != UNKNOWN and not texts(
            one, "subscriberEmailAddresses"
        ):
            found.append(f"notifications[{number}]: must have a subscriber")
    return found


ROWS = (
    ResourceType(
        pulumi_type="aws:budgets/budget:Budget",
        service=SERVICE,
        create="create_budget",
        identity=lambda _reply, inputs: f"{ACCOUNT_ID}:{text(inputs, 'name')}",
        placed=_account,
        read=_read,
        delete=_delete,
        arrange=_limited,
        elsewhere=frozenset({"notifications"}),
        reading={"name": "BudgetName"},
        autoname="name",
        name_limit=100,  # AWS Budgets API reference, CreateBudget
        tags="resource list",
        retag=_retag,
        checks=(_somebody_is_told,),
        after_create=(_tell,),
        updates=(
            updating(*CHANGED, source="UpdateBudget", apply=_change),
            updating(
                "notifications",
                source="CreateNotification, DeleteNotification",
                apply=_change_told,
            ),
        ),
        outputs=_outputs,
    ),
)
