"""Tests of rules for a real promtool, written from the rules and from scenarios.

Owns the form of promtool's files. What fires is asked of the series `ALERTS`, so that one question
names every alert that fires, the unexpected ones, too.
"""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

import yaml

from components.observability.rules.groups import all_alerts, rule_groups
from components.observability.rules.objects import group_spec
from components.observability.rules.rule import AlertRule
from infra.doctor import runbooks
from infra.spec.cache import CachePlace
from infra.spec.environment import Layer
from infra.spec.files import load_stack_file
from infra.spec.logs import LogStore
from infra.spec.stack import StackSpec
from infra.spec.week_day import WeekDay
from infra.spec.working_hours import WorkingHoursSpec
from tests.support.alerting.healthy import CANARY, MODEL, Series, healthy
from tests.support.alerting.lines import SECONDS
from tests.support.alerting.runbooks import ROOT
from tests.support.alerting.scenario import Scenario
from tests.support.alerting.scenarios_platform import PLATFORM
from tests.support.alerting.scenarios_serving import SERVING
from tests.support.alerting.silent import silent_days

Json: TypeAlias = "str | int | list[Json] | dict[str, Json]"

SCENARIOS = (*SERVING, *PLATFORM)
ALWAYS = "DeadMansSwitch"
"""It always fires, so it has no scenario; the healthy day looks for it."""
HEALTHY_MINUTES, SILENT_MINUTES = 180, 120
PROMISES = ("tokenworks-objectives", "tokenworks-objectives-days", "tokenworks-burning")
"""Groups that look back for days."""
_FIRING = 'alertstate="firing"'


def everything() -> StackSpec:
    """Return production on AWS with all parts in the cluster, so that it has every rule."""
    platform, models = load_stack_file("aws-prod"), load_stack_file("aws-prod-models")
    stable = models.models[0]
    canary = stable.model_copy(update={"name": CANARY})
    cache = platform.cache.model_copy(update={"place": CachePlace.IN_CLUSTER})
    served = (stable.model_copy(update={"name": MODEL}), canary)
    return platform.model_copy(update={"layers": tuple(Layer), "cache": cache, "models": served})


def logs_in_cloud() -> StackSpec:
    """Return the same with logs that the cloud keeps: two of its rules ask for other series."""
    spec = everything()
    logs = spec.observability.logs.model_copy(update={"store": LogStore.CLOUD})
    observability = spec.observability.model_copy(update={"logs": logs})
    return spec.model_copy(update={"observability": observability})


def with_hours() -> StackSpec:
    """Return the same with models that are closed at night, as staging has them."""
    hours = WorkingHoursSpec(hours="08:00-19:00", days=tuple(WeekDay), time_zone="UTC")
    return everything().model_copy(update={"working_hours": hours})


def every_alert() -> tuple[AlertRule, ...]:
    """Return each alert once: as production has it, and what only other stacks have."""
    found = {one.alert: one for spec in (with_hours(), everything()) for one in all_alerts(spec)}
    return tuple(found.values())


def rules_file(spec: StackSpec, leave_out: Collection[str] = ()) -> str:
    """Return the rules of a stack as Prometheus reads them."""
    groups = [group for group in rule_groups(spec) if group.name not in leave_out]
    return yaml.safe_dump({"groups": [group_spec(group, spec) for group in groups]})


def write(
    folder: Path,
    spec: StackSpec,
    scenarios: Iterable[Scenario],
    days: Mapping[str, Series] | None = None,
) -> list[Path]:
    """Write the rules and the tests of scenarios; return the files of the tests.

    Rules are evaluated once for each sample, and a file has one pace: so there are several. `days`
    are those on which nothing fires; with all scenarios go the healthy day and the silent ones.
    """
    scenarios, silent = tuple(scenarios), dict(days or {})
    kinds: dict[tuple[bool, int], list[Json]] = {}
    if scenarios == SCENARIOS:
        kinds[True, 1] = [_healthy_day(spec)]
        silent |= silent_days()
    if silent:
        kinds.setdefault((True, 1), []).extend(_silent(what, day) for what, day in silent.items())
    for one in scenarios:
        kinds.setdefault((one.burns, one.step_minutes), []).append(_told(one, spec))
    (folder / "all.yaml").write_text(rules_file(spec))
    (folder / "others.yaml").write_text(rules_file(spec, leave_out=PROMISES))
    return [
        _tests(folder, "all.yaml" if burns else "others.yaml", step, spec, tests)
        for (burns, step), tests in kinds.items()
    ]


def _tests(folder: Path, rules: str, step_minutes: int, spec: StackSpec, tests: list[Json]) -> Path:
    content: dict[str, Json] = {
        "rule_files": [rules],
        "evaluation_interval": f"{step_minutes * SECONDS}s",
        # As they are written; a Prometheus evaluates groups side by side, one round later at most.
        "group_eval_order": [group.name for group in rule_groups(spec)],
        "tests": tests,
    }
    file = folder / f"tests-{step_minutes}-{rules}"
    file.write_text(yaml.safe_dump(content, width=10_000))
    return file


def _healthy_day(spec: StackSpec) -> dict[str, Json]:
    times = (0, 1, 5, 30, 60, 61, 90, 120, HEALTHY_MINUTES)
    return {
        "name": "a healthy day",
        "interval": f"{SECONDS}s",
        "input_series": _input(healthy(), HEALTHY_MINUTES, 1),
        "promql_expr_test": [
            *(_asked(_names(), minute, _named((ALWAYS,))) for minute in times),
            # Nothing is even pending: no alert waits for its time to come.
            _asked(
                f'group by (alertname) (max_over_time(ALERTS{{alertname!="{ALWAYS}"}}[3h]))',
                HEALTHY_MINUTES,
                [],
            ),
            *(_asked(f"count({_confirming(one, spec)})", HEALTHY_MINUTES, []) for one in SCENARIOS),
        ],
    }


def _silent(what: str, day: Series) -> dict[str, Json]:
    fired = f'max_over_time(ALERTS{{alertname!="{ALWAYS}",{_FIRING}}}[3h])'
    return {
        "name": what,
        "interval": f"{SECONDS}s",
        "input_series": _input(day, SILENT_MINUTES, 1),
        "promql_expr_test": [_asked(f"group by (alertname) ({fired})", SILENT_MINUTES, [])],
    }


def _told(one: Scenario, spec: StackSpec) -> dict[str, Json]:
    step = one.step_minutes
    others = f'alertname="{one.alert}",{_FIRING}'
    return {
        "name": f"{one.alert}: {one.why}",
        "interval": f"{step * SECONDS}s",
        "input_series": _input({**healthy(), **one.changes}, one.resolves + step, step),
        "promql_expr_test": [
            _asked(f"ALERTS{{{others}}}", one.fires - step, []),
            _asked(f"ALERTS{{{others}}}", one.fires, [_alert(one, spec)]),
            _asked(_names(), one.fires, _named((one.alert, ALWAYS, *one.also))),
            _asked(
                f"count({_confirming(one, spec)}) > bool 0",
                one.fires,
                [{"labels": "{}", "value": 1}],
            ),
            _asked(f"ALERTS{{{others}}}", one.resolves - step, [_alert(one, spec)]),
            _asked(f"ALERTS{{{others}}}", one.resolves, []),
            _asked(_names(), one.resolves, _named((ALWAYS, *one.after))),
        ],
    }


def _confirming(one: Scenario, spec: StackSpec) -> str:
    """Return what its runbook asks: it has an answer while it fires, and none on a good day."""
    if one.confirmed_by is not None:
        return one.confirmed_by
    (rule,) = (alert for alert in all_alerts(spec) if alert.alert == one.alert)
    runbook = runbooks.read(ROOT, rule.runbook)
    return runbooks.for_prometheus(runbook.query, one.labels)


def _alert(one: Scenario, spec: StackSpec) -> Json:
    (rule,) = (alert for alert in all_alerts(spec) if alert.alert == one.alert)
    labels = {
        "__name__": "ALERTS",
        "alertname": one.alert,
        "alertstate": "firing",
        "severity": rule.severity.value,
        "environment": spec.environment.value,
        "stack": spec.platform_name,
        **one.labels,
    }
    inside = ",".join(f'{key}="{value}"' for key, value in labels.items() if key != "__name__")
    return {"labels": f"ALERTS{{{inside}}}", "value": 1}


def _names() -> str:
    return f"group by (alertname) (ALERTS{{{_FIRING}}})"


def _named(alerts: Iterable[str]) -> list[Json]:
    return [{"labels": f'{{alertname="{alert}"}}', "value": 1} for alert in sorted(alerts)]


def _asked(expr: str, minute: int, samples: list[Json]) -> dict[str, Json]:
    return {"expr": expr, "eval_time": f"{minute}m", "exp_samples": samples}


def _input(series: Series, minutes: int, step_minutes: int) -> list[Json]:
    return [
        {"series": name, "values": line.values(minutes, step_minutes)}
        for name, line in series.items()
    ]
