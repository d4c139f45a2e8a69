"""Where nodes stand and what joins them: adapters, placement groups, reservations."""

from components.aws.node_pools_shape import NodeShape
from components.nodes import Capacity
from infra.rehearsal.aws.values import blocks, texts
from infra.spec.pools import (
    NodeRange,
    ReservationKind,
    ReservationSpec,
)
from tests.unit.components.aws.pools import gpu_pool, pool_with, system_pool

RESERVATION = ReservationSpec(
    id="cr-0123456789abcdef0", kind=ReservationKind.CAPACITY_RESERVATION, zone="us-east-1b"
)


ADAPTERS = pool_with(machine_type="g6e.24xlarge", spot_machine_types=("g6e.24xlarge",), efa=True)


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
    graph = gpu_pool(pool_with(placement_group=True))

    (placement,) = graph.of_type("PlacementGroup")
    assert placement.inputs["strategy"] == "cluster"
    template = graph.named("l4-template")
    assert template.inputs["placement"] == {"groupName": "${l4-placement.name}"}
    assert all(len(texts(g.inputs, "subnetIds")) == 1 for g in graph.of_type("NodeGroup"))
    assert not gpu_pool().of_type("PlacementGroup")


def test_a_reservation_is_targeted_in_its_zone() -> None:
    graph = gpu_pool(pool_with(spot=None, spot_machine_types=(), reservation=RESERVATION))

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
        pool_with(
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
    assert group.inputs["labels"] == NodeShape.gpu(pool_with(machine_type="p5.48xlarge")).labels(
        Capacity.ON_DEMAND
    )
