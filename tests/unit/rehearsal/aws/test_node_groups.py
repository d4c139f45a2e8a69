"""EKS node groups of the simulated AWS: they follow their nodes, and nodes follow them."""

import pytest

from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.fleet import UnknownNodeGroupError
from infra.rehearsal.nodes.groups import NodeGroup, Taint
from infra.wire import Properties
from tests.unit.rehearsal.aws.harness import Simulation
from tests.unit.rehearsal.aws.scene import (
    NODES,
    TEMPLATE,
    Network,
    Scene,
)
from tests.unit.rehearsal.cloud.wire import Made, PartlyError, RefusedError


@pytest.fixture
def inputs(scene: Scene, network: Network, cluster: Made) -> Properties:
    """Inputs of a group of no nodes."""
    return scene.node_group_inputs(cluster, network)


def _sized(low: int, desired: int, high: int) -> Properties:
    return {"scalingConfig": {"minSize": low, "desiredSize": desired, "maxSize": high}}


def test_the_node_controller_sees_a_group_as_it_was_declared(
    scene: Scene, simulation: Simulation, inputs: Properties
) -> None:
    template = scene.make(
        TEMPLATE, blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": {"volumeSize": 200}}]
    )
    more: Properties = {
        "capacityType": "SPOT",
        "labels": {"tokenworks.dev/pool": "l4"},
        "taints": [{"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}],
        "launchTemplate": {"id": template.physical_id, "version": "1"},
    }
    group = scene.make(NODES, **inputs | more)

    name = str(group["nodeGroupName"])
    assert simulation.cloud.fleet.list_groups() == [
        NodeGroup(
            cluster="tokenworks-dev",
            name=name,
            machine_types=("g6.xlarge",),
            capacity="spot",
            labels={"tokenworks.dev/pool": "l4"},
            taints=(Taint("nvidia.com/gpu", "present", "NoSchedule"),),
            min=0,
            max=2,
            desired=0,
            zones=("us-east-1a", "us-east-1b"),
            kubernetes_version="1.35",
            disk_gib=200,
        )
    ]
    assert group.physical_id == f"tokenworks-dev:{name}"


def test_a_group_is_ready_when_its_nodes_are_and_else_remembered_as_unfinished(
    scene: Scene, inputs: Properties
) -> None:
    scene.api.ready["slow"] = 1
    wanted = inputs | _sized(2, 2, 2) | {"nodeGroupName": "slow"}

    with pytest.raises(PartlyError, match="node group tokenworks-dev:slow is CREATING") as error:
        scene.make(NODES, **wanted)

    assert error.value.physical_id == "tokenworks-dev:slow"
    assert error.value.outputs["status"] == "CREATING"
    scene.api.ready["slow"] = 2
    unfinished = Made(
        f"urn:pulumi:dev::tokenworks::{NODES}::slow", "tokenworks-dev:slow", wanted, {}
    )
    found = scene.engine.read(unfinished)
    assert found is not None
    assert found["status"] == "ACTIVE"
    scene.made.append(found)


def test_a_group_is_remembered_though_the_api_server_went_away(
    scene: Scene, inputs: Properties
) -> None:
    scene.api.down = True

    with pytest.raises(PartlyError, match="cannot be reached") as error:
        scene.make(NODES, **inputs | {"nodeGroupName": "lost"})

    scene.api.down = False
    assert error.value.physical_id == "tokenworks-dev:lost"
    urn = f"urn:pulumi:dev::tokenworks::{NODES}::lost"
    scene.made.append(Made(urn, error.value.physical_id, inputs, {}))


def test_a_group_is_gone_when_its_last_node_is(
    scene: Scene, simulation: Simulation, inputs: Properties
) -> None:
    scene.api.ready["leaving"] = 1
    group = scene.make(NODES, **inputs | _sized(1, 1, 2) | {"nodeGroupName": "leaving"})

    with pytest.raises(RefusedError, match="node group tokenworks-dev:leaving is DELETING"):
        scene.engine.delete(group)
    (seen,) = simulation.cloud.fleet.list_groups()
    assert (seen.min, seen.desired) == (0, 0)

    scene.api.ready["leaving"] = 0
    scene.drop(group)
    assert scene.engine.read(group) is None


def test_a_cluster_stays_while_it_has_node_groups(
    scene: Scene, cluster: Made, inputs: Properties
) -> None:
    scene.make(NODES, **inputs)

    with pytest.raises(RefusedError, match=r"^DeleteCluster: ResourceInUseException: "):
        scene.engine.delete(cluster)
    assert ("DaemonSet", "aws-node") in scene.api.objects


def test_an_autoscaler_moves_the_size_within_bounds_and_refresh_shows_it(
    scene: Scene, simulation: Simulation, inputs: Properties
) -> None:
    group = scene.make(NODES, **inputs)
    name = str(group["nodeGroupName"])

    simulation.cloud.fleet.set_desired(name, 2)

    live = scene.engine.read(group)
    assert live is not None
    assert live.inputs["scalingConfig"] == {"minSize": 0, "desiredSize": 2, "maxSize": 2}
    with pytest.raises(AwsError, match="can't be greater than max size 2"):
        simulation.cloud.fleet.set_desired(name, 3)
    with pytest.raises(UnknownNodeGroupError, match="'nobody' does not exist"):
        simulation.cloud.fleet.set_desired("nobody", 1)


@pytest.mark.parametrize(
    ("low", "desired", "high"), [(2, 2, 1), (1, 0, 2), (0, 3, 2)], ids=["min", "below", "above"]
)
def test_a_group_with_sizes_out_of_order_is_refused(
    scene: Scene, inputs: Properties, low: int, desired: int, high: int
) -> None:
    with pytest.raises(RefusedError, match=r"^CreateNodegroup: InvalidParameterException: "):
        scene.make(NODES, **inputs | _sized(low, desired, high))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"instanceTypes": ["g6.gigantic"]}, "InvalidParameterException: .*do not exist"),
        ({"instanceTypes": ["g5g.xlarge"]}, "is not a valid instance type for requested amiType"),
        ({"instanceTypes": ["p6-b200.48xlarge"]}, "InvalidRequestException: Your requested"),
        ({"version": "1.36"}, r"Nodegroup Kubernetes version 1\.36 is not supported"),
        ({"nodeRoleArn": "arn:aws:iam::123456789012:role/nobody"}, "cannot be found"),
        ({"subnetIds": ["subnet-0123456789abcdef0"]}, "does not exist"),
        (
            {"launchTemplate": {"id": "lt-0123456789abcdef0", "version": "1"}},
            "InvalidRequestException: The specified launch template does not exist",
        ),
        ({"amiType": "WINDOWS_95"}, "'WINDOWS_95' is not one of"),
        ({"nodeGroupName": "-"}, "must begin with a letter or digit"),
    ],
    ids=["type", "arm", "zone", "version", "role", "subnet", "template", "image", "name"],
)
def test_a_group_that_eks_could_not_start_is_refused(
    scene: Scene, inputs: Properties, changes: Properties, reason: str
) -> None:
    with pytest.raises(RefusedError, match=reason):
        scene.make(NODES, **inputs | changes)


def test_a_group_stands_in_the_vpc_of_its_cluster(scene: Scene, inputs: Properties) -> None:
    other = scene.network("cd")

    with pytest.raises(RefusedError, match="Subnets must belong to the cluster's VPC"):
        scene.make(NODES, **inputs | {"subnetIds": other.subnet_ids})


def test_a_template_version_that_does_not_exist_is_refused(
    scene: Scene, inputs: Properties
) -> None:
    template = scene.make(TEMPLATE, description="one")
    at: Properties = {"id": template.physical_id, "version": "2"}

    with pytest.raises(RefusedError, match="Launch template version 2 does not exist"):
        scene.make(NODES, **inputs | {"launchTemplate": at})


def test_a_misspelt_size_never_reaches_aws(scene: Scene, inputs: Properties) -> None:
    wrong: Properties = {"scalingConfig": {"minnSize": 0, "desiredSize": 0, "maxSize": 2}}

    _inputs, failures = scene.engine.check(NODES, inputs | wrong)

    assert failures == ["scalingConfig.minnSize: no such property"]


def test_labels_taints_and_bounds_change_in_place(scene: Scene, inputs: Properties) -> None:
    gpu: Properties = {"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}
    group = scene.make(NODES, **inputs, labels={"a": "1", "b": "2"}, taints=[gpu])

    changed = scene.engine.update(
        group,
        labels={"a": "3"},
        taints=None,
        scalingConfig={"minSize": 0, "desiredSize": 0, "maxSize": 5},
        updateConfig={"maxUnavailable": 2},
        tags={"owner": "models"},
    )

    assert changed["tagsAll"] == {"owner": "models"}
    assert changed["labels"] == {"a": "3"}
    assert changed["taints"] == []
    assert changed["updateConfig"] == {"maxUnavailable": 2}
    assert changed["scalingConfig"] == {"minSize": 0, "desiredSize": 0, "maxSize": 5}


def test_another_machine_type_replaces_a_group_whose_name_was_drawn_beside_it(
    scene: Scene, inputs: Properties
) -> None:
    group = scene.make(NODES, **inputs)

    found = scene.engine.diff(group, instanceTypes=["g6.2xlarge"])

    assert (list(found.replaces), found.deleteBeforeReplace) == (["instanceTypes"], False)
    assert list(found.detailedDiff) == ["instanceTypes[0]"]


def test_a_new_template_version_replaces_the_nodes_and_not_the_group(
    scene: Scene, inputs: Properties
) -> None:
    template = scene.make(TEMPLATE, description="one")
    at: Properties = {"id": template.physical_id, "version": "1"}
    scene.api.ready["rolled"] = 1
    sized = inputs | _sized(1, 1, 1) | {"nodeGroupName": "rolled", "launchTemplate": at}
    group = scene.make(NODES, **sized)
    scene.engine.update(template, description="two")

    with pytest.raises(PartlyError, match="is UPDATING"):  # no node controller brings new ones
        scene.engine.update(group, launchTemplate=at | {"version": "2"})

    assert scene.api.ready["rolled"] == 0
