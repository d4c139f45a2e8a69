"""A project whose process was killed is built anew: the same ids, machines and balancers."""

from pathlib import Path

from infra.rehearsal.cloud.journal import Journal
from infra.rehearsal.cloud.recording import timeless
from infra.rehearsal.gcp.api.compute.engine import ComputeEngine
from infra.rehearsal.gcp.api.compute.places import Market
from infra.rehearsal.gcp.existing_network import build
from infra.wire import Properties
from tests.unit.rehearsal.gcp import services_scene
from tests.unit.rehearsal.gcp.scene import ZONE
from tests.unit.rehearsal.gcp.services_scene import PROJECT, REGION, Scene
from tests.unit.rehearsal.gcp.test_inventory import NETWORK


def begun(path: Path) -> Scene:
    """Return a project with a network that is there at every start."""
    world = services_scene.assemble(Journal(path))
    limits = {"NVIDIA_L4_GPUS": 1}
    ComputeEngine(world.project, world.operations, limits, Market(offerings={}))
    build(NETWORK, world.project)
    world.project.repeat()
    return world


def content(world: Scene) -> Properties:
    """Return all that is in the project, without the times."""
    found = {name: timeless(thing) for name, thing in world.project.store.everything()}
    return dict(found)


def use(world: Scene) -> None:
    """Make calls that change something, some that are refused, and reads in between."""
    place = {"project": PROJECT}
    world.call("compute.networks.insert", {"name": "n"}, **place)
    world.refusal("compute.networks.insert", {"name": "n"}, **place)
    world.call("compute.addresses.insert", {"name": "a"}, region=REGION, **place)
    world.call("compute.addresses.list", region=REGION, **place)
    template: Properties = {"name": "t", "properties": {"machineType": "g2-standard-8"}}
    world.call("compute.instanceTemplates.insert", template, **place)
    group: Properties = {"name": "g", "instanceTemplate": "t", "targetSize": 2}
    world.call("compute.instanceGroupManagers.insert", group, zone=ZONE, **place)
    world.account("nodes-dev")
    world.call("compute.addresses.insert", {"name": "b"}, region=REGION, **place)
    world.call("compute.networks.delete", network="n", **place)


def test_all_that_was_in_the_project_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    first = begun(path)
    before = content(first)
    use(first)

    second = begun(path)

    assert content(second) == content(first)
    assert content(second) != before


def test_what_follows_is_as_if_nothing_had_happened(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    use(begun(path))
    size = {"zone": ZONE, "instanceGroupManager": "g", "size": 1, "project": PROJECT}

    second = begun(path)
    second.call("compute.instanceGroupManagers.resize", **size)

    assert content(begun(path)) == content(second)
