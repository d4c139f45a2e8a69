"""Launch templates of node groups: what EKS refuses, and what it finds out when machines fail."""

import pytest

from infra.wire import Properties, Value
from tests.unit.rehearsal.aws.harness import Simulation
from tests.unit.rehearsal.aws.scene import GROUP, NODES, TEMPLATE, Network, Scene
from tests.unit.rehearsal.cloud.wire import Made, PartlyError, RefusedError

BLOCK: Properties = {
    "instanceType": "p5.48xlarge",
    "instanceMarketOptions": {"marketType": "capacity-block"},
    "capacityReservationSpecification": {
        "capacityReservationTarget": {"capacityReservationId": "cr-0123456789abcdef0"}
    },
}
ONE_NODE: Properties = {"scalingConfig": {"minSize": 0, "desiredSize": 1, "maxSize": 2}}


class Groups:
    """Makes node groups of one cluster from templates."""

    def __init__(self, scene: Scene, network: Network) -> None:
        self.scene = scene
        self.network = network
        self.cluster = scene.cluster(network)
        self._inputs = scene.node_group_inputs(self.cluster, network)

    @property
    def cluster_security_group(self) -> Value:
        config = self.cluster["vpcConfig"]
        assert isinstance(config, dict)
        return config["clusterSecurityGroupId"]

    def make(self, template: Properties, **settings: Value) -> Made:
        made = self.scene.make(TEMPLATE, **template)
        at: Properties = {"id": made.physical_id, "version": "1"}
        inputs = {**self._inputs, "launchTemplate": at, **settings}
        present = {key: value for key, value in inputs.items() if value is not None}
        return self.scene.make(NODES, **present)

    def fail(self, template: Properties, **settings: Value) -> str:
        """Make a group whose machines come to nothing; return why."""
        with pytest.raises(PartlyError) as error:
            self.make(template, **settings)
        urn = f"urn:pulumi:dev::tokenworks::{NODES}::doomed"
        self.scene.made.append(Made(urn, error.value.physical_id, {}, {}))
        return str(error.value)


@pytest.fixture
def groups(scene: Scene, network: Network) -> Groups:
    """A cluster that waits for groups."""
    return Groups(scene, network)


def adapters(count: int, *security_groups: Value) -> Properties:
    """Return a template with network adapters."""
    cards: list[Value] = [
        {
            "networkCardIndex": card,
            "deviceIndex": 0,
            "interfaceType": "efa" if card == 0 else "efa-only",
            "securityGroups": [*security_groups],
        }
        for card in range(count)
    ]
    return {"networkInterfaces": cards}


@pytest.mark.parametrize(
    ("template", "settings", "message"),
    [
        (
            {"instanceType": "g6.xlarge"},
            {},
            "InvalidRequestException: Cannot specify instance types in launch template and API",
        ),
        ({}, {"diskSize": 50}, "Disk size must be specified within the launch template"),
        (
            {},
            {"remoteAccess": {"ec2SshKey": "k"}},
            "Remote access configuration cannot be specified with a launch template",
        ),
        (
            {"iamInstanceProfile": {"name": "p"}, "instanceInitiatedShutdownBehavior": "stop"},
            {},
            "must not specify IamInstanceProfile, InstanceInitiatedShutdownBehavior",
        ),
        (
            {"networkInterfaces": [{"deviceIndex": 0, "subnetId": "subnet-1"}]},
            {},
            r"must not specify NetworkInterfaces\.SubnetId",
        ),
        (
            {"instanceMarketOptions": {"marketType": "spot"}},
            {"capacityType": "SPOT"},
            "must not specify market type spot with SPOT",
        ),
    ],
    ids=["types", "disk", "ssh", "profile", "subnet", "market"],
)
def test_a_template_says_nothing_that_the_group_says(
    groups: Groups, template: Properties, settings: Properties, message: str
) -> None:
    with pytest.raises(RefusedError, match=message):
        groups.make(template, **settings)


def test_security_groups_stand_on_the_machine_or_on_its_interfaces(groups: Groups) -> None:
    own = groups.cluster_security_group

    with pytest.raises(RefusedError, match="security groups of the instance beside interfaces"):
        groups.make({**adapters(1, own), "vpcSecurityGroupIds": [own]})


@pytest.mark.parametrize("missing", [*BLOCK])
def test_a_capacity_block_needs_all_that_names_it(groups: Groups, missing: str) -> None:
    template = {key: value for key, value in BLOCK.items() if key != missing}
    settings: Properties = {"instanceTypes": None, "capacityType": "CAPACITY_BLOCK"}

    with pytest.raises(RefusedError, match=f"must specify {missing[0].upper()}{missing[1:]}"):
        groups.make(template, **settings)


def test_a_capacity_block_needs_a_template(groups: Groups) -> None:
    block: Properties = {"instanceTypes": ["p5.48xlarge"], "capacityType": "CAPACITY_BLOCK"}

    with pytest.raises(
        RefusedError,
        match=r"^CreateNodegroup: InvalidRequestException: Capacity type CAPACITY_BLOCK: the",
    ):
        groups.make({}, launchTemplate=None, **block)


def test_adapters_in_a_security_group_that_is_not_there_are_refused(scene: Scene) -> None:
    with pytest.raises(
        RefusedError,
        match=r"^CreateLaunchTemplate: InvalidGroup\.NotFound: The security group 'sg-0123456789",
    ):
        scene.make(TEMPLATE, **adapters(1, "sg-0123456789abcdef0"))


def test_a_capacity_block_is_no_on_demand_capacity(groups: Groups) -> None:
    with pytest.raises(RefusedError, match="must not specify market type capacity-block"):
        groups.make(BLOCK, instanceTypes=None, capacityType="ON_DEMAND")


def test_a_new_version_of_a_template_is_checked_too(groups: Groups, scene: Scene) -> None:
    template = scene.make(TEMPLATE, ebsOptimized="true")
    group = groups.make({})
    other = scene.make(TEMPLATE, instanceType="g6.xlarge")
    at: Properties = {"id": other.physical_id, "version": "1"}

    with pytest.raises(RefusedError, match="UpdateNodegroupVersion: InvalidRequestException"):
        scene.engine.update(group, launchTemplate=at)
    at = {"id": template.physical_id, "version": "1"}
    scene.engine.update(group, launchTemplate=at)


def test_nodes_whose_adapters_are_not_in_the_clusters_security_group_never_join(
    groups: Groups, scene: Scene, network: Network, simulation: Simulation
) -> None:
    own = scene.make(GROUP, vpcId=network.vpc.physical_id).physical_id

    reason = groups.fail(adapters(1, own), instanceTypes=["g6.8xlarge"], **ONE_NODE)
    scene.api.ready["both"] = 1
    both = adapters(1, groups.cluster_security_group, own)
    made = groups.make(both, instanceTypes=["g6.8xlarge"], nodeGroupName="both", **ONE_NODE)

    assert "NodeCreationFailure: Instances failed to join" in reason
    assert made["status"] == "ACTIVE"
    blocked = {group.name: group.blocked for group in simulation.cloud.fleet.list_groups()}
    assert blocked.pop("both") == ""
    assert len([*filter(None, blocked.values())]) == 1


@pytest.mark.parametrize(
    ("machine_type", "count", "message"),
    [
        ("g6.xlarge", 1, "EFA interfaces are not supported on g6.xlarge"),
        ("g6.8xlarge", 2, "AttachmentLimitExceeded - Interface count 2 exceeds"),
    ],
)
def test_a_machine_without_the_adapters_of_its_template_does_not_start(
    groups: Groups, machine_type: str, count: int, message: str
) -> None:
    template = adapters(count, groups.cluster_security_group)

    reason = groups.fail(template, instanceTypes=[machine_type], **ONE_NODE)

    assert "AsgInstanceLaunchFailures: " in reason
    assert message in reason


def test_several_spot_types_share_a_template_that_names_none(
    groups: Groups, simulation: Simulation
) -> None:
    groups.make({}, instanceTypes=["g6.xlarge", "g6.2xlarge"], capacityType="SPOT")

    (seen,) = simulation.cloud.fleet.list_groups()
    assert (seen.machine_types, seen.capacity) == (("g6.xlarge", "g6.2xlarge"), "spot")
