"""Servers: probes, the time that a cold start has, the time that a drain has.

How they are replaced and evicted is in `rollouts`.
"""

import re
from collections.abc import Iterator

from infra.catalog.notice import SPOT_SECONDS
from infra.spec.pools import GpuPoolSpec
from policies.judge import Check, judge, said
from policies.rule import Family, Finding, Level, ResourceRule, Subject, Unjudged, Violation
from policies.scene import Scene
from policies.values import MISSING, UNKNOWN, Mark, Plain, as_number, at
from policies.workloads import (
    DEPLOYMENT,
    POD,
    SERVERS,
    containers,
    gpus,
    gpus_of_pod,
    on_demand_only,
    pool_of,
)

GRACE = f"{POD}.terminationGracePeriodSeconds"
DEADLINE = "spec.progressDeadlineSeconds"
# Defaults of Kubernetes' API (reference of `Probe`, `PodSpec` and `DeploymentSpec`, 1.35).
_DEFAULTS = {GRACE: 30.0, DEADLINE: 600.0}
_PROBE_DEFAULTS = {"initialDelaySeconds": 0.0, "periodSeconds": 10.0, "failureThreshold": 3.0}
_DRAIN = "--shutdown-timeout"
"""Of vLLM: seconds that it finishes requests after SIGTERM."""
_SLEEP = re.compile(r"\bsleep\s+(\d+)")


def _has_probe(kind: str, since: str, *, gpu_only: bool = False) -> Check:
    def check(subject: Subject, _: Scene) -> Iterator[Finding]:
        for path, container in containers(subject):
            if gpu_only and gpus(container) == 0:
                continue
            value = at(container, kind)
            what = f"{path}.{kind}"
            message = f"`{what}` is {said(value)}: {since}. Write a `{kind}`."
            yield from judge(
                value, what, right=isinstance(value, dict) and value != {}, message=message
            )

    return check


def _number(holder: Plain, path: str, default: float) -> float | Mark:
    """Return a number; `MISSING` for what is none."""
    value = at(holder, path)
    return default if value is MISSING else as_number(value)


def _no_number(path: str, number: float | Mark) -> Finding:
    if number is UNKNOWN:
        return Unjudged(path)
    return Violation(f"`{path}` is no number. Write seconds, or a count.")


def _cold_start(subject: Subject, _: Scene) -> Iterator[Finding]:
    deadline = _number(dict(subject.properties), DEADLINE, _DEFAULTS[DEADLINE])
    for path, container in containers(subject):
        probe = at(container, "startupProbe")
        if probe is MISSING:
            continue
        numbers = {key: _number(probe, key, value) for key, value in _PROBE_DEFAULTS.items()}
        named = {DEADLINE: deadline}
        named |= {f"{path}.startupProbe.{key}": value for key, value in numbers.items()}
        if probe is UNKNOWN:
            yield Unjudged(f"{path}.startupProbe")
            continue
        marks = [(key, value) for key, value in named.items() if isinstance(value, Mark)]
        yield from (_no_number(key, value) for key, value in marks)
        if marks:
            continue
        first, period, failures, limit = (
            value for value in (*numbers.values(), deadline) if not isinstance(value, Mark)
        )
        start = first + period * failures
        if start > limit:
            yield Violation(
                f"`{path}` may take {start:.0f} s to start, `{DEADLINE}` gives up after "
                f"{limit:.0f}: the update fails while weights load. Write at least {start:.0f}."
            )


def _pre_stop(container: Plain) -> float | Mark:
    """Return the seconds of a preStop hook; `UNKNOWN` when nobody can tell them."""
    hook = at(container, "lifecycle.preStop")
    if hook is MISSING:
        return 0.0
    sleep = at(hook, "sleep.seconds")
    if sleep is not MISSING:
        number = as_number(sleep)
        return UNKNOWN if isinstance(number, Mark) else number
    command = at(hook, "exec.command")
    words = command if isinstance(command, list) else []
    found = _SLEEP.search(" ".join(str(word) for word in words))
    return float(found[1]) if found else UNKNOWN


def _drain(container: Plain) -> float | Mark:
    """Return the seconds that a server drains by its own arguments."""
    arguments = at(container, "args")
    if arguments is UNKNOWN:
        return UNKNOWN
    words = arguments if isinstance(arguments, list) else []
    for index, word in enumerate(words):
        if word is UNKNOWN:
            return UNKNOWN
        if not isinstance(word, str) or word.partition("=")[0] != _DRAIN:
            continue
        following = words[index + 1] if index + 1 < len(words) else MISSING
        number = as_number(word.partition("=")[2] if "=" in word else following)
        return UNKNOWN if isinstance(number, Mark) else number
    return 0.0


def _drain_fits(subject: Subject, _: Scene) -> Iterator[Finding]:
    grace = _number(dict(subject.properties), GRACE, _DEFAULTS[GRACE])
    if isinstance(grace, Mark):
        yield _no_number(GRACE, grace)
        return
    for path, container in containers(subject):
        hook, drain = _pre_stop(container), _drain(container)
        if isinstance(hook, Mark) or isinstance(drain, Mark):
            yield Unjudged(f"{path}: how long its end takes")
        elif grace <= hook + drain and hook + drain > 0:
            yield Violation(
                f"`{path}` waits {hook:.0f} s in preStop and drains {drain:.0f} s, `{GRACE}` is "
                f"{grace:.0f}: requests in flight are killed. Write more than {hook + drain:.0f}."
            )


def _waits_for_endpoints(subject: Subject, _: Scene) -> Iterator[Finding]:
    for path, container in containers(subject):
        if gpus(container) == 0:
            continue
        what = f"{path}.lifecycle.preStop"
        value = at(container, "lifecycle.preStop")
        message = (
            f"`{what}` is {said(value)}: requests still arrive while the server refuses them. "
            "Write `sleep: {seconds: 15}`."
        )
        yield from judge(
            value, what, right=isinstance(value, dict) and value != {}, message=message
        )


def _reclaim(subject: Subject, scene: Scene) -> Iterator[Finding]:
    held, pool = gpus_of_pod(subject), _pool(subject, scene)
    if held == 0 or on_demand_only(subject):
        return
    if pool is UNKNOWN:
        yield Unjudged(f"{POD}.nodeSelector")
        return
    if not isinstance(pool, GpuPoolSpec) or not pool.most_spot:
        return
    grace = _number(dict(subject.properties), GRACE, _DEFAULTS[GRACE])
    notice = SPOT_SECONDS[scene.spec.cloud.provider.value]
    if isinstance(grace, Mark):
        yield _no_number(GRACE, grace)
    elif grace > notice:
        yield Violation(
            f"`{GRACE}` is {grace:.0f} and a spot node of pool {pool.name} goes away after "
            f"{notice} s: requests in flight are lost. Write {notice} at most, or require "
            "on-demand nodes."
        )


def _pool(subject: Subject, scene: Scene) -> GpuPoolSpec | Mark:
    """Return the pool whose nodes the pods select."""
    name = pool_of(subject)
    if name is UNKNOWN:
        return UNKNOWN
    return scene.pool(name) or MISSING


RULES = (
    ResourceRule(
        name="servers-have-readiness-probes",
        family=Family.RELIABILITY,
        level=Level.MANDATORY,
        why="Without one a Service sends requests to a pod from its first second on (Kubernetes "
        'documentation, "Liveness, Readiness, and Startup Probes", 2026).',
        types=SERVERS,
        check=_has_probe("readinessProbe", "requests arrive before it can answer"),
    ),
    ResourceRule(
        name="servers-have-liveness-probes",
        family=Family.RELIABILITY,
        level=Level.ADVISORY,
        why="A server that hangs holds its GPUs until somebody notices (the same page).",
        types=SERVERS,
        check=_has_probe("livenessProbe", "when it hangs it is not started anew"),
    ),
    ResourceRule(
        name="gpu-servers-have-startup-probes",
        family=Family.RELIABILITY,
        level=Level.MANDATORY,
        why="Weights load for minutes; without a startup probe the liveness probe kills the server "
        "while they do, again and again (the same page).",
        types=SERVERS,
        check=_has_probe(
            "startupProbe", "its liveness probe ends it while weights load", gpu_only=True
        ),
    ),
    ResourceRule(
        name="cold-starts-fit-the-deadline",
        family=Family.RELIABILITY,
        level=Level.MANDATORY,
        why="A Deployment counts as failed after `progressDeadlineSeconds`, by default 600, and "
        'the update with it (Kubernetes documentation, "Deployments", 2026).',
        types=(DEPLOYMENT,),
        check=_cold_start,
    ),
    ResourceRule(
        name="drains-fit-the-grace-period",
        family=Family.RELIABILITY,
        level=Level.MANDATORY,
        why="The grace period begins before preStop, not after it, and ends in SIGKILL (Kubernetes "
        'documentation, "Pod Lifecycle", 2026).',
        types=SERVERS,
        check=_drain_fits,
    ),
    ResourceRule(
        name="gpu-servers-wait-for-endpoints",
        family=Family.RELIABILITY,
        level=Level.MANDATORY,
        why="vLLM's health stays 200 while it drains, and what arrives then is aborted "
        "(vllm#34730): preStop must outlast the news that the pod is gone.",
        types=SERVERS,
        check=_waits_for_endpoints,
    ),
    ResourceRule(
        name="drains-fit-a-reclaim",
        family=Family.RELIABILITY,
        level=Level.MANDATORY,
        why="A spot node goes away after its notice whatever the pod asks for (figures and sources "
        "in `infra/catalog/notice.py`).",
        types=SERVERS,
        check=_reclaim,
    ),
)
