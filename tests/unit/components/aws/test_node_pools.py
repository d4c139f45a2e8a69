"""Node groups as they are declared."""

import base64
import email
from collections.abc import Callable
from dataclasses import replace

import pulumi
import pulumi_aws as aws
import pytest
import yaml

from components.aws.handles import NodeHome
from components.aws.node_pools import GpuNodePool, SystemNodePool
from components.aws.node_pools_scaling import hints
from components.aws.node_pools_shape import NodeShape
from components.nodes import Capacity
from infra.catalog.allocatable import allocatable
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.rehearsal.aws.values import block, blocks, texts
from infra.spec.pools import (
    GpuPoolSpec,
    LocalStorage,
    NodeRange,
    ReservationKind,
    ReservationSpec,
)
from infra.wire import Properties
from tests.unit.components import examples


def gpu_pool(
    spec: GpuPoolSpec = examples.POOL, at: Callable[[], NodeHome] = examples.node_home
) -> Graph:
    """Return what a GPU pool declares."""
    return record_program(
        lambda: GpuNodePool(
            "l4",
            spec,
            at=at(),
            platform=examples.PLATFORM,
            opts=examples.with_aws(),
        ),
        stack="aws-dev",
    )


def system_pool() -> Graph:
    """Return what the system pool declares."""
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


@pytest.mark.parametrize("record", [gpu_pool, system_pool])
def test_the_autoscaler_is_never_overruled(record: Callable[[], Graph]) -> None:
    groups = record().of_type("NodeGroup")

    assert groups
    for group in groups:
        assert group.ignore_changes == ("scalingConfig.desiredSize",)


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


def _pool(**settings: object) -> GpuPoolSpec:
    return examples.POOL.model_copy(update=settings)


RESERVATION = ReservationSpec(
    id="cr-0123456789abcdef0", kind=ReservationKind.CAPACITY_RESERVATION, zone="us-east-1b"
)
ADAPTERS = _pool(machine_type="g6e.24xlarge", spot_machine_types=("g6e.24xlarge",), efa=True)


def test_a_spot_group_may_buy_several_types_and_an_on_demand_group_one() -> None:
    graph = gpu_pool(_pool(spot_machine_types=("g6.2xlarge", "g6.4xlarge")))

    assert graph.named("l4-on-demand").inputs["instanceTypes"] == ["g6.2xlarge"]
    assert graph.named("l4-spot").inputs["instanceTypes"] == ["g6.2xlarge", "g6.4xlarge"]


@pytest.mark.parametrize("repair", [True, False])
def test_broken_nodes_are_replaced_unless_the_pool_says_no(*, repair: bool) -> None:
    for group in gpu_pool(_pool(node_repair=repair)).of_type("NodeGroup"):
        assert group.inputs["nodeRepairConfig"] == {"enabled": repair}
    assert system_pool().of_type("NodeGroup")[0].inputs["nodeRepairConfig"] == {"enabled": True}


def test_an_update_never_needs_a_spare_gpu_machine() -> None:
    minimal = {"maxUnavailable": 1, "updateStrategy": "MINIMAL"}
    assert all(g.inputs["updateConfig"] == minimal for g in gpu_pool().of_type("NodeGroup"))
    system = system_pool().of_type("NodeGroup")[0]
    assert system.inputs["updateConfig"] == {"maxUnavailable": 1, "updateStrategy": "DEFAULT"}


def test_local_disks_are_joined_by_a_node_config_in_the_user_data() -> None:
    template = gpu_pool(_pool(local_storage=LocalStorage.RAID0)).named("l4-template")

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
        not in gpu_pool(_pool(local_storage=LocalStorage.NONE)).named("l4-template").inputs
    )
    assert "userData" not in system_pool().named("system-template").inputs


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


def test_disks_have_the_accounts_own_key_unless_one_is_given() -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/1"

    def home() -> NodeHome:
        return replace(examples.node_home(), disk_key_arn=pulumi.Output.from_input(key))

    assert _disk(gpu_pool()).keys() & {"kmsKeyId"} == set()
    assert _disk(gpu_pool(at=home))["kmsKeyId"] == key


def _disk(graph: Graph) -> Properties:
    (mapping,) = blocks(graph.named("l4-template").inputs, "blockDeviceMappings")
    return block(mapping, "ebs")


def test_each_network_card_gets_an_adapter_and_only_the_first_an_address() -> None:
    graph = gpu_pool(ADAPTERS)

    adapters = blocks(graph.named("l4-template").inputs, "networkInterfaces")
    groups = ["sg-cluster", "${l4-adapters.id}"]
    assert [
        (one["networkCardIndex"], one["deviceIndex"], one["interfaceType"], one["securityGroups"])
        for one in adapters
    ] == [(0, 0, "efa", groups), (1, 0, "efa-only", groups)]
    # EKS and EC2 refuse both beside interfaces, and several interfaces with a public address.
    assert not graph.named("l4-template").inputs.keys() & {"vpcSecurityGroupIds"}
    assert not any(one.keys() & {"subnetId", "associatePublicIpAddress"} for one in adapters)


def test_nodes_with_adapters_stand_in_one_zone() -> None:
    assert all(
        len(texts(g.inputs, "subnetIds")) == 1 for g in gpu_pool(ADAPTERS).of_type("NodeGroup")
    )


def test_a_template_never_says_what_a_group_says() -> None:
    for graph in (gpu_pool(), gpu_pool(ADAPTERS), system_pool()):
        for template in graph.of_type("LaunchTemplate"):
            assert not template.inputs.keys() & {
                "iamInstanceProfile",
                "imageId",
                "instanceInitiatedShutdownBehavior",
                "instanceMarketOptions",
                "instanceType",
            }
        for group in graph.of_type("NodeGroup"):
            assert not group.inputs.keys() & {"diskSize", "remoteAccess"}


def test_adapters_of_a_pool_may_send_each_other_anything_and_nobody_else() -> None:
    graph = gpu_pool(ADAPTERS)

    for kind in ("SecurityGroupIngressRule", "SecurityGroupEgressRule"):
        (rule,) = graph.of_type(kind)
        assert rule.inputs["securityGroupId"] == "${l4-adapters.id}"
        assert rule.inputs["referencedSecurityGroupId"] == "${l4-adapters.id}"
        assert rule.inputs["ipProtocol"] == "-1"
        assert not rule.inputs.keys() & {"cidrIpv4", "cidrIpv6", "prefixListId"}


def test_without_adapters_eks_adds_the_clusters_security_group_itself() -> None:
    graph = gpu_pool()

    assert "networkInterfaces" not in graph.named("l4-template").inputs
    assert not graph.of_type("SecurityGroup")


def test_a_placement_group_is_in_one_zone_and_so_are_its_nodes() -> None:
    graph = gpu_pool(_pool(placement_group=True))

    (placement,) = graph.of_type("PlacementGroup")
    assert placement.inputs["strategy"] == "cluster"
    template = graph.named("l4-template")
    assert template.inputs["placement"] == {"groupName": "${l4-placement.name}"}
    assert all(len(texts(g.inputs, "subnetIds")) == 1 for g in graph.of_type("NodeGroup"))
    assert not gpu_pool().of_type("PlacementGroup")


def test_a_reservation_is_targeted_in_its_zone() -> None:
    graph = gpu_pool(_pool(spot=None, spot_machine_types=(), reservation=RESERVATION))

    template, group = graph.named("l4-template"), graph.named("l4-on-demand")
    assert template.inputs["capacityReservationSpecification"] == {
        "capacityReservationTarget": {"capacityReservationId": RESERVATION.id}
    }
    assert group.inputs["subnetIds"] == ["subnet-3"]
    assert group.inputs["capacityType"] == "ON_DEMAND"
    assert "instanceMarketOptions" not in template.inputs


def test_a_capacity_block_is_bought_as_eks_wants_it() -> None:
    kind = ReservationKind.CAPACITY_BLOCK
    block_ = RESERVATION.model_copy(update={"kind": kind})
    graph = gpu_pool(
        _pool(
            machine_type="p5.48xlarge",
            on_demand=NodeRange(min=2, max=2),
            spot=None,
            reservation=block_,
        )
    )

    template, group = graph.named("l4-template"), graph.named("l4-on-demand")
    assert template.inputs["instanceType"] == "p5.48xlarge"
    assert template.inputs["instanceMarketOptions"] == {"marketType": "capacity-block"}
    assert group.inputs["capacityType"] == "CAPACITY_BLOCK"
    assert "instanceTypes" not in group.inputs
    assert group.inputs["labels"] == NodeShape.gpu(_pool(machine_type="p5.48xlarge")).labels(
        Capacity.ON_DEMAND
    )
