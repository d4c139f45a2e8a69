"""Long-living children end with the rehearsal, unless they are kept; then they are found again."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from infra.rehearsal.supervisor import (
    ChildEndedError,
    ChildSpec,
    KeptSupervisor,
    Supervisor,
    SupervisorError,
    find_kept,
)
from tests.support.trees import assert_a_signal_leaves_nothing, sleepers

pytestmark = pytest.mark.real

FAMILY = "setsid sleep 4401 & sleep 4402 & (sleep 4403 &) ; wait"

OWNER = """
import sys, time
from pathlib import Path
from infra.rehearsal.supervisor import ChildSpec, Supervisor

root = Path(sys.argv[1])
with Supervisor(root) as supervisor:
    supervisor.start(ChildSpec("family", ("/bin/sh", "-c", sys.argv[2]), root / "family.log"))
    print("started", flush=True)
    time.sleep(600)
"""


def child(root: Path, script: str, *, name: str = "child", grace_seconds: float = 0) -> ChildSpec:
    return ChildSpec(
        name=name,
        command=("/bin/sh", "-c", script),
        log=root / f"{name}.log",
        environment={"PATH": os.defpath},
        grace_seconds=grace_seconds,
    )


def check_until_raised(supervisor: Supervisor) -> None:
    for _ in range(200):
        supervisor.check()
        time.sleep(0.05)


def test_children_and_their_children_end_with_the_supervisor(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        pid = supervisor.start(child(tmp_path, FAMILY))
        assert psutil.pid_exists(pid)
        tree = sleepers(psutil.Process(), 3)
    assert [process for process in tree if process.is_running()] == []
    assert not psutil.pid_exists(pid)
    assert find_kept(tmp_path) is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_the_rehearsal_gets_a_signal(
    number: signal.Signals, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", OWNER, str(tmp_path), FAMILY]
    assert_a_signal_leaves_nothing(command, number, count=3)
    assert find_kept(tmp_path) is None


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux")
def test_children_end_when_the_supervisor_itself_is_killed(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        pid = supervisor.start(child(tmp_path, "exec sleep 4404"))
        kept = find_kept(tmp_path)
        assert kept is not None
        process = psutil.Process(pid)
        kept.process.kill()
        psutil.wait_procs([process], timeout=5)
        assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    assert list(tmp_path.glob("*.json")) == []


def test_the_end_of_a_child_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(child(tmp_path, "echo starting; echo out of memory >&2; exit 7"))
        with pytest.raises(ChildEndedError) as caught:
            check_until_raised(supervisor)
    assert (caught.value.name, caught.value.code) == ("child", 7)
    assert str(tmp_path / "child.log") in str(caught.value)
    assert str(caught.value).endswith("starting\nout of memory")


def test_a_child_that_cannot_be_started_is_named(tmp_path: Path) -> None:
    spec = ChildSpec("etcd", ("/no/such/etcd",), tmp_path / "etcd.log")
    with (
        Supervisor(tmp_path) as supervisor,
        pytest.raises(
            SupervisorError, match=r"etcd: cannot be started, No such file.*/no/such/etcd"
        ),
    ):
        supervisor.start(spec)


def test_a_child_gets_its_own_environment_and_nothing_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    spec = ChildSpec("env", ("/usr/bin/env",), tmp_path / "log", {"ONLY": "this"})
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(spec)
        with pytest.raises(ChildEndedError, match="ONLY=this"):
            check_until_raised(supervisor)
    assert (tmp_path / "log").read_text() == "ONLY=this\n"


def test_a_child_with_something_to_save_gets_its_grace(tmp_path: Path) -> None:
    script = "trap 'echo saved; exit 0' TERM; echo ready; while :; do sleep 0.05; done"
    log = tmp_path / "child.log"
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(child(tmp_path, script, grace_seconds=10))
        while "ready" not in log.read_text():
            time.sleep(0.02)
        started = time.monotonic()
    assert log.read_text() == "ready\nsaved\n"
    assert time.monotonic() - started < 5


def test_a_kept_rehearsal_outlives_its_owner_is_found_and_ends_on_request(tmp_path: Path) -> None:
    script = OWNER.replace("time.sleep(600)", "supervisor.keep()")
    command = [sys.executable, "-c", script, str(tmp_path), FAMILY]
    assert subprocess.run(command, check=True, capture_output=True).stdout == b"started\n"

    kept = find_kept(tmp_path)
    assert kept is not None
    (family,) = kept.children()
    assert (family.name, family.exit_code) == ("family", None)
    assert family.identity.is_running()
    assert kept.ended() == {}
    tree = kept.process.children(recursive=True)
    with pytest.raises(SupervisorError, match="another rehearsal runs here"):
        Supervisor(tmp_path)

    kept.stop()
    _, alive = psutil.wait_procs([*tree, kept.process], timeout=5)
    assert alive == []
    assert find_kept(tmp_path) is None


def test_a_child_of_a_kept_rehearsal_that_ended_is_told(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    supervisor.start(child(tmp_path, "sleep 0.3; echo no space left; exit 2"))
    supervisor.keep()
    kept = find_kept(tmp_path)
    assert kept is not None
    deadline = time.monotonic() + 10
    while not kept.ended():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert kept.ended() == {"child": "no space left"}
    kept.stop()


def test_the_state_of_a_dead_supervisor_is_ignored_and_replaced(tmp_path: Path) -> None:
    stale = {"supervisor": {"pid": os.getpid(), "start": 1.0, "boot": ""}, "children": []}
    (tmp_path / "supervisor.json").write_text(json.dumps(stale))
    assert find_kept(tmp_path) is None
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(child(tmp_path, "exec sleep 4405"))
        assert find_kept(tmp_path) is not None


@pytest.mark.parametrize(
    "text",
    ['{"supervisor": {"pid": 1, "started_at": 1.0}, "children": []}', "{}", "half a fi"],
)
def test_a_state_file_of_another_version_is_refused_with_the_next_step(
    text: str, tmp_path: Path
) -> None:
    (tmp_path / "supervisor.json").write_text(text)
    with pytest.raises(SupervisorError, match=r"supervisor\.json: is not .* delete it"):
        find_kept(tmp_path)


def test_a_name_can_be_started_again_once_its_child_has_ended(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        first = supervisor.start(child(tmp_path, "exit 3"))
        with pytest.raises(ChildEndedError):
            check_until_raised(supervisor)
        second = supervisor.start(child(tmp_path, "exec sleep 4407"))
        assert second != first
        assert psutil.pid_exists(second)
        supervisor.check()


def test_a_child_starts_anew_with_another_command_and_no_end_is_told(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        old = psutil.Process(supervisor.start(child(tmp_path, "exec sleep 4404")))

        supervisor.restart("child", lambda _: child(tmp_path, "echo anew; exec sleep 4405"))

        supervisor.check()
        assert not old.is_running()
        log = tmp_path / "child.log"
        for _ in range(100):
            if log.read_text(encoding="utf-8") == "anew\n":
                break
            time.sleep(0.05)
        assert log.read_text(encoding="utf-8") == "anew\n"


def test_the_end_of_the_supervisor_itself_is_noticed(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(child(tmp_path, "exec sleep 4411"))
        supervisor.check()
        kept = find_kept(tmp_path)
        assert kept is not None
        kept.process.kill()
        with pytest.raises(SupervisorError, match=r"the supervisor ended \(exit code -9\)"):
            check_until_raised(supervisor)


def keep(root: Path, script: str) -> KeptSupervisor:
    """A kept rehearsal with one child."""
    supervisor = Supervisor(root)
    supervisor.start(child(root, script))
    supervisor.keep()
    kept = find_kept(root)
    assert kept is not None
    return kept


def kept_check_until_raised(kept: KeptSupervisor) -> None:
    for _ in range(200):
        kept.check()
        time.sleep(0.05)


def test_a_kept_rehearsal_checks_its_children(tmp_path: Path) -> None:
    kept = keep(tmp_path, "sleep 0.5; echo no space left; exit 2")
    kept.check()
    with pytest.raises(ChildEndedError, match=r"exit code 2[\s\S]*no space left") as caught:
        kept_check_until_raised(kept)
    assert (caught.value.name, caught.value.code) == ("child", 2)
    kept.stop()


def test_a_kept_rehearsal_without_its_supervisor_is_noticed(tmp_path: Path) -> None:
    kept = keep(tmp_path, "echo last words; exec sleep 4408")
    while "last words" not in (tmp_path / "child.log").read_text():
        time.sleep(0.02)
    kept.process.kill()
    with pytest.raises(SupervisorError, match=r"the supervisor is gone[\s\S]*last words"):
        kept_check_until_raised(kept)
    kept.stop()


def test_a_kept_rehearsal_ends_when_its_state_file_is_deleted(tmp_path: Path) -> None:
    root = tmp_path / "rehearsal"
    kept = keep(root, "exec sleep 4409")
    tree = kept.process.children(recursive=True)
    assert len(tree) == 1
    shutil.rmtree(root)
    _, alive = psutil.wait_procs([*tree, kept.process], timeout=10)
    assert alive == []
    assert not root.exists()
    with pytest.raises(SupervisorError, match="the supervisor is gone"):
        kept.check()


def test_a_kept_rehearsal_leaves_the_state_file_of_the_next_one_alone(tmp_path: Path) -> None:
    kept = keep(tmp_path, "exec sleep 4410")
    state = tmp_path / "supervisor.json"
    values = json.loads(state.read_text())
    text = json.dumps({"supervisor": {**values["supervisor"], "start": 1.0}, "children": []})
    state.write_text(text)
    psutil.wait_procs([kept.process], timeout=10)
    assert not kept.process.is_running()
    assert state.read_text() == text


def test_the_state_file_holds_no_environment_and_is_the_owners_alone(tmp_path: Path) -> None:
    spec = ChildSpec("a", ("/bin/sleep", "4406"), tmp_path / "log", {"TOKEN": "hidden-value"})
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(spec)
        state = tmp_path / "supervisor.json"
        assert "hidden-value" not in state.read_text()
        assert state.stat().st_mode & 0o077 == 0
