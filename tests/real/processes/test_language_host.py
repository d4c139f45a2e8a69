"""The language host leaves at once, and takes its program with it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import psutil
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

from tests.support.trees import owner_process, sleepers

pytestmark = pytest.mark.real

COMMAND = [sys.executable, "-P", "-m", "infra.rehearsal.language_host", "127.0.0.1:1"]

OWNER = f"""
import subprocess, time

host = subprocess.Popen({COMMAND!r}, stdout=subprocess.PIPE, start_new_session=True)
host.stdout.readline()
print("started", flush=True)
time.sleep(600)
"""


@pytest.fixture
def host() -> Iterator[subprocess.Popen[bytes]]:
    """A host, its port not read yet."""
    process = subprocess.Popen(COMMAND, stdout=subprocess.PIPE, start_new_session=True)
    yield process
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def channel(host: subprocess.Popen[bytes]) -> grpc.Channel:
    assert host.stdout is not None
    return grpc.insecure_channel(f"127.0.0.1:{int(host.stdout.readline())}")


def sleeping_pack(tmp_path: Path) -> language_pb2.RunPluginRequest:
    """A plugin that prints, and then sleeps in a program of its own."""
    program = tmp_path / "__main__.py"
    program.write_text(
        "import subprocess, sys\n"
        "print('out'); print('err', file=sys.stderr); sys.stdout.flush()\n"
        "subprocess.run(['sleep', '6601'])\n"
    )
    return language_pb2.RunPluginRequest(
        kind="resource",
        info=language_pb2.ProgramInfo(program_directory=str(tmp_path)),
        env=[f"PATH={os.defpath}"],
    )


def test_it_tells_the_sdks_version_and_this_interpreter(host: subprocess.Popen[bytes]) -> None:
    with channel(host) as to_host:
        stub = language_pb2_grpc.LanguageRuntimeStub(to_host)
        assert stub.GetPluginInfo(empty_pb2.Empty()).version.startswith("3.")
        assert stub.About(language_pb2.AboutRequest()).executable == sys.executable
        dependencies = stub.GetProgramDependencies(language_pb2.GetProgramDependenciesRequest())
        assert "pulumi" in {found.name for found in dependencies.dependencies}


def test_it_leaves_at_once_on_sigint_and_ends_its_program(
    host: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    with channel(host) as to_host:
        answers = language_pb2_grpc.LanguageRuntimeStub(to_host).RunPlugin(sleeping_pack(tmp_path))
        got = {"stdout": b"", "stderr": b""}
        while not all(text.endswith(b"\n") for text in got.values()):
            answer = next(answers)
            got["stdout"] += answer.stdout
            got["stderr"] += answer.stderr
        assert got == {"stdout": b"out\n", "stderr": b"err\n"}
        (program,) = sleepers(psutil.Process(host.pid), 1)
        host.send_signal(signal.SIGINT)
        # The engine waits 5 s for a host, and starts two of them for each command.
        assert host.wait(4) == 0
    _, alive = psutil.wait_procs([program], timeout=5)
    assert alive == []


def test_a_call_that_the_engine_ends_ends_its_program(
    host: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    with channel(host) as to_host:
        answers = language_pb2_grpc.LanguageRuntimeStub(to_host).RunPlugin(sleeping_pack(tmp_path))
        next(answers)
        (program,) = sleepers(psutil.Process(host.pid), 1)
        answers.cancel()
        _, alive = psutil.wait_procs([program], timeout=5)
    assert alive == []
    assert host.poll() is None


def test_a_program_can_be_ended_by_signals_as_anywhere(
    host: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    with channel(host) as to_host:
        answers = language_pb2_grpc.LanguageRuntimeStub(to_host).RunPlugin(sleeping_pack(tmp_path))
        (program,) = sleepers(psutil.Process(host.pid), 1)
        program.terminate()
        assert [answer.exitcode for answer in answers][-1] == 0


def test_it_ends_with_its_parent() -> None:
    with owner_process([sys.executable, "-c", OWNER]) as owner:
        tree = psutil.Process(owner.pid).children(recursive=True)
        assert len(tree) == 1
        owner.kill()
        owner.wait()
    _, alive = psutil.wait_procs(tree, timeout=5)
    assert alive == []
