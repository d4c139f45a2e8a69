"""What Google Cloud watches of the bill: the month's budget.

Owns the budget and the channels that it writes to. Does not own the caps that stop an update
(`policies`), nor the billing account: it is the one that pays for the project, and whoever runs
`up` may make budgets there (docs/budgets.md).
Google has no anomaly monitor that a program could make: it finds anomalies of a project by itself,
and shows and mails them to the billing account's administrators (as remembered).
Why a provider of its own: with a person's credentials the API refuses calls that no project is
charged with (GoogleCloudPlatform/magic-modules, mmv1/products/billingbudget/Budget.yaml, read
2026-11-27).
"""

from decimal import Decimal

import pulumi
import pulumi_gcp as gcp

from components import budget_rules
from components.gcp.account import ProjectRef
from components.gcp.provider import gcp_provider
from components.gcp.tags import labels
from components.handles import PlatformRef
from components.names import ALERT_POLICY, GOOGLE_BUDGET, fit

_PLATFORM = "tokenworks-platform"
_NANOS = 10**9
_money = gcp.billing.BudgetAmountSpecifiedAmountArgs


class Budget(pulumi.ComponentResource):
    """A budget of a month, and a channel for each address."""

    def __init__(  # noqa: PLR0913  the money, who is told, and who pays
        self,
        name: str,
        monthly_usd: float,
        receivers: tuple[str, ...],
        *,
        project: ProjectRef,
        platform: PlatformRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create it for what bears the platform's label in the project.

        It is in US dollars: a billing account in another currency refuses it.
        """
        super().__init__("tokenworks:gcp:Budget", name, None, opts)
        channels = [
            self._channel(f"{name}-mail-{number}", address, platform)
            for number, address in enumerate(receivers, start=1)
        ]
        told = [("CURRENT_SPEND", share) for share in budget_rules.SPENT_PERCENT]
        told += [("FORECASTED_SPEND", share) for share in budget_rules.FORECAST_PERCENT]
        billing = gcp_provider(
            f"{name}-gcp",
            platform,
            project.id,
            charged=True,
            opts=pulumi.ResourceOptions(parent=self),
        )
        budget = gcp.billing.Budget(
            f"{name}-month",
            billing_account=project.billing_account,
            display_name=fit(f"{name}-month", GOOGLE_BUDGET),
            amount=gcp.billing.BudgetAmountArgs(specified_amount=_usd(monthly_usd)),
            budget_filter=gcp.billing.BudgetBudgetFilterArgs(
                projects=[pulumi.Output.concat("projects/", project.number)],
                labels={_PLATFORM: labels(platform)[_PLATFORM]},
                calendar_period="MONTH",
            ),
            threshold_rules=[
                gcp.billing.BudgetThresholdRuleArgs(
                    spend_basis=basis, threshold_percent=share / 100
                )
                for basis, share in told
            ],
            all_updates_rule=gcp.billing.BudgetAllUpdatesRuleArgs(
                monitoring_notification_channels=[channel.name for channel in channels]
            ),
            opts=pulumi.ResourceOptions(parent=self, provider=billing),
        )
        self.register_outputs({"budgetName": budget.display_name})

    def _channel(
        self, name: str, address: str, platform: PlatformRef
    ) -> gcp.monitoring.NotificationChannel:
        return gcp.monitoring.NotificationChannel(
            name,
            display_name=fit(name, ALERT_POLICY),
            type="email",
            labels={"email_address": address},
            user_labels=labels(platform),
            opts=pulumi.ResourceOptions(parent=self),
        )


def _usd(amount: float) -> _money:
    units, rest = divmod(Decimal(str(amount)), 1)
    nanos = int(rest * _NANOS)
    return _money(currency_code="USD", units=str(int(units)), nanos=nanos or None)
