"""Tags of Auto Scaling groups, placement groups and what node groups read of their template."""

import base64

import pytest

from components.aws.node_pools_shape import NodeShape
from components.aws.node_pools_template import user_data
from infra.rehearsal.aws.values import dig, text
from infra.wire import Properties, Value
from tests.unit.components import examples
from tests.unit.rehearsal.aws.harness import Simulation
from tests.unit.rehearsal.aws.scene import (
    GROUP,
    NODES,
    PLACEMENT,
    SCALING_TAG,
    TEMPLATE,
    Network,
    Scene,
)
from tests.unit.rehearsal.cloud.wire import Made, RefusedError

KEY = "k8s.io/cluster-autoscaler/node-template/resources/nvidia.com/gpu"
TAG: Properties = {"key": KEY, "value": "1", "propagateAtLaunch": False}
RAID0 = user_data(NodeShape("l4", NodeShape.gpu(examples.POOL).machine, 200, raid0=True))


@pytest.fixture
def group(scene: Scene, network: Network) -> Made:
    """A node group of no nodes."""
    return scene.make(NODES, **scene.node_group_inputs(scene.cluster(network), network))


def _scaling_group(group: Made) -> str:
    return text(group.outputs, "resources.0.autoscalingGroups.0.name")


def _tags(simulation: Simulation, group: str) -> list[Value]:
    region = simulation.cloud.account.region("us-east-1")
    filters: list[Value] = [{"Name": "auto-scaling-group", "Values": [group]}]
    found = dig(region.call("autoscaling", "describe_tags", Filters=filters), "Tags")
    return found if isinstance(found, list) else []


def test_a_tag_stands_on_the_group_that_eks_made(
    scene: Scene, simulation: Simulation, group: Made
) -> None:
    name = _scaling_group(group)

    tag = scene.make(SCALING_TAG, autoscalingGroupName=name, tag=TAG)

    assert tag.physical_id == f"{name},{KEY}"
    assert _tags(simulation, name) == [
        {
            "ResourceId": name,
            "ResourceType": "auto-scaling-group",
            "Key": KEY,
            "Value": "1",
            "PropagateAtLaunch": False,
        }
    ]


def test_a_tag_changes_in_place_and_goes(scene: Scene, simulation: Simulation, group: Made) -> None:
    name = _scaling_group(group)
    tag = scene.make(SCALING_TAG, autoscalingGroupName=name, tag=TAG)

    changed = scene.engine.update(tag, tag={**TAG, "value": "8"})
    assert [dig(item, "Value") for item in _tags(simulation, name)] == ["8"]
    read = scene.engine.read(changed)
    assert read is not None
    assert read["tag"] == {**TAG, "value": "8"}

    scene.drop(tag)
    assert _tags(simulation, name) == []


def test_a_tag_of_a_group_that_is_not_there_is_refused(scene: Scene) -> None:
    with pytest.raises(RefusedError, match="CreateOrUpdateTags: ValidationError"):
        scene.make(SCALING_TAG, autoscalingGroupName="eks-gone", tag=TAG)


def test_tags_go_with_their_group(scene: Scene, simulation: Simulation, group: Made) -> None:
    name = _scaling_group(group)
    tag = scene.make(SCALING_TAG, autoscalingGroupName=name, tag=TAG)
    scene.made.remove(tag)

    scene.drop(group)

    assert _tags(simulation, name) == []
    assert scene.engine.read(tag) is None


def test_a_placement_group_has_a_name_of_its_own(scene: Scene) -> None:
    made = scene.make(PLACEMENT, name="close", strategy="cluster", tags={"Name": "close"})

    assert made.physical_id == "close"
    assert str(made["placementGroupId"]).startswith("pg-")
    with pytest.raises(RefusedError, match=r"InvalidPlacementGroup\.Duplicate"):
        scene.make(PLACEMENT, name="close", strategy="cluster")


def test_a_placement_group_is_tagged_again(scene: Scene) -> None:
    made = scene.make(PLACEMENT, strategy="cluster", tags={"Name": "a", "old": "x"})

    changed = scene.engine.update(made, tags={"Name": "b"})

    read = scene.engine.read(changed)
    assert read is not None
    assert read["tags"] == {"Name": "b"}


def test_a_strategy_that_ec2_does_not_have_is_refused(scene: Scene) -> None:
    with pytest.raises(RefusedError, match="'near' is not one of cluster, spread"):
        scene.make(PLACEMENT, strategy="near")


def test_a_template_with_adapters_keeps_their_security_groups(
    scene: Scene, network: Network
) -> None:
    group = scene.make(GROUP, vpcId=network.vpc.physical_id)
    adapters: list[Value] = [
        {
            "networkCardIndex": card,
            "deviceIndex": min(card, 1),
            "interfaceType": "efa" if card == 0 else "efa-only",
            "securityGroups": [group.physical_id],
            "deleteOnTermination": "true",
        }
        for card in range(2)
    ]

    template = scene.make(TEMPLATE, networkInterfaces=adapters)

    read = scene.engine.read(template)
    assert read is not None
    assert dig(read["networkInterfaces"], "1.securityGroups") == [group.physical_id]


def test_nodes_live_on_local_disks_when_their_user_data_says_so(
    scene: Scene, simulation: Simulation, network: Network
) -> None:
    inputs = scene.node_group_inputs(scene.cluster(network), network)
    for data in (RAID0, None):
        template = scene.make(TEMPLATE, **({"userData": data} if data else {}))
        at: Properties = {"id": template.physical_id, "version": "1"}
        scene.make(NODES, **inputs | {"launchTemplate": at})

    found = [group.raid0 for group in simulation.cloud.fleet.list_groups()]

    assert found == [True, False]


def test_other_user_data_does_not_touch_local_disks(
    scene: Scene, simulation: Simulation, network: Network
) -> None:
    script = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="B"\n\n--B\nContent-Type: '
    script += "text/x-shellscript\n\necho strategy: RAID0\n\n--B--\n"
    template = scene.make(TEMPLATE, userData=base64.b64encode(script.encode()).decode())
    inputs = scene.node_group_inputs(scene.cluster(network), network)
    at: Properties = {"id": template.physical_id, "version": "1"}

    scene.make(NODES, **inputs | {"launchTemplate": at})

    assert [group.raid0 for group in simulation.cloud.fleet.list_groups()] == [False]


def test_machines_of_a_capacity_block_are_named_in_the_template(
    scene: Scene, simulation: Simulation, network: Network
) -> None:
    template = scene.make(
        TEMPLATE,
        instanceType="p5.48xlarge",
        instanceMarketOptions={"marketType": "capacity-block"},
        capacityReservationSpecification={
            "capacityReservationTarget": {"capacityReservationId": "cr-0123456789abcdef0"}
        },
    )
    inputs = scene.node_group_inputs(scene.cluster(network), network)
    del inputs["instanceTypes"]
    at: Properties = {"id": template.physical_id, "version": "1"}

    scene.make(NODES, **inputs | {"launchTemplate": at, "capacityType": "CAPACITY_BLOCK"})

    (group,) = simulation.cloud.fleet.list_groups()
    assert (group.machine_types, group.capacity) == (("p5.48xlarge",), "on-demand")


def test_the_cloud_says_which_zones_sell_a_machine(simulation: Simulation) -> None:
    found = simulation.engine.invoke(
        "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings",
        locationType="availability-zone",
        filters=[{"name": "instance-type", "values": ["g6e.12xlarge"]}],
    )

    locations = found["locations"]
    assert isinstance(locations, list)
    assert sorted(map(str, locations)) == [f"us-east-1{letter}" for letter in "abcd"]
    assert found["instanceTypes"] == ["g6e.12xlarge"] * 4
