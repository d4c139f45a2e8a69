"""`docs/alerts.md`: every alert, whom it reaches and when. As a module, writes the document."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from components.observability.rules.groups import all_alerts
from components.observability.rules.rule import AlertRule, Severity
from components.observability.targets import required_targets
from components.observability.thresholds import THRESHOLDS
from infra.spec.environment import Environment
from infra.spec.files import load_stack_file, stack_names
from infra.spec.stack import StackSpec

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "alerts.md"
_PRODUCTION = ("aws-prod", "gcp-prod", "aws-dev", "aws-staging")
"""Which stack an alert's words are taken from: the first that has it."""
_HEAD = """\
# Alerts

Every alert of `components/observability/rules`, as production has it. `make golden` writes this
file from the rules.

- **page** wakes somebody: users are hurt now, or will be within hours, and a person can mend it.
  **ticket** waits for the next working day. In dev nobody is woken: every page is a ticket.
- Where something is wrong, the alert nearest to users pages. A queue, a GPU that is hot or a node
  that is away are tickets: when they hurt, errors, latency or a model that is down page.
- No alert of severity page rests on a metric whose name nobody has seen in the exporter or in its
  source.
- What a service promises is the section `slo` of a stack file
  ([stacks/README.md](../stacks/README.md)); all other thresholds are below, and in
  `components/observability/thresholds.py` alone.
- A share of nothing is no share: where there were no requests there is no answer and no alert.
- Each alert is tried by a real promtool: it fires in the right minute, is silent on one healthy
  day that all share, and ends (`tests/support/alerting`).
"""


def document() -> str:
    """Return the whole document."""
    return "\n".join((_HEAD, *_alerts(), *_thresholds(), *_targets()))


def _alerts() -> Iterator[str]:
    found: dict[str, AlertRule] = {}
    for name in _PRODUCTION:
        for alert in all_alerts(load_stack_file(name)):
            found.setdefault(alert.alert, alert)
    for severity in Severity:
        yield f"## {severity.value.capitalize()}\n"
        yield "| alert | when | for |\n|---|---|---|"
        for alert in found.values():
            if alert.severity is severity:
                link = f"[{alert.alert}](runbooks/{alert.kebab}.md)"
                yield f"| {link} | {alert.when} | {shown_seconds(alert.for_seconds)} |"
        yield ""


def shown_seconds(seconds: int) -> str:
    """Return how long an alert waits, as people say it."""
    if not seconds:
        return "at once"
    whole_hours = seconds % 3600 == 0
    return f"{seconds // 3600} h" if whole_hours else f"{seconds // 60} min"


def _thresholds() -> Iterator[str]:
    yield "## Thresholds\n"
    yield f"| | {' | '.join(THRESHOLDS)} |\n|---|{'---|' * len(THRESHOLDS)}"
    for field in fields(THRESHOLDS[Environment.PROD]):
        values = (getattr(one, field.name) for one in THRESHOLDS.values())
        yield f"| `{field.name}` | {' | '.join(map(_shown, values))} |"
    yield ""


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}"


def _targets() -> Iterator[str]:
    stacks = [load_stack_file(name) for name in stack_names() if not name.endswith("-models")]
    yield "## What must answer scrapes\n"
    yield (
        "`vllm` and `dcgm-exporter` come and go with models and GPUs: ModelServerNotScraped. "
        "`ai-gateway` is there while a model is on the shared host.\n"
    )
    yield f"| job | {' | '.join(spec.name for spec in stacks)} |\n|---|{'---|' * len(stacks)}"
    jobs = dict.fromkeys(target.job for spec in stacks for target in required_targets(spec))
    for job in jobs:
        yield f"| `{job}` | {' | '.join(_needed(job, spec) for spec in stacks)} |"
    yield "\npage: without it, alerts that wake somebody are blind (PagingIsBlind).\n"


def _needed(job: str, spec: StackSpec) -> str:
    for target in required_targets(spec):
        if target.job == job:
            return "page" if target.pages_depend else "ticket"
    return "-"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
