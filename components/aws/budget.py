"""What AWS watches of the bill: the month's budget, and days that are unusual.

Owns the budget, the anomaly monitor and its subscription. Does not own the caps that stop an update
(`policies`), nor the activation of the tag that costs are told apart by: Billing offers a tag only
after it has seen it, so a person activates `tokenworks.dev/platform` once in the account that pays
(docs/budgets.md). Until then all three watch nothing.
Why mail and no topic: a topic would be one more thing with a policy and a key, and what reads it is
again somebody's address.
"""

import json
from decimal import Decimal

import pulumi
import pulumi_aws as aws

from components import budget_rules
from components.aws.tags import common_tags, tags
from components.handles import PlatformRef
from components.names import BUDGET, fit

_PLATFORM = "tokenworks.dev/platform"
_USER = "user:"
"""How billing calls tags that a user put (Cost Management user guide, as remembered)."""
_IMPACT = "ANOMALY_TOTAL_IMPACT_ABSOLUTE"


class Budget(pulumi.ComponentResource):
    """A budget of a month with its mails, and a monitor of unusual days."""

    def __init__(
        self,
        name: str,
        monthly_usd: float,
        receivers: tuple[str, ...],
        *,
        platform: PlatformRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create them for what bears the platform's tag."""
        super().__init__("tokenworks:aws:Budget", name, None, opts)
        self._name, self._platform, self._receivers = name, platform, receivers
        self._value = common_tags(platform)[_PLATFORM]
        budget = self._month(monthly_usd)
        self._days(monthly_usd)
        self.register_outputs({"budgetName": budget.name})

    def _month(self, monthly_usd: float) -> aws.budgets.Budget:
        told = [("ACTUAL", share) for share in budget_rules.SPENT_PERCENT]
        told += [("FORECASTED", share) for share in budget_rules.FORECAST_PERCENT]
        return aws.budgets.Budget(
            fit(f"{self._name}-month", BUDGET),
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=f"{Decimal(str(monthly_usd)):.2f}",
            limit_unit="USD",
            cost_filters=[
                aws.budgets.BudgetCostFilterArgs(
                    name="TagKeyValue", values=[f"{_USER}{_PLATFORM}${self._value}"]
                )
            ],
            notifications=[
                aws.budgets.BudgetNotificationArgs(
                    comparison_operator="GREATER_THAN",
                    notification_type=kind,
                    threshold=share,
                    threshold_type="PERCENTAGE",
                    subscriber_email_addresses=list(self._receivers),
                )
                for kind, share in told
            ],
            tags=tags(self._platform, f"{self._name}-month"),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _days(self, monthly_usd: float) -> None:
        monitor = aws.costexplorer.AnomalyMonitor(
            f"{self._name}-days",
            monitor_type="CUSTOM",
            monitor_specification=json.dumps(
                {"Tags": {"Key": f"{_USER}{_PLATFORM}", "Values": [self._value]}}
            ),
            tags=tags(self._platform, f"{self._name}-days"),
            opts=pulumi.ResourceOptions(parent=self),
        )
        subscription = aws.costexplorer.AnomalySubscriptionThresholdExpressionArgs
        dimension = aws.costexplorer.AnomalySubscriptionThresholdExpressionDimensionArgs
        aws.costexplorer.AnomalySubscription(
            f"{self._name}-days-mail",
            # Mail is sent once a day; at once would need a topic (API reference, 2026).
            frequency="DAILY",
            monitor_arn_lists=[monitor.arn],
            subscribers=[
                aws.costexplorer.AnomalySubscriptionSubscriberArgs(type="EMAIL", address=address)
                for address in self._receivers
            ],
            threshold_expression=subscription(
                dimension=dimension(
                    key=_IMPACT,
                    match_options=["GREATER_THAN_OR_EQUAL"],
                    values=[str(budget_rules.anomaly_usd(monthly_usd))],
                )
            ),
            tags=tags(self._platform, f"{self._name}-days-mail"),
            opts=pulumi.ResourceOptions(parent=self),
        )
