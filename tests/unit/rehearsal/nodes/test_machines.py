"""Nodes follow what node groups ask for."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from infra.rehearsal.nodes.gpus import announcements
from infra.rehearsal.nodes.groups import ADVERTISES_ANNOTATION, GPU_RESOURCE
from infra.rehearsal.nodes.machines import plan
from infra.rehearsal.nodes.view import Cluster, PodView
from tests.unit.rehearsal.nodes.examples import DAEMON, NODE, SPOT

PLUGIN = replace(DAEMON, annotations={ADVERTISES_ANNOTATION: GPU_RESOURCE})
SILENT = replace(NODE, gpus=None)


@given(st.integers(0, 5), st.integers(0, 5), st.integers(0, 3))
def test_a_group_ends_up_with_as_many_nodes_as_it_asks_for(
    desired: int, present: int, leaving: int
) -> None:
    staying = [replace(NODE, name=f"n{serial}", serial=serial) for serial in range(present)]
    going = [replace(NODE, name=f"g{serial}", leaving=True) for serial in range(leaving)]
    todo = plan([replace(SPOT, desired=desired)], staying + going)
    removed = [node for node in todo.remove if not node.leaving]
    assert present + len(todo.create) - len(removed) == desired
    assert not (todo.create and removed)
    assert [node.serial for node in removed] == list(range(present - 1, desired - 1, -1))
    assert [node for node in todo.remove if node.leaving] == going


def test_nodes_of_a_group_that_is_gone_leave_and_foreign_nodes_stay() -> None:
    foreign = replace(NODE, name="foreign", group="")
    assert plan([], [NODE, foreign]).remove == (NODE,)


def test_a_running_device_plugin_announces_the_machines_gpus() -> None:
    large = replace(SILENT, machine="g6.12xlarge")
    assert announcements(Cluster((), (large,), (PLUGIN,))) == {"node-0": 4}


def test_gpus_that_are_announced_are_not_written_again() -> None:
    assert announcements(Cluster((), (NODE,), (PLUGIN,))) == {}


def test_gpus_go_with_the_last_device_plugin() -> None:
    assert announcements(Cluster((), (NODE,), ())) == {"node-0": 0}
    assert announcements(Cluster((), (replace(NODE, gpus=0),), ())) == {}


def test_nothing_but_a_ready_device_plugin_announces_gpus() -> None:
    others: list[PodView] = [
        DAEMON,
        replace(PLUGIN, ready=False),
        replace(PLUGIN, deleting=True),
        replace(PLUGIN, phase="Failed"),
        replace(PLUGIN, node="elsewhere"),
        replace(PLUGIN, annotations={ADVERTISES_ANNOTATION: "example.com/other"}),
    ]
    for pod in others:
        assert announcements(Cluster((), (SILENT,), (pod,))) == {}


def test_a_machine_without_gpus_gets_none_announced() -> None:
    for machine in ("m7i.large", "", "unheard-of"):
        node = replace(SILENT, machine=machine)
        assert announcements(Cluster((), (node,), (PLUGIN,))) == {}
