"""Launch templates of node groups in the simulated AWS: what EKS and EC2 refuse."""

import pytest

from infra.wire import Properties
from tests.unit.rehearsal.aws.harness import RefusedError
from tests.unit.rehearsal.aws.scene import NODES, TEMPLATE, Network, Scene

RESERVED: Properties = {
    "capacityReservationTarget": {"capacityReservationId": "cr-0123456789abcdef0"}
}
BLOCK: Properties = {"marketType": "capacity-block"}


def test_a_machine_type_in_the_template_and_in_the_group_is_refused(
    scene: Scene, network: Network
) -> None:
    template = scene.make(TEMPLATE, instanceType="g6.xlarge")
    inputs = scene.node_group_inputs(scene.cluster(network), network)
    at: Properties = {"id": template.physical_id, "version": "1"}

    with pytest.raises(
        RefusedError,
        match=(
            r"^CreateNodegroup: InvalidRequestException: Cannot specify instance types in launch "
            "template and API request$"
        ),
    ):
        scene.make(NODES, **inputs | {"launchTemplate": at})


@pytest.mark.parametrize(
    "data",
    [
        {"capacityReservationSpecification": RESERVED},
        {"instanceMarketOptions": BLOCK},
        None,
    ],
    ids=["no market", "no reservation", "no template"],
)
def test_a_capacity_block_that_the_template_does_not_name_is_refused(
    scene: Scene, network: Network, data: Properties | None
) -> None:
    inputs = scene.node_group_inputs(scene.cluster(network), network)
    inputs |= {"capacityType": "CAPACITY_BLOCK", "instanceTypes": ["p5.48xlarge"]}
    if data is not None:
        template = scene.make(TEMPLATE, instanceType="p5.48xlarge", **data)
        inputs["launchTemplate"] = {"id": template.physical_id, "version": "1"}
        del inputs["instanceTypes"]

    with pytest.raises(
        RefusedError,
        match=(
            r"^CreateNodegroup: InvalidRequestException: A node group with capacity type "
            "CAPACITY_BLOCK needs a launch template with market type capacity-block"
        ),
    ):
        scene.make(NODES, **inputs)


def test_adapters_in_a_security_group_that_is_not_there_are_refused(scene: Scene) -> None:
    adapter: Properties = {"interfaceType": "efa", "securityGroups": ["sg-0123456789abcdef0"]}

    with pytest.raises(
        RefusedError,
        match=r"^CreateLaunchTemplate: InvalidGroup\.NotFound: The security group 'sg-0123456789",
    ):
        scene.make(TEMPLATE, networkInterfaces=[adapter])
