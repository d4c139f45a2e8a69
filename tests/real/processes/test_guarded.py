"""A command under a guard, and all that it started, ends with its owner however the owner ends."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from infra.rehearsal.processes.guarded import GuardedProcess
from infra.rehearsal.processes.identity import ProcessIdentity
from tests.support.trees import assert_a_signal_leaves_nothing, sleepers

pytestmark = pytest.mark.real

FAMILY = "setsid sleep 3301 & sleep 3302 & (sleep 3303 &) ; echo started; wait"
"""A child in a session of its own, a plain one and an orphan."""

OWNER = f"""
import subprocess, time
from infra.rehearsal.processes.guarded import GuardedProcess

with GuardedProcess(["sh", "-c", "{FAMILY}"], stdout=subprocess.PIPE) as process:
    print(process.output.readline().decode().strip(), flush=True)
    time.sleep(600)
"""


def test_the_exit_code_and_the_output_are_the_commands() -> None:
    command = ["sh", "-c", "echo said; echo cried >&2; exit 3"]
    with GuardedProcess(command, stdout=subprocess.PIPE) as process:
        assert process.output.read() == b"said\ncried\n"
        assert process.wait(10) == 3


def test_a_command_that_does_not_exist_is_named() -> None:
    with GuardedProcess(["/no/such/program"], stdout=subprocess.PIPE) as process:
        assert process.output.read() == b"/no/such/program: No such file or directory\n"
        assert process.wait(10) == 127


def test_an_interrupt_reaches_the_command_and_it_decides() -> None:
    script = "trap 'echo bye; exit 5' INT; echo ready; while :; do sleep 0.05; done"
    with GuardedProcess(["sh", "-c", script], stdout=subprocess.PIPE) as process:
        assert process.output.readline() == b"ready\n"
        assert process.wait(0.01) is None
        process.interrupt()
        assert process.output.read() == b"bye\n"
        assert process.wait(10) == 5


def test_what_a_command_left_running_ends_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    script = f"setsid sleep 3304 & echo $! > {note}; exit 0"
    with GuardedProcess(["sh", "-c", script]) as process:
        assert process.wait(10) == 0
    assert not psutil.pid_exists(int(note.read_text()))


def test_kill_ends_the_whole_tree() -> None:
    with GuardedProcess(["sh", "-c", FAMILY], stdout=subprocess.PIPE) as process:
        assert process.output.readline() == b"started\n"
        tree = sleepers(psutil.Process(), 3)
    assert [child for child in tree if child.is_running()] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_the_owner_gets_a_signal(number: signal.Signals) -> None:
    assert_a_signal_leaves_nothing([sys.executable, "-c", OWNER], number, count=3)


def test_nothing_is_left_when_the_guard_itself_is_killed() -> None:
    with GuardedProcess(["sleep", "3305"]) as process:
        guard = psutil.Process(process._guard.pid)  # noqa: SLF001 - what must not matter is killed
        tree = sleepers(guard, 1)
        guard.kill()
        _, alive = psutil.wait_procs(tree, timeout=5)
    if sys.platform == "linux":
        assert alive == []


def test_another_process_with_the_same_id_is_not_mistaken() -> None:
    me = ProcessIdentity.of(os.getpid())
    assert me is not None
    assert me.is_running()
    assert not replace(me, start=me.start - 60).is_running()
    assert not ProcessIdentity.of_ended(me.pid).is_running()


@pytest.mark.skipif(sys.platform != "linux", reason="the ticks since the boot are Linux's")
def test_a_step_of_the_clock_hides_no_process_and_a_reboot_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    me = ProcessIdentity.of(os.getpid())
    assert me is not None
    monkeypatch.setattr(psutil.Process, "create_time", lambda _self: time.time() + 3600)
    assert me.is_running()
    assert not replace(me, boot="another").is_running()


def test_a_zombie_does_not_run() -> None:
    child = subprocess.Popen(["/usr/bin/env", "true"])
    identity = ProcessIdentity.of(child.pid)
    assert identity is not None
    deadline = time.monotonic() + 10
    while identity.is_running():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    child.wait()
