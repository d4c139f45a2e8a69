"""The simulated AWS as a program: its handshake, its state file, how it ends."""

import json
import os
import select
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.unit.rehearsal.aws.harness import TRUST_EKS, Engine
from tests.unit.rehearsal.aws.scene import CLUSTER, ROLE
from tests.unit.rehearsal.cloud.wire import RefusedError

pytestmark = pytest.mark.real


START_SECONDS = 60
END_SECONDS = 5


def _command(state: Path, *more: str) -> list[str]:
    return [
        *(sys.executable, "-W", "ignore", "-m", "infra.rehearsal.aws"),
        *("--state-file", str(state), "--authenticator-port", "0", *more),
    ]


def _ready(process: subprocess.Popen[str]) -> dict[str, int]:
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], START_SECONDS)
    assert readable, "the simulated AWS said nothing"
    return json.loads(process.stdout.readline())


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A simulated AWS without an API server."""
    with subprocess.Popen(
        _command(tmp_path / "state.json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        yield process
        process.kill()


def test_it_says_where_it_listens_keeps_its_key_to_itself_and_ends_when_told(
    daemon: subprocess.Popen[str], tmp_path: Path
) -> None:
    ports = _ready(daemon)

    state_file = tmp_path / "state.json"
    assert stat.S_IMODE(state_file.stat().st_mode) == 0o600
    state = json.loads(state_file.read_text())
    assert (state["accountId"], state["region"]) == ("123456789012", "us-east-1")
    assert state["accessKeyId"].startswith("AKIA")
    engine = Engine(ports["port"])
    role = engine.create(ROLE, {"assumeRolePolicy": TRUST_EKS})
    with pytest.raises(RefusedError, match="not simulated: EKS without an API server"):
        engine.create(
            CLUSTER,
            {
                "roleArn": role["arn"],
                "vpcConfig": {"subnetIds": ["subnet-0123456789abcdef0"]},
            },
        )
    engine.close()

    daemon.send_signal(signal.SIGTERM)

    assert daemon.wait(END_SECONDS) == 0


def test_it_ends_when_the_process_that_started_it_is_gone(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen({_command(tmp_path / 'state.json')!r}, stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
        "sys.stdout.write(f'{child.pid}\\n'); sys.stdout.flush(); time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        os.kill(parent.pid, signal.SIGKILL)

    deadline = time.monotonic() + END_SECONDS
    while _alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(child)


def test_a_control_plane_file_that_says_too_little_is_named(tmp_path: Path) -> None:
    told = tmp_path / "plane.json"
    told.write_text('{"endpoint": "https://127.0.0.1:1"}', encoding="utf-8")

    done = subprocess.run(
        _command(tmp_path / "state.json", "--control-plane", str(told)),
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )

    assert done.returncode == 2
    assert f"{told}: must be JSON with endpoint, caPem, adminToken and region" in done.stderr


def test_facts_that_nobody_wrote_are_named(tmp_path: Path) -> None:
    done = subprocess.run(
        _command(tmp_path / "state.json", "--facts", "fresh-acount"),
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )

    assert done.returncode == 2
    assert "did you mean fresh-account?" in done.stderr


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
