"""Ctrl-C at any moment: nothing is left running, and the next rehearsal works.

Ten moments come from a seed, which is printed: `TOKENWORKS_SEED=N` repeats a run.
"""

import os
import random
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from infra.rehearsal.ladder import Programs
from tests.support.projects import make_project, stack_config

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(1800)]

TOKENWORKS = Path(sys.executable).with_name("tokenworks")
PHASES = ("build", "build", "start", "start", "up", "up", "up", "preview", "destroy", "destroy")
LINE_BEFORE = {
    "build": "installing",
    "start": "programs",
    "up": "start",
    "preview": "up",
    "destroy": "preview",
}
"""The line that is printed when a phase begins. Without a build there would be no first one."""
BUILD_SECONDS = 15.0
"""Builds take longer, even with Go's own cache warm."""
END_SECONDS = 30.0
WHOLE_SECONDS = 300.0
INTERRUPTED = 130


@dataclass(frozen=True)
class Moment:
    """When Ctrl-C is pressed: in which phase, and how long after its begin."""

    phase: str
    delay_seconds: float


class Running:
    """A rehearsal in a terminal of its own."""

    def __init__(self, stack: str, project: Path, *options: str, cache: Path | None = None) -> None:
        environment = {**os.environ, "COLUMNS": "200", "PYTHONUNBUFFERED": "1"}
        if cache is not None:
            environment["TOKENWORKS_CACHE"] = str(cache)
        self.output = ""
        self.process = subprocess.Popen(
            [str(TOKENWORKS), "rehearse", stack, "--project", str(project), *options],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def read_until(self, line_start: str) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line
            if line.strip().startswith(line_start):
                return
        pytest.fail(f"ended before {line_start!r}:\n{self.output}")

    def press_ctrl_c(self) -> None:
        """A terminal sends the signal to the whole foreground group."""
        os.killpg(self.process.pid, signal.SIGINT)

    def finish(self, seconds: float) -> int:
        rest, _ = self.process.communicate(timeout=seconds)
        self.output += rest
        return self.process.returncode


def seconds_of(output: str, phase: str) -> float:
    found = re.search(rf"^  {phase}\b.* ([\d.]+) s$", output, flags=re.MULTILINE)
    assert found, output
    return float(found[1])


def processes_of(folder: Path) -> list[str]:
    """Return every process that has something to do with a folder, this one's own left out."""
    found = []
    for process in psutil.process_iter():
        try:
            traces = [*process.cmdline(), process.cwd(), *process.environ().values()]
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        if process.pid != os.getpid() and any(str(folder) in trace for trace in traces):
            found.append(f"{process.pid} {' '.join(process.cmdline())}")
    return found


@pytest.mark.parametrize("stack", ["aws-dev", "gcp-dev"])
def test_ctrl_c_at_ten_moments_leaves_nothing_and_the_next_run_works(
    stack: str, tmp_path: Path, programs: Programs
) -> None:
    assert programs.by_name
    seed = int(os.environ.get("TOKENWORKS_SEED") or random.randrange(10**6))  # noqa: S311 - not for secrets
    print(f"TOKENWORKS_SEED={seed}")  # noqa: T201 - a failure is repeated with it
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    project = make_project(tmp_path / "it", {stack: stack_config(stack)})
    whole = Running(stack, project)
    assert whole.finish(WHOLE_SECONDS) == 0, whole.output

    for number, phase in enumerate(PHASES):
        usual = BUILD_SECONDS if phase == "build" else seconds_of(whole.output, phase)
        moment = Moment(phase, chance.uniform(0.0, usual))
        print(f"{number}: {moment}")  # noqa: T201 - where it failed
        # A kept rehearsal is kept only when it came up; until then it ends like any other.
        options = ["--keep"] if phase in ("start", "up") and number % 2 else []
        cache = tmp_path / f"cache-{number}" if phase == "build" else None
        running = Running(stack, project, *options, cache=cache)
        running.read_until(LINE_BEFORE[phase])
        time.sleep(moment.delay_seconds)
        running.press_ctrl_c()

        code = running.finish(END_SECONDS)

        # Just before its end a phase may be over, and the rehearsal with it.
        assert code == INTERRUPTED or (phase == "destroy" and code == 0), running.output
        assert "Traceback" not in running.output, running.output
        assert processes_of(tmp_path) == []

    again = Running(stack, project)
    assert again.finish(WHOLE_SECONDS) == 0, again.output
