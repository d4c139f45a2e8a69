"""The real programs, for every test under `tests/real`.

Three session fixtures, shared by all tests of one pytest process:

`programs -> infra.rehearsal.ladder.Programs`
    The engine and the control plane's programs, installed if they are not in the user's cache yet
    (`TOKENWORKS_CACHE` names another one). `programs.path("pulumi")` is an absolute path.

`measuring -> infra.rehearsal.ladder.Programs`
    Prometheus and promtool, which no rehearsal runs; likewise (`tests.support.prometheus`).

`control_plane -> infra.rehearsal.control_plane.ControlPlane`
    A running API server (`.endpoint`, `.ca_pem`, `.admin_token`, `.kubeconfig`) that emulates
    Kubernetes 1.35, with controller manager, scheduler and kwok (the stages of
    `infra/rehearsal/nodes/stages.yaml`). Everyone shares it: use a namespace of your own with a
    random name, name nodes and other cluster-wide objects after your test, and delete them. Tokens
    other than the admin's are refused: no authenticator is configured. A test that needs one starts
    a control plane of its own with `infra.rehearsal.control_plane.start`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from infra.rehearsal import control_plane as planes
from infra.rehearsal import ladder
from infra.rehearsal.control_plane import ControlPlane
from infra.rehearsal.ladder import Programs, SilentProgress
from infra.rehearsal.supervisor import Supervisor
from tests.support.parts import Part

HERE = Path(__file__).parent
ON_FIXED_PORTS = "gateway"
"""Folder whose tests have a controller on ports that its source fixes: one process runs them."""
BY_ENVIRONMENT = frozenset(
    {
        *("test_production.py", "test_interrupts.py", "test_recovery.py", "test_destroy.py"),
        *("test_translation.py", "test_sweep.py"),
    }
)
"""Files whose environments share nothing and take minutes each."""
LONGEST_FIRST = (
    *("test_production.py", "test_interrupts.py", "test_recovery.py", "test_destroy.py"),
    *("engine", "vectors", "test_rehearsal.py", "cert_manager", "gateway", "test_translation.py"),
    *("test_graph_equality.py", "test_secrets.py"),
)
"""Files and folders that take minutes (2026-11-27): begun last, they would be waited for alone."""
STAGES = Path(__file__).parents[2] / "infra" / "rehearsal" / "nodes" / "stages.yaml"


class Places(LoadScopeScheduling):
    """Gives one process what shares a place."""

    def _split_scope(self, nodeid: str) -> str:
        return place_of(nodeid)


def place_of(nodeid: str) -> str:
    """Return the place of a test: a file, the folder on fixed ports, or an environment."""
    path, _, test = nodeid.partition("::")
    path = path.removeprefix("tests/real/")
    if ON_FIXED_PORTS in Path(path).parts:
        return ON_FIXED_PORTS
    return f"{path}[{test.partition('[')[2]}" if Path(path).name in BY_ENVIRONMENT else path


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let several machines share the tests."""
    parser.addoption("--part", help="run a part of the tests with real programs, `2/6`")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Places:
    """Share the tests out, where several processes run them (`-n`)."""
    return Places(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep one part; begin with what takes longest, where several processes run the tests."""
    if (text := config.getoption("--part")) is not None:
        _keep_part(text, config, items)
    if hasattr(config, "workerinput"):
        items.sort(key=_turn)


def _keep_part(text: str, config: pytest.Config, items: list[pytest.Item]) -> None:
    try:
        part = Part.parse(text)
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None
    mine = part.places([place_of(item.nodeid) for item in items])
    config.hook.pytest_deselected(items=[i for i in items if place_of(i.nodeid) not in mine])
    items[:] = [item for item in items if place_of(item.nodeid) in mine]


def _turn(item: pytest.Item) -> int:
    first = item.path.relative_to(HERE).parts[0] if item.path.is_relative_to(HERE) else ""
    return LONGEST_FIRST.index(first) if first in LONGEST_FIRST else len(LONGEST_FIRST)


@pytest.fixture(scope="session")
def programs() -> Programs:
    """Every real program, from the user's cache."""
    return ladder.install(SilentProgress())


@pytest.fixture(scope="session")
def measuring() -> Programs:
    """Prometheus and promtool, from the user's cache."""
    return ladder.install(SilentProgress(), families=ladder.TEST_FAMILIES)


@pytest.fixture(scope="session")
def control_plane(
    programs: Programs, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ControlPlane]:
    """One control plane for all tests of this process; gone with it, however it ends."""
    directory = tmp_path_factory.mktemp("rehearsal")
    with Supervisor(directory) as supervisor:
        yield planes.start(
            supervisor,
            programs,
            directory / "control-plane",
            kubernetes_version="1.35",
            stages=STAGES,
        )
