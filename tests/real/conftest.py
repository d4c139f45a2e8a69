"""The real programs, for every test under `tests/real`.

Two session fixtures, both shared by all tests of one pytest process:

`programs -> infra.rehearsal.ladder.Programs`
    The engine and the control plane's programs, installed if they are not in the user's cache yet
    (`TOKENWORKS_CACHE` names another one). `programs.path("pulumi")` is an absolute path.

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

from infra.rehearsal import control_plane as planes
from infra.rehearsal import ladder
from infra.rehearsal.control_plane import ControlPlane
from infra.rehearsal.ladder import Programs, SilentProgress
from infra.rehearsal.supervisor import Supervisor

STAGES = Path(__file__).parents[2] / "infra" / "rehearsal" / "nodes" / "stages.yaml"


@pytest.fixture(scope="session")
def programs() -> Programs:
    """Every real program, from the user's cache."""
    return ladder.install(SilentProgress())


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
