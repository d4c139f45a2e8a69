"""The real engine, driven by our own host."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import psutil
import pytest
from pulumi.runtime.proto import provider_pb2_grpc

from infra.rehearsal.engine import EngineSession, OperationResult
from infra.rehearsal.ladder import Programs
from tests.support.tiny import Project, TinyProvider

pytestmark = pytest.mark.real

CHANGES = 7
"""How `preview --expect-no-changes` ends where there are some: workflows tell it from a failure."""


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
    assert changed.exit_code == CHANGES
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


def test_an_engine_that_was_killed_while_it_saved_is_gone_on_from(project: Project) -> None:
    project.configure("dev", size=3)
    assert project.session.up("dev").errors == ()
    folder = project.root / ".rehearsal" / "engine" / "backend" / ".pulumi" / "stacks"
    (state,) = folder.rglob("dev.json")
    state.with_name("dev.json.attrs").write_bytes(b"")

    assert "deployment" in project.session.export("dev")


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
