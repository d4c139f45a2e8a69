"""Node groups as they are declared."""

from collections.abc import Callable
from dataclasses import replace

import pulumi_aws as aws
import pytest

from components.aws.node_pools import GpuNodePool, SystemNodePool
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.pools import GpuPoolSpec
from tests.unit.components import examples


def _gpu(spec: GpuPoolSpec = examples.POOL) -> Graph:
    return record_program(
        lambda: GpuNodePool(
            "l4",
            spec,
            at=examples.node_home(),
            platform=examples.PLATFORM,
            opts=examples.with_aws(),
        ),
        stack="aws-dev",
    )


def _system() -> Graph:
    return record_program(
        lambda: SystemNodePool(
            "system",
            examples.CLUSTER.system_nodes,
            at=examples.node_home(),
            platform=examples.PLATFORM,
            opts=examples.with_aws(),
        ),
        stack="aws-dev",
    )


def test_a_pool_is_one_group_for_each_way_of_buying() -> None:
    graph = _gpu()

    assert {
        item.name: (item.inputs["capacityType"], item.inputs["scalingConfig"])
        for item in graph.of_type("NodeGroup")
    } == {
        "l4-on-demand": ("ON_DEMAND", {"minSize": 0, "maxSize": 1, "desiredSize": 0}),
        "l4-spot": ("SPOT", {"minSize": 0, "maxSize": 2, "desiredSize": 0}),
    }


@pytest.mark.parametrize(("absent", "kept"), [("spot", "l4-on-demand"), ("on_demand", "l4-spot")])
def test_a_way_of_buying_that_the_pool_does_not_name_has_no_group(absent: str, kept: str) -> None:
    graph = _gpu(examples.POOL.model_copy(update={absent: None}))

    assert [item.name for item in graph.of_type("NodeGroup")] == [kept]


def test_gpu_nodes_are_labelled_and_keep_everything_else_away() -> None:
    group = _gpu().named("l4-spot")

    assert group.inputs["amiType"] == "AL2023_x86_64_NVIDIA"
    assert group.inputs["labels"] == {
        "tokenworks.dev/pool": "l4",
        "tokenworks.dev/capacity": "spot",
        "nvidia.com/gpu.present": "true",
    }
    assert group.inputs["taints"] == [
        {"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}
    ]


def test_system_nodes_take_everything_and_are_never_spot() -> None:
    group = _system().of_type("NodeGroup")[0]

    assert group.inputs["amiType"] == "AL2023_x86_64_STANDARD"
    assert group.inputs["capacityType"] == "ON_DEMAND"
    assert group.inputs["labels"] == {
        "tokenworks.dev/pool": "system",
        "tokenworks.dev/capacity": "on-demand",
    }
    assert "taints" not in group.inputs


@pytest.mark.parametrize("record", [_gpu, _system])
def test_the_autoscaler_is_never_overruled(record: Callable[[], Graph]) -> None:
    groups = record().of_type("NodeGroup")

    assert groups
    for group in groups:
        assert group.ignore_changes == ("scalingConfig.desiredSize",)


def test_pods_cannot_take_on_the_role_of_their_node() -> None:
    template = _gpu().named("l4-template")

    assert template.inputs["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
    }


def test_machines_and_disks_are_encrypted_sized_and_tagged() -> None:
    template = _gpu().named("l4-template")

    assert template.inputs["blockDeviceMappings"] == [
        {
            "deviceName": "/dev/xvda",
            "ebs": {
                "volumeSize": 200,
                "volumeType": "gp3",
                "encrypted": "true",
                "deleteOnTermination": "true",
            },
        }
    ]
    specifications = template.inputs["tagSpecifications"]
    assert isinstance(specifications, list)
    tagged = {item["resourceType"] for item in specifications if isinstance(item, dict)}
    assert tagged == {"instance", "volume", "network-interface"}


def test_a_group_waits_for_what_its_home_needs() -> None:
    def program() -> None:
        opts = examples.with_aws()
        first = aws.ec2.Vpc("first", cidr_block="10.0.0.0/16", opts=opts)
        home = replace(examples.node_home(), needed=(first,))
        SystemNodePool(
            "system",
            examples.CLUSTER.system_nodes,
            at=home,
            platform=examples.PLATFORM,
            opts=opts,
        )

    graph = record_program(program, stack="aws-dev")

    assert graph.named("first").urn in graph.named("system-on-demand").dependencies
