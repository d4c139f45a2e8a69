"""AWS Budgets: moto 5.2.5 has no updates, no subscribers and no tags of a budget.

Owns budgets, their notifications and who is told. Nothing is billed here, so none ever fires.
Words of refusals: moto's own.
"""

from dataclasses import dataclass, field

from infra.rehearsal.aws.account import Account, Gap, Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.values import block, blocks, tag_list, tag_map, text, texts
from infra.wire import Properties, Value

SERVICE = "budgets"
MOST_NOTIFICATIONS = 10
"""Of one budget (API reference, quotas, 2026)."""


def install(account: Account) -> None:
    """Serve the budgets of an account."""
    budgets = Budgets()
    served: tuple[Gap, ...] = (
        budgets.create_budget,
        budgets.describe_budget,
        budgets.describe_budgets,
        budgets.update_budget,
        budgets.delete_budget,
        budgets.create_notification,
        budgets.delete_notification,
        budgets.describe_notifications_for_budget,
        budgets.describe_subscribers_for_notification,
        budgets.list_tags_for_resource,
        budgets.tag_resource,
        budgets.untag_resource,
    )
    for operation in served:
        account.gaps[SERVICE, operation.__name__] = operation


def budget_arn(region: Region, name: str) -> str:
    """Return the ARN of a budget, which is in no region."""
    return f"arn:aws:{SERVICE}::{region.account.account_id}:budget/{name}"


@dataclass
class _Budget:
    """One budget."""

    facts: Properties
    tags: dict[str, str]
    notifications: list[tuple[Properties, list[Properties]]] = field(default_factory=list)
    """What is told, and to whom."""


class Budgets:
    """Operations on budgets, by the names and shapes of the API."""

    def __init__(self) -> None:
        """Start without budgets."""
        self._budgets: dict[str, _Budget] = {}

    def create_budget(self, _region: Region, parameters: Properties) -> Properties:
        """Make a budget; names are unique in an account."""
        facts = block(parameters, "Budget")
        name = text(facts, "BudgetName")
        if name in self._budgets:
            message = f"Error creating budget: {name} - the budget already exists."
            raise AwsError(message, "CreateBudget", "DuplicateRecordException")
        self._budgets[name] = _Budget(facts, tag_map(parameters.get("ResourceTags")))
        return {}

    def describe_budget(self, _region: Region, parameters: Properties) -> Properties:
        """Return a budget."""
        return {"Budget": self._found(parameters, "DescribeBudget").facts}

    def describe_budgets(self, _region: Region, _parameters: Properties) -> Properties:
        """Return all budgets."""
        found: list[Value] = [self._budgets[name].facts for name in sorted(self._budgets)]
        return {"Budgets": found}

    def update_budget(self, _region: Region, parameters: Properties) -> Properties:
        """Replace what a budget says; its notifications stay."""
        facts = block(parameters, "NewBudget")
        self._found(facts, "UpdateBudget").facts = facts
        return {}

    def delete_budget(self, _region: Region, parameters: Properties) -> Properties:
        """Delete a budget with its notifications."""
        self._found(parameters, "DeleteBudget")
        del self._budgets[text(parameters, "BudgetName")]
        return {}

    def create_notification(self, _region: Region, parameters: Properties) -> Properties:
        """Tell some addresses of a share."""
        found = self._found(parameters, "CreateNotification")
        wanted = block(parameters, "Notification")
        if any(wanted == told for told, _who in found.notifications):
            message = "Unable to create notification - the notification already exists."
            raise AwsError(message, "CreateNotification", "DuplicateRecordException")
        if len(found.notifications) >= MOST_NOTIFICATIONS:
            message = f"Unable to create notification - a budget has {MOST_NOTIFICATIONS} at most."
            raise AwsError(message, "CreateNotification", "CreationLimitExceededException")
        found.notifications.append((wanted, blocks(parameters, "Subscribers")))
        return {}

    def delete_notification(self, _region: Region, parameters: Properties) -> Properties:
        """Tell nobody of a share any more."""
        found = self._found(parameters, "DeleteNotification")
        gone = block(parameters, "Notification")
        found.notifications = [one for one in found.notifications if one[0] != gone]
        return {}

    def describe_notifications_for_budget(
        self, _region: Region, parameters: Properties
    ) -> Properties:
        """Return what is told of a budget."""
        found = self._found(parameters, "DescribeNotificationsForBudget")
        told: list[Value] = [notification for notification, _who in found.notifications]
        return {"Notifications": told}

    def describe_subscribers_for_notification(
        self, _region: Region, parameters: Properties
    ) -> Properties:
        """Return who is told of a share."""
        found = self._found(parameters, "DescribeSubscribersForNotification")
        asked = block(parameters, "Notification")
        who: list[Value] = [
            one for told, who in found.notifications if told == asked for one in who
        ]
        return {"Subscribers": who}

    def list_tags_for_resource(self, _region: Region, parameters: Properties) -> Properties:
        """Return the tags of a budget."""
        return {"ResourceTags": tag_list(self._tagged(parameters, "ListTagsForResource").tags)}

    def tag_resource(self, _region: Region, parameters: Properties) -> Properties:
        """Tag a budget."""
        tags = tag_map(parameters.get("ResourceTags"))
        self._tagged(parameters, "TagResource").tags |= tags
        return {}

    def untag_resource(self, _region: Region, parameters: Properties) -> Properties:
        """Remove tags of a budget."""
        found = self._tagged(parameters, "UntagResource")
        for key in texts(parameters, "ResourceTagKeys"):
            found.tags.pop(key, None)
        return {}

    def _found(self, parameters: Properties, operation: str) -> _Budget:
        name = text(parameters, "BudgetName")
        if name not in self._budgets:
            message = f"Unable to get budget: {name} - the budget doesn't exist."
            raise AwsError(message, operation, "NotFoundException")
        return self._budgets[name]

    def _tagged(self, parameters: Properties, operation: str) -> _Budget:
        name = text(parameters, "ResourceARN").rpartition(":budget/")[2]
        return self._found({"BudgetName": name}, operation)
