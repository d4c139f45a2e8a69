"""What a stack promises, what it may cost, and for how long it stands."""

from infra.spec.budget import BudgetSpec
from infra.spec.checks_budget import check_budget
from infra.spec.checks_slo import check_slo
from infra.spec.draft import Draft
from infra.spec.environment import Environment, Layer
from infra.spec.preview_stack import PreviewStackSpec, check_preview_stack
from infra.spec.report import Report
from infra.spec.slo import SloSpec


def check_promises(  # noqa: PLR0913, PLR0917  three sections, and what of the stack decides
    slo: Draft[SloSpec],
    budget: Draft[BudgetSpec],
    preview: Draft[PreviewStackSpec],
    environment: Environment,
    layers: tuple[Layer, ...],
    report: Report,
) -> None:
    """Check the three sections, each by itself."""
    check_slo(slo, report)
    check_budget(budget, layers, report)
    check_preview_stack(preview, environment, report)
