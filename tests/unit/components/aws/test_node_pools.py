"""Node groups as they are declared."""

import base64
import email
from dataclasses import replace

import pulumi
import pulumi_aws as aws
import pytest
import yaml

from components.aws.handles import NodeHome
from components.aws.node_pools import SystemNodePool
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.rehearsal.aws.values import block, blocks
from infra.spec.pools import LocalStorage
from infra.wire import Properties
from tests.unit.components import examples
from tests.unit.components.aws.pools import gpu_pool, pool_with, system_pool


def test_a_pool_is_one_group_for_each_way_of_buying() -> None:
    graph = gpu_pool()

    assert {
        item.name: (item.inputs["capacityType"], item.inputs["scalingConfig"])
        for item in graph.of_type("NodeGroup")
    } == {
        "l4-on-demand": ("ON_DEMAND", {"minSize": 0, "maxSize": 1, "desiredSize": 0}),
        "l4-spot": ("SPOT", {"minSize": 0, "maxSize": 2, "desiredSize": 0}),
    }


@pytest.mark.parametrize(("absent", "kept"), [("spot", "l4-on-demand"), ("on_demand", "l4-spot")])
def test_a_way_of_buying_that_the_pool_does_not_name_has_no_group(absent: str, kept: str) -> None:
    graph = gpu_pool(examples.POOL.model_copy(update={absent: None}))

    assert [item.name for item in graph.of_type("NodeGroup")] == [kept]


def test_gpu_nodes_are_labelled_and_keep_everything_else_away() -> None:
    group = gpu_pool().named("l4-spot")

    assert group.inputs["amiType"] == "AL2023_x86_64_NVIDIA"
    assert group.inputs["labels"] == {
        "tokenworks.dev/pool": "l4",
        "tokenworks.dev/capacity": "spot",
        "nvidia.com/gpu.present": "true",
        "k8s.amazonaws.com/accelerator": "nvidia-l4",
    }
    assert group.inputs["taints"] == [
        {"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}
    ]


def test_system_nodes_take_everything_and_are_never_spot() -> None:
    group = system_pool().of_type("NodeGroup")[0]

    assert group.inputs["amiType"] == "AL2023_x86_64_STANDARD"
    assert group.inputs["capacityType"] == "ON_DEMAND"
    assert group.inputs["labels"] == {
        "tokenworks.dev/pool": "system",
        "tokenworks.dev/capacity": "on-demand",
    }
    assert "taints" not in group.inputs


def test_pods_cannot_take_on_the_role_of_their_node() -> None:
    template = gpu_pool().named("l4-template")

    assert template.inputs["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
    }


def test_machines_and_disks_are_encrypted_sized_and_tagged() -> None:
    template = gpu_pool().named("l4-template")

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


def test_a_spot_group_may_buy_several_types_and_an_on_demand_group_one() -> None:
    graph = gpu_pool(pool_with(spot_machine_types=("g6.2xlarge", "g6.4xlarge")))

    assert graph.named("l4-on-demand").inputs["instanceTypes"] == ["g6.2xlarge"]
    assert graph.named("l4-spot").inputs["instanceTypes"] == ["g6.2xlarge", "g6.4xlarge"]


@pytest.mark.parametrize("repair", [True, False])
def test_broken_nodes_are_replaced_unless_the_pool_says_no(*, repair: bool) -> None:
    for group in gpu_pool(pool_with(node_repair=repair)).of_type("NodeGroup"):
        assert group.inputs["nodeRepairConfig"] == {"enabled": repair}
    assert system_pool().of_type("NodeGroup")[0].inputs["nodeRepairConfig"] == {"enabled": True}


def test_an_update_never_needs_a_spare_gpu_machine() -> None:
    minimal = {"maxUnavailable": 1, "updateStrategy": "MINIMAL"}
    assert all(g.inputs["updateConfig"] == minimal for g in gpu_pool().of_type("NodeGroup"))
    system = system_pool().of_type("NodeGroup")[0]
    assert system.inputs["updateConfig"] == {"maxUnavailable": 1, "updateStrategy": "DEFAULT"}


def test_local_disks_are_joined_by_a_node_config_in_the_user_data() -> None:
    template = gpu_pool(pool_with(local_storage=LocalStorage.RAID0)).named("l4-template")

    message = email.message_from_bytes(base64.b64decode(str(template.inputs["userData"])))
    (part,) = [one for one in message.walk() if not one.is_multipart()]
    assert message.get_content_type() == "multipart/mixed"
    assert part.get_content_type() == "application/node.eks.aws"
    assert yaml.safe_load(str(part.get_payload())) == {
        "apiVersion": "node.eks.aws/v1alpha1",
        "kind": "NodeConfig",
        "spec": {"instance": {"localStorage": {"strategy": "RAID0"}}},
    }


def test_without_local_disks_there_is_no_user_data() -> None:
    assert (
        "userData"
        not in gpu_pool(pool_with(local_storage=LocalStorage.NONE)).named("l4-template").inputs
    )
    assert "userData" not in system_pool().named("system-template").inputs


def test_disks_have_the_accounts_own_key_unless_one_is_given() -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/1"

    def home() -> NodeHome:
        return replace(examples.node_home(), disk_key_arn=pulumi.Output.from_input(key))

    assert _disk(gpu_pool()).keys() & {"kmsKeyId"} == set()
    assert _disk(gpu_pool(at=home))["kmsKeyId"] == key


def _disk(graph: Graph) -> Properties:
    (mapping,) = blocks(graph.named("l4-template").inputs, "blockDeviceMappings")
    return block(mapping, "ebs")
