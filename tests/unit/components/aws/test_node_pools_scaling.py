"""What the autoscaler is told of node groups, and what it may change."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from components.aws.node_pools_scaling import hints
from components.aws.node_pools_shape import NodeShape
from components.nodes import Capacity
from infra.catalog.allocatable import allocatable
from infra.graph.model import Graph
from tests.unit.components import examples
from tests.unit.components.aws.pools import gpu_pool, system_pool


@pytest.mark.parametrize("record", [gpu_pool, system_pool])
def test_the_autoscaler_is_never_overruled(record: Callable[[], Graph]) -> None:
    groups = record().of_type("NodeGroup")

    assert groups
    for group in groups:
        assert group.ignore_changes == ("scalingConfig.desiredSize",)


def test_an_autoscaler_can_imagine_the_first_node_of_an_empty_group() -> None:
    shape = replace(NodeShape.gpu(examples.POOL), raid0=True)

    tags = {hint.key: hint.value for hint in hints(shape, Capacity.SPOT)}

    prefix = "k8s.io/cluster-autoscaler/node-template"
    room = allocatable(shape.machine, shape.disk_gib, raid0=True)
    assert tags == {
        f"{prefix}/label/tokenworks.dev/pool": "l4",
        f"{prefix}/label/tokenworks.dev/capacity": "spot",
        f"{prefix}/label/nvidia.com/gpu.present": "true",
        f"{prefix}/label/k8s.amazonaws.com/accelerator": "nvidia-l4",
        f"{prefix}/taint/nvidia.com/gpu": "present:NoSchedule",
        f"{prefix}/resources/nvidia.com/gpu": "1",
        f"{prefix}/resources/ephemeral-storage": f"{room.ephemeral_storage_gib}Gi",
    }


def test_what_the_autoscaler_imagines_is_what_the_group_puts_on_its_nodes() -> None:
    for group in gpu_pool().of_type("NodeGroup"):
        capacity = Capacity(group.name.removeprefix("l4-"))
        of_labels = {
            hint.key.partition("/label/")[2]: hint.value
            for hint in hints(NodeShape.gpu(examples.POOL), capacity)
            if "/label/" in hint.key
        }
        assert group.inputs["labels"] == of_labels


def test_the_tags_stand_on_the_auto_scaling_group_of_each_node_group() -> None:
    graph = gpu_pool()

    for group in ("l4-on-demand", "l4-spot"):
        mine = [tag for tag in graph.of_type("Tag") if tag.name.startswith(f"{group}-")]
        assert len(mine) == 7
        for tag in mine:
            owner = tag.inputs["autoscalingGroupName"]
            assert owner == f"${{{group}.resources[0].autoscalingGroups[0].name}}"
    assert not system_pool().of_type("Tag")
