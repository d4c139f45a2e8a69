"""Programs forked from a process that has the SDKs loaded: as a fresh process would run them."""

# ruff: noqa: ARG002, N802 - names and arguments of the monitor are the protocol's

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import psutil
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, resource_pb2, resource_pb2_grpc

from infra.rehearsal.language_host.children import Children
from infra.rehearsal.language_host.programs import PRELOADED_VARIABLE, fork

pytestmark = pytest.mark.real

HOST = """
import json, os, sys
from infra.rehearsal.language_host.programs import fork
child = fork(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
print("pid", child.pid, flush=True)
print("code", child.wait(), flush=True)
"""

SLEEPER = "import time; print('asleep', flush=True); time.sleep(600)"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where programs are forked."""
    address = str(tmp_path_factory.mktemp("preloaded") / "sdks")
    module = "infra.rehearsal.language_host.preloaded"
    process = subprocess.Popen([sys.executable, "-u", "-P", "-m", module, address, "aws"])
    deadline = time.monotonic() + 60
    while not Path(address).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    yield address
    process.kill()
    process.wait()


class Monitor(resource_pb2_grpc.ResourceMonitorServicer, engine_pb2_grpc.EngineServicer):
    """As much of an engine as a program needs that declares nothing."""

    def GetDeploymentInfo(self, request: object, context: object) -> resource_pb2.DeploymentInfo:
        return resource_pb2.DeploymentInfo()

    def Log(self, request: object, context: object) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def GetRootResource(
        self, request: object, context: object
    ) -> engine_pb2.GetRootResourceResponse:
        return engine_pb2.GetRootResourceResponse()

    def SetRootResource(
        self, request: object, context: object
    ) -> engine_pb2.SetRootResourceResponse:
        return engine_pb2.SetRootResourceResponse()

    def SupportsFeature(
        self, request: object, context: object
    ) -> resource_pb2.SupportsFeatureResponse:
        return resource_pb2.SupportsFeatureResponse(hasSupport=False)

    def RegisterResource(
        self, request: object, context: object
    ) -> resource_pb2.RegisterResourceResponse:
        return resource_pb2.RegisterResourceResponse(urn="urn:pulumi:s::p::a::b")

    def RegisterResourceOutputs(self, request: object, context: object) -> empty_pb2.Empty:
        return empty_pb2.Empty()


@pytest.fixture(scope="module")
def monitor() -> Iterator[str]:
    """Where the engine would be."""
    server = grpc.server(ThreadPoolExecutor(2))
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(Monitor(), server)
    engine_pb2_grpc.add_EngineServicer_to_server(Monitor(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(0)


def run(program: Path, monitor: str) -> str:
    """A run of a program."""
    return json.dumps(
        {
            "project": "p",
            "stack": "s",
            "organization": "o",
            "root_directory": str(program.parent),
            "monitor": monitor,
            "engine": monitor,
            "parallel": 1,
            "dry_run": True,
            "program": str(program),
            "arguments": [],
        }
    )


def start(
    address: str, monitor: str, folder: Path, source: str, **environment: str
) -> subprocess.Popen[str]:
    """Start a program as the language host does, in a process of its own."""
    program = folder / "__main__.py"
    program.write_text(source)
    variables = json.dumps({"TOKENWORKS_PROGRAM": run(program, monitor), **environment})
    command = [sys.executable, "-P", "-c", HOST, address, str(folder), variables]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_a_fork_has_the_order_s_folder_environment_and_output_and_tells_its_exit_code(
    address: str, monitor: str, tmp_path: Path
) -> None:
    source = "import os, sys; print(os.getcwd(), os.environ['MARK'], len(os.environ)); sys.exit(7)"

    with start(address, monitor, tmp_path, source, MARK="here") as host:
        output, _ = host.communicate(timeout=60)

    assert f"{tmp_path} here 1" in output  # the run itself is taken out before the program starts
    assert "code 7" in output


def test_the_sdks_are_loaded_and_nothing_of_this_project_is_but_the_rehearsal(
    address: str, monitor: str, tmp_path: Path
) -> None:
    source = (
        "import sys, threading\n"
        "ours = {n for n in sys.modules if n.split('.')[0] in ('infra', 'components')}\n"
        "print('sdks', {'pulumi_aws.eks', 'pulumi_kubernetes.core.v1'} <= set(sys.modules))\n"
        "print('ours', sorted(n for n in ours if not n.startswith('infra.rehearsal')))\n"
        "sys.exit(0)\n"
    )

    with start(address, monitor, tmp_path, source) as host:
        output, _ = host.communicate(timeout=60)

    assert "sdks True" in output
    assert "ours ['infra']" in output


def test_a_fork_ends_with_whoever_asked_for_it(address: str, monitor: str, tmp_path: Path) -> None:
    with start(address, monitor, tmp_path, SLEEPER) as host:
        assert host.stdout is not None
        pid = int(host.stdout.readline().split()[1])
        program = psutil.Process(pid)
        assert host.stdout.readline() == "asleep\n"
        host.kill()
        _, alive = psutil.wait_procs([program], timeout=5)

    assert alive == []


def test_a_killed_fork_has_no_exit_code_of_its_own(
    address: str, monitor: str, tmp_path: Path
) -> None:
    with start(address, monitor, tmp_path, SLEEPER) as host:
        assert host.stdout is not None
        pid = int(host.stdout.readline().split()[1])
        assert host.stdout.readline() == "asleep\n"
        os.killpg(pid, signal.SIGKILL)
        output, _ = host.communicate(timeout=60)

    assert output == f"code {-signal.SIGKILL}\n"


def test_without_anybody_there_a_program_gets_a_process_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = str(tmp_path / "nobody")
    monkeypatch.setenv(PRELOADED_VARIABLE, nowhere)
    assert fork(nowhere, None, {}) is None
    children = Children()

    child = children.start_program(
        [sys.executable, "-c", "import sys; sys.exit(5)"], directory=None, environment={}
    )

    assert children.wait(child) == 5
