"""What rules say of models that are closed at night: nothing, until they had time to start again.

Owns when a model counts as closed, and the alert that its hours are not kept. Stacks without
working hours get none of it: there a model that nobody wants is a mistake, and its requests fail.
"""

from components.observability.rules.promql import IN_MODELS, WANTED
from components.observability.rules.rule import AlertRule, Severity
from components.observability.thresholds import THRESHOLDS
from infra.spec.stack import StackSpec
from infra.spec.working_hours import WorkingHoursSpec

_RUNS = f'{IN_MODELS},cronjob=~"working-hours-.+"'
_LATE_SECONDS = 900
"""A run takes seconds, and some minutes where a node must come for it."""


def while_open(expr: str, spec: StackSpec) -> str:
    """Return a query by model without the models that are closed, or were when a start began.

    What is asked of a model meanwhile is answered by nobody: that breaks no promise.
    """
    if not spec.working_hours.are_kept:
        return expr
    window = f"{THRESHOLDS[spec.environment].model_start_seconds}s"
    return f"({expr}) unless on (model) (min_over_time({WANTED}[{window}]) == 0)"


def hours_alerts(hours: WorkingHoursSpec) -> tuple[AlertRule, ...]:
    """Return the alert on hours that are not kept, where there are any."""
    if not hours.are_kept:
        return ()
    due = f"max by (cronjob) (kube_cronjob_status_last_schedule_time{{{_RUNS}}})"
    done = f"max by (cronjob) (kube_cronjob_status_last_successful_time{{{_RUNS}}})"
    return (
        AlertRule(
            "WorkingHoursNotKept",
            f"{due} unless on (cronjob) ({done} >= on (cronjob) {due})",
            for_seconds=_LATE_SECONDS,
            severity=Severity.TICKET,
            summary="{{ $labels.cronjob }} did not do its work",
            description="Its last run is due and has not succeeded: models stay closed, or GPUs "
            "run all night.",
            when="models were to be opened or closed, and that has not succeeded",
        ),
    )
