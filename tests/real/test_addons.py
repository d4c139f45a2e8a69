"""EKS add-ons of the simulated AWS in a real cluster: accepted, scheduled, ready, then gone."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from components.aws.addons import AFTER_SYSTEM_NODES, BEFORE_NODES, AddonPlan
from infra.rehearsal.aws.addon_catalogue import ADDONS
from infra.rehearsal.aws.addon_settings import settings_of
from infra.rehearsal.aws.eks_state import EKS
from infra.rehearsal.cloud import control_plane as planes
from infra.rehearsal.cloud.system_workloads import unready
from infra.rehearsal.control_plane import ControlPlane
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.nodes.autoscaler import Patience
from infra.rehearsal.nodes.controller import NodeController
from infra.wire import Properties
from tests.unit.rehearsal.nodes.examples import SYSTEM, ListedGroups

pytestmark = pytest.mark.real

PATIENCE = Patience(gpus_seconds=2.0, late_gpus_seconds=2.0, no_group_seconds=1.0)
SYSTEM_NODES = replace(SYSTEM, name="addons", max=1)


@dataclass(frozen=True)
class World:
    """What EKS sees of the cluster, and the groups that its nodes come from."""

    plane: planes.ControlPlane
    groups: ListedGroups

    def missing(self, objects: list[Properties]) -> list[str]:
        """Return the workloads whose pods are not all there."""
        return unready(self.plane.workloads(objects))


@pytest.fixture
def world(control_plane: ControlPlane) -> Iterator[World]:
    """A cluster without nodes; its node controller runs."""
    api = ApiClient(control_plane.endpoint, control_plane.ca_pem, control_plane.admin_token)
    groups = ListedGroups(replace(SYSTEM_NODES, min=0, max=0, desired=0))
    controller = NodeController(api, groups, PATIENCE)
    controller.start()
    plane = planes.ControlPlane(control_plane.endpoint, control_plane.ca_pem, "us-east-1", api, EKS)
    try:
        yield World(plane, groups)
        groups.drop(SYSTEM_NODES.name)
        _wait(lambda: not api.list_objects("v1", "Node"))
        _wait(lambda: not api.list_objects("v1", "Pod", "kube-system"))
    finally:
        controller.stop()
        api.close()


def test_add_ons_of_nodes_are_ready_at_once_and_the_others_when_a_node_is(world: World) -> None:
    early = [one for plan in BEFORE_NODES for one in _objects(plan)]
    late = [one for plan in AFTER_SYSTEM_NODES for one in _objects(plan)]
    try:
        world.plane.apply(early + late)
        _wait(lambda: not world.missing(early))
        assert world.missing(late) == ["coredns", "ebs-csi-controller", "metrics-server"]

        world.groups.by_name[SYSTEM_NODES.name] = SYSTEM_NODES

        _wait(lambda: not world.missing(early + late))
    finally:
        world.plane.remove(early + late)


def _objects(plan: AddonPlan) -> list[Properties]:
    """Return what an add-on brings with the settings of the platform."""
    settings = settings_of(ADDONS[plan.name], json.dumps(plan.settings or {}), "CreateAddon")
    found = ADDONS[plan.name].objects(settings, "v1")
    assert found
    return found


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "not within 30 s"
        time.sleep(0.1)
