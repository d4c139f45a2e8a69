"""The real engine and the real control plane, each driven by our own host and supervisor."""

import importlib
import json
import signal
import socket
import ssl
import subprocess
import sys
import textwrap
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import psutil
import pytest
import urllib3
import yaml
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from infra import wire
from infra.rehearsal import control_plane as planes
from infra.rehearsal.control_plane import ControlPlane
from infra.rehearsal.control_plane.start import free_ports
from infra.rehearsal.engine import EngineSession, OperationResult
from infra.rehearsal.ladder import Programs
from infra.rehearsal.supervisor import Supervisor, find_kept

# ruff: noqa: ARG002, N802 - the provider's names and arguments are the protocol's

pytestmark = pytest.mark.real

PROGRAM = """
import pulumi
import sys


class Thing(pulumi.CustomResource):
    def __init__(self, name, **inputs):
        super().__init__("tiny:index:Thing", name, {**inputs, "made": None})


config = pulumi.Config()
print("hello from the program", sys.path[0])
if config.get("fail") == "error":
    raise ValueError("nothing fits")
if config.get("fail") == "run-error":
    raise pulumi.RunError("setting `pool`: no such pool")
thing = Thing("one", size=config.get_int("size", 1), delay=config.get_float("delay", 0))
for index in range(config.get_int("more", 0)):
    Thing(f"more-{index}", size=1, delay=0)
if config.get("other"):
    other = pulumi.StackReference(config.require("other"))
    Thing("two", size=other.get_output("size"), delay=0)
pulumi.export("size", thing.made)
pulumi.export("password", config.get_secret("password"))
"""


class TinyProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Things with a size; creating one takes as long as its `delay` says, in seconds."""

    def __init__(self) -> None:
        self.things: dict[str, wire.Properties] = {}
        self.cancelled = threading.Event()

    def Handshake(
        self, request: provider_pb2.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def Attach(
        self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        self.cancelled.clear()  # the engine cancels at the end of every command
        return empty_pb2.Empty()

    def GetPluginInfo(
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version="1.0.0")

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        return provider_pb2.ConfigureResponse(supportsPreview=True, acceptSecrets=True)

    def Check(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        keys = wire.changed_keys(wire.decode(request.old_inputs), wire.decode(request.news))
        kind = provider_pb2.DiffResponse
        return kind(changes=kind.DIFF_SOME if keys else kind.DIFF_NONE, diffs=keys)

    def Create(
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        properties = wire.decode(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(
                properties=wire.encode({**properties, "made": wire.UNKNOWN})
            )
        if self.cancelled.wait(float(str(properties["delay"]))):
            context.abort(grpc.StatusCode.CANCELLED, "cancelled")
        identifier = uuid.uuid4().hex
        self.things[identifier] = {**properties, "made": properties["size"]}
        return provider_pb2.CreateResponse(
            id=identifier, properties=wire.encode(self.things[identifier])
        )

    def Read(
        self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ReadResponse:
        properties = wire.encode(self.things[request.id])
        return provider_pb2.ReadResponse(
            id=request.id, properties=properties, inputs=request.inputs
        )

    def Update(
        self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.UpdateResponse:
        properties = wire.decode(request.news)
        self.things[request.id] = {**properties, "made": properties["size"]}
        return provider_pb2.UpdateResponse(properties=wire.encode(self.things[request.id]))

    def Delete(
        self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        del self.things[request.id]
        return empty_pb2.Empty()

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        self.cancelled.set()
        return empty_pb2.Empty()


class Project:
    """A small project like ours, with its provider and an engine session."""

    def __init__(self, root: Path, pulumi: Path, port: int, provider: TinyProvider) -> None:
        self.provider = provider
        self.port = port
        self.root = root
        (root / "infra").mkdir()
        (root / "stacks").mkdir()
        (root / "infra" / "__main__.py").write_text(PROGRAM)
        (root / "Pulumi.yaml").write_text(
            textwrap.dedent("""
                name: tiny-project
                runtime: {name: python, options: {toolchain: uv, virtualenv: .venv}}
                main: infra
                stackConfigDir: stacks
                backend: {url: "https://api.pulumi.com"}
            """)
        )
        self.session = EngineSession(
            pulumi,
            root,
            root / ".rehearsal" / "engine",
            debug_providers={"tiny": port},
            credentials={"TINY_MARKER": "marker"},
        )

    def configure(self, stack: str, **config: object) -> Path:
        """Write a stack file and prepare the stack."""
        path = self.root / "stacks" / f"Pulumi.{stack}.yaml"
        values = {f"tiny-project:{name}": value for name, value in config.items()}
        path.write_text(yaml.safe_dump({"config": values}))
        self.session.init_stack(stack)
        return path


@pytest.fixture
def project(tmp_path: Path, programs: Programs) -> Iterator[Project]:
    """A project, its provider listening."""
    provider = TinyProvider()
    server = grpc.server(ThreadPoolExecutor(8))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield Project(tmp_path, programs.path("pulumi"), port, provider)
    server.stop(grace=None).wait()


def messages(result: OperationResult) -> str:
    """Everything that a user would be told."""
    return "\n".join(diagnostic.message for diagnostic in result.diagnostics)


def test_a_stack_comes_up_shows_no_change_changes_and_is_destroyed(project: Project) -> None:
    project.configure("dev", size=3)
    planned = project.session.preview("dev")
    assert planned.errors == ()
    assert planned.changed == {"create": 2}
    assert project.provider.things == {}

    created = project.session.up("dev")
    assert created.errors == ()
    assert [thing["size"] for thing in project.provider.things.values()] == [3]
    assert "hello from the program" in messages(created)
    assert f"{project.root}/infra" in messages(created)

    unchanged = project.session.preview("dev", expect_no_changes=True)
    assert unchanged.ok
    assert unchanged.changed == {}

    project.configure("dev", size=4)
    changed = project.session.preview("dev", expect_no_changes=True)
    assert not changed.ok
    assert changed.changed == {"update": 1}
    (step,) = [step for step in changed.steps if step.op == "update"]
    assert (step.name, step.changed) == ("one", ("size",))
    assert step.old is not None
    assert step.new is not None
    assert (step.old.inputs["size"], step.new.inputs["size"]) == (3, 4)

    destroyed = project.session.destroy("dev")
    assert destroyed.errors == ()
    assert project.provider.things == {}


def test_no_warning_about_our_own_plugins_reaches_the_user(project: Project) -> None:
    project.configure("dev")
    result = project.session.preview("dev")
    assert "$PATH" in result.log.read_text()
    assert "$PATH" not in messages(result)


def test_an_exception_of_the_program_is_shown_from_its_own_first_line(project: Project) -> None:
    project.configure("dev", fail="error")
    result = project.session.preview("dev")
    assert not result.ok
    (error,) = result.errors
    assert error.startswith("Program failed with an unhandled exception")
    assert "ValueError: nothing fits" in error
    assert "runpy" not in error
    assert f"{project.root}/infra/__main__.py" in error


def test_a_run_error_is_shown_as_its_message_alone(project: Project) -> None:
    project.configure("dev", fail="run-error")
    result = project.session.preview("dev")
    assert "setting `pool`: no such pool" in result.errors
    assert "Traceback" not in messages(result)


def test_a_stack_reference_reads_the_other_stack_of_the_environment(project: Project) -> None:
    project.configure("prod", size=5)
    project.configure("prod-models", other="organization/tiny-project/prod")
    assert project.session.up("prod").errors == ()
    assert project.session.up("prod-models").errors == ()
    sizes = sorted(str(thing["size"]) for thing in project.provider.things.values())
    assert sizes == ["1", "5", "5"]


def test_a_secret_of_the_stack_file_becomes_a_marker_and_the_file_stays(project: Project) -> None:
    project.configure("dev")
    path = project.root / "stacks" / "Pulumi.dev.yaml"
    text = (
        "# as a real stack has it\nencryptionsalt: v1:real:v1:real:real\n"
        "config:\n  tiny-project:size: 2\n  tiny-project:password:\n    secure: v1:abc:def\n"
    )
    path.write_text(text)
    project.session.init_stack("dev")
    result = project.session.up("dev")
    assert result.errors == ()
    assert path.read_text() == text
    state = json.dumps(project.session.export("dev"))
    assert "ciphertext" in state
    assert "rehearsal-marker" not in state


def session_with_policy(project: Project, pulumi: Path, program: str) -> EngineSession:
    """A session of the project that a policy pack with that program guards."""
    pack = project.root / "policies"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("{runtime: python, version: 0.0.1}")
    (pack / "__main__.py").write_text(program)
    return EngineSession(
        pulumi,
        project.root,
        project.root / ".rehearsal" / "engine",
        debug_providers={"tiny": project.port},
        credentials={},
        policy_packs=[pack],
    )


def test_a_policy_pack_that_does_not_start_is_shown_with_its_own_error(
    project: Project, programs: Programs
) -> None:
    session = session_with_policy(project, programs.path("pulumi"), "raise OSError('no rules')")
    project.configure("dev")
    result = session.preview("dev")
    assert not result.ok
    assert any("OSError: no rules" in error for error in result.errors)


@pytest.mark.parametrize("hostile", ["environment", "project", "home"])
def test_no_cloud_backend_can_be_selected(
    hostile: str,
    project: Project,
    programs: Programs,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cloud = "https://api.pulumi.com"
    if hostile == "environment":
        monkeypatch.setenv("PULUMI_BACKEND_URL", cloud)
        monkeypatch.setenv("PULUMI_API", cloud)
        monkeypatch.setenv("PULUMI_ACCESS_TOKEN", "pul-0000000000000000000000000000000000000000")
    if hostile == "home":
        credentials = tmp_path / "user" / ".pulumi" / "credentials.json"
        credentials.parent.mkdir(parents=True)
        credentials.write_text(json.dumps({"current": cloud, "accessTokens": {cloud: "pul-1"}}))
        monkeypatch.setenv("HOME", str(tmp_path / "user"))
        monkeypatch.setenv("PULUMI_HOME", str(credentials.parent))
    # The project's own Pulumi.yaml names a cloud backend in every case.
    session = EngineSession(
        programs.path("pulumi"),
        project.root,
        tmp_path / "another",
        debug_providers={},
        credentials={},
    )
    assert session.backend_url() == f"file://{tmp_path}/another/backend"


INTERRUPTED = """
import sys
from pathlib import Path
from infra.rehearsal.control_plane.start import free_ports
from infra.rehearsal.engine import EngineSession

pulumi, root, port = sys.argv[1:]
session = EngineSession(
    Path(pulumi), Path(root), Path(root) / ".rehearsal" / "engine",
    debug_providers={"tiny": int(port)}, credentials={},
)
session.up("dev", on_event=lambda event: print(event.name, flush=True))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_update_leaves_no_process_and_the_next_one_works(
    number: signal.Signals, project: Project, programs: Programs
) -> None:
    project.configure("dev", delay=120)
    owner = subprocess.Popen(
        [
            sys.executable,
            "-c",
            INTERRUPTED,
            programs.path("pulumi"),
            project.root,
            str(project.port),
        ],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with owner:
        assert owner.stdout is not None
        assert any(line.strip() == "one" for line in owner.stdout)
        tree = psutil.Process(owner.pid).children(recursive=True)
        assert {"pulumi"} <= {process.name() for process in tree}
        owner.send_signal(number)
        owner.wait(30)
    _, alive = psutil.wait_procs(tree, timeout=5)
    assert alive == []

    project.configure("dev", delay=0)
    assert project.session.up("dev").errors == ()
    assert project.session.destroy("dev").errors == ()


def test_the_control_plane_serves_the_stacks_version_with_the_pinned_programs(
    control_plane: ControlPlane, programs: Programs
) -> None:
    assert control_plane.emulated_version == "1.35"
    assert control_plane.server_version == programs.by_name["kube-apiserver"].version


def test_the_api_server_is_verified_by_its_authority_and_knows_only_its_tokens(
    control_plane: ControlPlane,
) -> None:
    strict = ssl.create_default_context(cadata=control_plane.ca_pem)
    strict.verify_flags |= ssl.VERIFY_X509_STRICT  # the default from Python 3.13 on
    url = f"{control_plane.endpoint}/api/v1/namespaces"

    def status(token: str | None) -> int:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        with urllib3.PoolManager(ssl_context=strict, retries=False) as pool:
            return pool.request("GET", url, headers=headers).status

    assert status(control_plane.admin_token) == 200
    assert status("guessed") == 401
    assert status(None) == 401
    with (
        urllib3.PoolManager(retries=False) as pool,
        pytest.raises(urllib3.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        pool.request("GET", url)


def test_secrets_of_the_control_plane_are_the_owners_and_in_no_argument(
    control_plane: ControlPlane,
) -> None:
    directory = control_plane.kubeconfig.parent
    for name in ("tokens.csv", "service-account.key", "admin.kubeconfig", "control-plane.json"):
        assert (directory / name).stat().st_mode & 0o077 == 0
    arguments = [
        " ".join(process.cmdline()) for process in psutil.Process().children(recursive=True)
    ]
    assert any("kube-apiserver" in line for line in arguments)
    assert not any(control_plane.admin_token in line for line in arguments)
    assert control_plane.admin_token not in repr(control_plane)


def test_a_control_plane_is_gone_once_its_supervisor_stopped(
    programs: Programs, tmp_path: Path
) -> None:
    started = time.monotonic()
    with Supervisor(tmp_path) as supervisor:
        plane = planes.start(supervisor, programs, tmp_path / "plane", kubernetes_version="1.35")
        running = find_kept(tmp_path)
        assert running is not None
        tree = running.process.children(recursive=True)
        names = {process.name() for process in tree}
        assert {"etcd", "kube-apiserver", "kube-scheduler"} <= names
        assert planes.ControlPlane.read(tmp_path / "plane") == plane
    assert [process for process in tree if process.is_running()] == []
    with urllib3.PoolManager(retries=False) as pool, pytest.raises(urllib3.exceptions.HTTPError):
        pool.request("GET", plane.endpoint, timeout=1)
    assert time.monotonic() - started < 60


def test_a_port_that_somebody_took_costs_a_second_attempt_and_no_more(
    programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken, Supervisor(tmp_path) as supervisor:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        asked: list[int] = []

        def first_a_taken_one(count: int) -> list[int]:
            asked.append(count)
            return [port, *free_ports(count - 1)] if asked.count(count) == 1 else free_ports(count)

        module = importlib.import_module("infra.rehearsal.control_plane.start")
        monkeypatch.setattr(module, "free_ports", first_a_taken_one)
        plane = planes.start(supervisor, programs, tmp_path / "plane", kubernetes_version="1.35")
        supervisor.check()
    assert asked == [2, 2, 1, 1]
    assert str(port) not in plane.endpoint


def test_a_version_that_cannot_be_emulated_is_refused_with_the_servers_own_words(
    programs: Programs, tmp_path: Path
) -> None:
    with (
        Supervisor(tmp_path) as supervisor,
        pytest.raises(ValueError, match=r"kube-apiserver: ended with exit code 1[\s\S]*1\.20"),
    ):
        planes.start(supervisor, programs, tmp_path / "plane", kubernetes_version="1.20")
