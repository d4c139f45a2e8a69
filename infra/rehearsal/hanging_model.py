"""A drill: a model hangs while its servers are ready. Which alert is heard, and when?

Owns the drill: what a platform measures while one model stands still, told to the rules that are in
the cluster, by a real promtool. Does not own the rules. Nothing in the cluster is changed: pods of
a rehearsal are played, so what they would measure is told.
Why promtool: it evaluates rules as Prometheus does, minutes in a moment.
"""

import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from infra.wire import Properties, Value

HANGS = 30
"""The last minute in which the model works: rules look back for less, those of promises apart."""
WATCHED = 45
"""Minutes that are looked at from then on."""
SECONDS = 60
IN_FLIGHT = 4
"""Requests that are on their way to each server."""
TOKENS_PER_MINUTE = 6000
FIRING = 'ALERTS{alertstate="firing"}'
_TIME = re.compile(r"time: (\d+)m")
_ALERT = re.compile(r'alertname=\\?"(\w+)\\?".*?severity=\\?"(\w+)\\?"')


@dataclass(frozen=True)
class Watched:
    """What is measured of a platform, as far as the drill tells it."""

    model: str
    """Object name of the model that hangs."""
    served: str
    """Its served name."""
    servers: Sequence[str]
    """Names of its servers' pods."""
    deployments: Mapping[tuple[str, str], tuple[str, int]]
    """Namespace and name of each Deployment to its model, or nothing, and its pods."""
    jobs: Sequence[str]
    """Jobs that Prometheus must reach."""
    probed: bool
    """Whether anything asks its models for completions."""


@dataclass(frozen=True)
class Heard:
    """An alert that fires because of it."""

    alert: str
    """Its name."""
    severity: str
    """Whom it reaches."""
    minutes: int
    """How long after the model stopped."""


class DrillError(ValueError):
    """promtool could not evaluate the rules; the message is its own."""


def drill(groups: Sequence[Properties], seen: Watched, promtool: Path) -> tuple[Heard, ...]:
    """Return which alerts fire because the model hangs, in order of time.

    Args:
        groups: groups of rules, as a PrometheusRule has them.
        seen: the platform.
        promtool: the program.

    Raises:
        DrillError: the rules cannot be evaluated.
    """
    firing = _firing(groups, series(seen), promtool)
    before = set(firing.get(HANGS, ()))
    first: dict[tuple[str, str], int] = {}
    for minute in range(HANGS + 1, HANGS + WATCHED + 1):
        for one in sorted(firing.get(minute, set()) - before):
            first.setdefault(one, minute - HANGS)
    heard = [Heard(*one, minutes) for one, minutes in first.items()]
    return tuple(sorted(heard, key=lambda one: (one.minutes, one.alert)))


def series(seen: Watched) -> dict[str, str]:
    """Return what is measured, in promtool's notation: a sample a minute."""
    probe = _series("probe_success", job="probe", model=seen.model, way="service")
    return {
        **dict(_standing(seen)),
        **dict(_servers(seen)),
        **({probe: _then(1, 0)} if seen.probed else {}),
    }


def _standing(seen: Watched) -> Iterator[tuple[str, str]]:
    for job in seen.jobs:
        yield _series("up", job=job, instance=job), _always(1)
    for (namespace, name), (model, replicas) in seen.deployments.items():
        of = {"namespace": namespace, "deployment": name}
        yield _series("kube_deployment_spec_replicas", **of), _always(replicas)
        yield _series("kube_deployment_status_replicas_available", **of), _always(replicas)
        yield _series("kube_deployment_created", **of), _always(-1_000_000)
        if model:
            labels = {**of, "label_tokenworks_dev_model": model}
            yield _series("kube_deployment_labels", **labels), _always(1)


def _servers(seen: Watched) -> Iterator[tuple[str, str]]:
    for pod in seen.servers:
        of = {"job": "vllm", "namespace": "models", "pod": pod, "model": seen.model}
        engine = {**of, "engine": "0", "model_name": seen.served}
        yield _series("up", **of), _always(1)
        yield _series("vllm:num_requests_running", **engine), _always(IN_FLIGHT)
        # Those who come wait behind the others.
        yield _series("vllm:num_requests_waiting", **engine), f"0x{HANGS} 1+1x{WATCHED - 1}"
        for kind in ("generation", "prompt"):
            yield _series(f"vllm:{kind}_tokens_total", **engine), _counts_until_then()


def _series(name: str, /, **labels: str) -> str:
    inside = ",".join(f'{key}="{value}"' for key, value in labels.items())
    return f"{name}{{{inside}}}"


def _always(value: float) -> str:
    return f"{value}x{HANGS + WATCHED}"


def _then(before: int, after: int) -> str:
    return f"{before}x{HANGS} {after}x{WATCHED - 1}"


def _counts_until_then() -> str:
    return f"0+{TOKENS_PER_MINUTE}x{HANGS} {TOKENS_PER_MINUTE * HANGS}x{WATCHED - 1}"


def _firing(
    groups: Sequence[Properties], told: Mapping[str, str], promtool: Path
) -> dict[int, set[tuple[str, str]]]:
    """Return which alerts fire in which minute, each with its severity.

    promtool says what it found where that is not what was expected, and nothing is expected.
    """
    minutes = range(HANGS, HANGS + WATCHED + 1)
    asked: list[Value] = [
        {"expr": FIRING, "eval_time": f"{minute}m", "exp_samples": []} for minute in minutes
    ]
    samples: list[Value] = [{"series": name, "values": values} for name, values in told.items()]
    names: list[Value] = [group["name"] for group in groups]
    test: Properties = {"interval": f"{SECONDS}s", "input_series": samples}
    test["promql_expr_test"] = asked
    tests: Properties = {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": f"{SECONDS}s",
        "group_eval_order": names,
        "tests": [test],
    }
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "rules.yaml").write_text(yaml.safe_dump({"groups": list(groups)}))
        Path(folder, "tests.yaml").write_text(yaml.safe_dump(tests, width=10_000))
        done = subprocess.run(  # noqa: S603 - a program of the ladder
            [promtool, "test", "rules", "tests.yaml"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    said = done.stdout + done.stderr
    found = _understood(said)
    if done.returncode and not found:
        raise DrillError(said.strip()[:300])
    return found


def _understood(said: str) -> dict[int, set[tuple[str, str]]]:
    found: dict[int, set[tuple[str, str]]] = {}
    minute = 0
    for line in said.splitlines():
        if at := _TIME.search(line):
            minute = int(at[1])
        if "got:" in line or found.get(minute):
            found.setdefault(minute, set()).update(_ALERT.findall(line))
    return found
