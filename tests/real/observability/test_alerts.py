"""Every alert under a real promtool: silent on a healthy day, heard in the right minute, and over.

What each goes through is in `tests/support/alerting`; that each has a scenario at all is a unit
test. Half a minute on two cores: rules are evaluated half a million times.
"""

import subprocess
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from infra.rehearsal.ladder import Programs
from infra.spec.files import load_stack_file, stack_names
from infra.spec.stack import StackSpec
from tests.support.alerting import promtool
from tests.support.alerting.closing import CLOSING, a_night
from tests.support.alerting.healthy import Series
from tests.support.alerting.scenario import Scenario
from tests.support.alerting.scenarios_platform import TO_CLOUD

pytestmark = pytest.mark.real

GUARDED = {
    "ModelErrors",
    "ModelTimeouts",
    "WayInFails",
    "TrafficDropped",
    "ModelDown",
    "AvailabilityBurnFast",
    "EndToEndBurn",
}
"""Alerts that say nothing of a closed model; of an open one they say what they say elsewhere."""
HOT = next(one for one in promtool.SCENARIOS if one.alert == "GpuHot")


def said(
    programs: Programs,
    folder: Path,
    scenarios: Iterable[Scenario],
    spec: StackSpec | None = None,
    days: Mapping[str, Series] | None = None,
) -> str:
    """Return what promtool says of scenarios; nothing when all is as it should be."""

    def run(file: Path) -> str:
        done = subprocess.run(
            [programs.path("promtool"), "test", "rules", file.name],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout + done.stderr if done.returncode else ""

    files = promtool.write(folder, spec or promtool.everything(), scenarios, days)
    with ThreadPoolExecutor() as at_once:
        return "".join(at_once.map(run, files))


def test_every_alert_is_heard_in_its_minute_and_a_healthy_day_is_silent(
    measuring: Programs, tmp_path: Path
) -> None:
    assert said(measuring, tmp_path, promtool.SCENARIOS) == ""


def test_where_the_cloud_keeps_lines_their_alerts_are_heard_in_the_same_minutes(
    measuring: Programs, tmp_path: Path
) -> None:
    assert said(measuring, tmp_path, TO_CLOUD, promtool.logs_in_cloud()) == ""


def test_a_night_of_closed_models_is_silent_and_what_does_not_open_is_heard(
    measuring: Programs, tmp_path: Path
) -> None:
    hours, night = promtool.with_hours(), {"a night": a_night()}
    by_day = [one for one in promtool.SCENARIOS if one.alert in GUARDED]

    assert said(measuring, tmp_path, (*CLOSING, *by_day), hours, night) == ""


def test_the_same_night_is_heard_where_models_run_day_and_night(
    measuring: Programs, tmp_path: Path
) -> None:
    heard = said(measuring, tmp_path, (), days={"a night": a_night()})

    for alert in ("ModelErrors", "AvailabilityBurnFast", "EndToEndBurn", "WayInFails"):
        assert alert in heard


@pytest.mark.parametrize(
    "wrong",
    [
        replace(HOT, fires=HOT.fires - 1),
        replace(HOT, fires=HOT.fires + 1),
        replace(HOT, resolves=HOT.resolves - 1),
        replace(HOT, labels={**HOT.labels, "gpu": "1"}),
        replace(HOT, changes={}),
    ],
    ids=["a minute too soon", "a minute too late", "over too soon", "another GPU", "no reason"],
)
def test_what_is_told_wrongly_is_seen(wrong: Scenario, measuring: Programs, tmp_path: Path) -> None:
    assert "GpuHot" in said(measuring, tmp_path, [wrong])


def test_promtool_takes_the_rules_of_every_stack(measuring: Programs, tmp_path: Path) -> None:
    files = []
    for name in stack_names():
        file = tmp_path / f"{name}.yaml"
        file.write_text(promtool.rules_file(load_stack_file(name)))
        files.append(file)

    done = subprocess.run(
        [measuring.path("promtool"), "check", "rules", "--lint=all", "--lint-fatal", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("SUCCESS") == len(files)
