"""Models that are closed at night: a night on which nothing is wrong, and what is heard of others.

Owns what happens to the canary, which is closed here for half an hour. The rest is the healthy day.
"""

from tests.support.alerting.healthy import (
    CANARY,
    Series,
    deployment,
    healthy,
    probe,
    route,
    series,
)
from tests.support.alerting.lines import FOR_EVER, Line, Phase, counter, gone, level
from tests.support.alerting.scenario import Scenario

CLOSES, OPENS, READY = 30, 60, 80
"""Minutes: its servers go, come again, and have read their weights."""
POD = "qwen2-5-7b-next-c"
USUAL = healthy()


def a_night() -> Series:
    """Return a night: the canary is closed, clients ask for it all the same, and it opens again."""
    return {**healthy(), **_closed(READY)}


def _closed(ready: int) -> Series:
    """Return what is other than usual while it is closed, and until it is ready."""
    wanted = deployment("kube_deployment_spec_replicas", "models", CANARY)
    available = deployment("kube_deployment_status_replicas_available", "models", CANARY)
    refused = route("upstream_rq_xx", CANARY, envoy_response_code_class="5")
    away = {name: gone() for name in USUAL if f'pod="{POD}"' in name}
    asked = {
        route("upstream_rq_xx", CANARY, envoy_response_code_class="2"): counter(0),
        refused: counter(2),
        probe("success", CANARY, "service"): level(0),
        probe("success", CANARY, "gateway"): level(0),
    }
    return {
        wanted: Line((Phase(CLOSES, level=1), Phase(OPENS, level=0), Phase(FOR_EVER, level=1))),
        available: Line((Phase(CLOSES, level=1), Phase(ready, level=0), Phase(FOR_EVER, level=1))),
        **{name: _until(ready, line, USUAL[name]) for name, line in {**away, **asked}.items()},
    }


def _until(ready: int, line: Line, usual: Line) -> Line:
    (during,), (before, *_) = line.phases, usual.phases
    after = Phase(FOR_EVER, before.level, before.per_second)
    first = Phase(CLOSES, before.level, before.per_second)
    return Line((first, Phase(ready, during.level, during.per_second), after), usual.start)


def _job(what: str) -> str:
    name = f"kube_cronjob_status_last_{what}_time"
    return series(name, namespace="models", cronjob="working-hours-open")


NOT_KEPT = Scenario(
    alert="WorkingHoursNotKept",
    changes={
        _job("schedule"): Line((Phase(60, level=0), Phase(FOR_EVER, level=3600))),
        _job("successful"): Line((Phase(90, level=20), Phase(FOR_EVER, level=5400))),
    },
    fires=75,
    resolves=90,
    why="due in 60, done in 90, and a quarter of an hour is none too long",
    labels={"cronjob": "working-hours-open"},
)
NEVER_READY = Scenario(
    alert="ModelDown",
    changes=_closed(140),
    fires=107,
    resolves=140,
    why="opened in 60, in 104 closed for 45 minutes no more, and not ready for 3",
    labels={"model": CANARY},
    also=("ModelErrors",),
    after=("ModelErrors",),
)
OWN = (NOT_KEPT,)
"""Of alerts that only stacks with working hours have."""
CLOSING = (NOT_KEPT, NEVER_READY)
