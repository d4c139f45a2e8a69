"""A stack in a network of somebody else's: it comes, it goes, and the network stays as it was."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import yaml

from infra.preflight import facts as facts_module
from infra.rehearsal.clouds import CloudDoor
from infra.rehearsal.control_plane.start import free_ports
from infra.rehearsal.ladder import Programs
from infra.rehearsal.leftovers import leftovers
from tests.support.foreign import FOREIGN, Foreign, Seen
from tests.support.projects import make_project, stack_config
from tests.support.stage import open_stage

pytestmark = pytest.mark.real

TOKENWORKS = Path(sys.executable).with_name("tokenworks")
TYPICAL_FACTS = Path(facts_module.__file__).parent / "facts"


@pytest.fixture(params=FOREIGN)
def cloud(request: pytest.FixtureRequest) -> str:
    """Each cloud."""
    return request.param


def roomy_facts(cloud: str, folder: Path) -> Path:
    """Write facts of an account in which no quota is in the way."""
    typical = TYPICAL_FACTS / cloud / "typical.yaml"
    facts = yaml.safe_load(typical.read_text(encoding="utf-8"))
    facts["name"] = "roomy"
    facts["quotas"] = dict.fromkeys(facts["quotas"], 100_000)
    path = folder / "roomy.yaml"
    path.write_text(yaml.safe_dump(facts), encoding="utf-8")
    return path


def foreign_config(foreign: Foreign) -> dict[str, object]:
    """Return the settings of a development stack in a network that exists."""
    return {**stack_config(foreign.stack), "tokenworks:network": {**foreign.network}}


def test_a_stack_comes_and_goes_and_leaves_the_network_as_it_was(
    cloud: str, tmp_path: Path, programs: Programs
) -> None:
    foreign = FOREIGN[cloud]
    stack = foreign.stack
    project = make_project(tmp_path / "it", {stack: foreign_config(foreign)})
    with open_stage(project, stack, programs) as stage:
        door = stage.site.door
        before = foreign.seen(door)

        up = stage.session.up(stack)

        assert up.ok, up.errors
        assert [step.type for step in up.steps if step.type.startswith(foreign.own)] == []
        existing = foreign.existing
        assert foreign.stands_in(door) == (existing.vpc_id, sorted(existing.private_subnet_ids))
        again = stage.session.preview(stack, expect_no_changes=True)
        assert (again.ok, dict(again.changed)) == (True, {}), again.errors

        down = stage.session.destroy(stack)

        assert down.ok, down.errors
        assert leftovers(stage.site, stage.before) == []
        assert foreign.seen(door) == before


def test_a_network_without_room_stops_a_rehearsal_before_anything_is_built(
    cloud: str, tmp_path: Path
) -> None:
    foreign = FOREIGN[cloud]
    config = foreign_config(foreign)
    cidr, nodes = foreign.cramped
    config["tokenworks:cloud"]["networkCidr"] = cidr  # ty: ignore[invalid-assignment] - the file is ours
    config["tokenworks:gpuPools"][0]["spot"]["max"] = nodes  # ty: ignore[not-subscriptable] - as above
    project = make_project(tmp_path / "it", {foreign.stack: config})
    facts = roomy_facts(cloud, tmp_path)

    done = subprocess.run(
        [
            *(str(TOKENWORKS), "rehearse", foreign.stack),
            *("--facts", str(facts), "--project", str(project)),
        ],
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    vpc = foreign.existing.vpc_id
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"network {vpc}: 1 to mend, 0 advised" in done.stdout
    assert foreign.no_room in done.stdout
    assert f"failed: {foreign.stack} cannot come up in network {vpc}" in done.stderr
    assert f"up {foreign.stack}" not in done.stdout


@pytest.mark.parametrize("cloud", FOREIGN)
def test_the_network_is_the_same_after_a_kill_of_the_cloud(cloud: str, tmp_path: Path) -> None:
    foreign = FOREIGN[cloud]
    foreign.existing.write(tmp_path / "network")

    def seen() -> Seen:
        (port,) = free_ports(1)
        command = [
            *(sys.executable, "-m", f"infra.rehearsal.{cloud}", "--authenticator-port", str(port)),
            *("--state-file", str(tmp_path / "state"), "--journal", str(tmp_path / "journal")),
            *("--existing-network", str(tmp_path / "network")),
        ]
        with (
            tempfile.TemporaryFile() as log,
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as daemon,
        ):
            assert daemon.stdout is not None
            assert daemon.stdout.readline()
            state = json.loads((tmp_path / "state").read_text(encoding="utf-8"))
            door = CloudDoor(f"http://127.0.0.1:{port}", state, foreign.region)
            found = foreign.seen(door)
            daemon.kill()
        return found

    first = seen()

    assert any(foreign.existing.vpc_id in item for found in first.values() for item in found)
    assert seen() == first
