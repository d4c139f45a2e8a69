"""The reports of the simulated AWS: what is left, and how groups stand."""

from typing import TYPE_CHECKING

from tests.unit.rehearsal.aws.harness import Simulation
from tests.unit.rehearsal.aws.scene import ADDRESS, LOGS, NODES, Network, Scene

if TYPE_CHECKING:
    from infra.wire import Properties


def test_an_account_in_which_nothing_was_made_is_empty_though_it_has_default_vpcs(
    simulation: Simulation,
) -> None:
    reply = simulation.cloud.account.region("us-east-1").call("ec2", "describe_vpcs")
    assert reply["Vpcs"]

    assert simulation.report("/inventory") == []


def test_everything_that_was_made_is_listed_by_kind_id_and_name(
    scene: Scene, simulation: Simulation, network: Network
) -> None:
    cluster = scene.cluster(network)
    group = scene.make(NODES, **scene.node_group_inputs(cluster, network))
    logs = scene.make(LOGS)
    scene.make(ADDRESS, domain="vpc", tags={"Name": "way out"})

    found = simulation.report("/inventory")

    kinds = {item["kind"] for item in found}
    assert kinds == {
        *("vpc", "subnet", "elastic IP", "log group", "IAM role", "cluster", "node group"),
        *("access entry", "security group"),
    }
    assert {"kind": "log group", "id": logs.physical_id, "name": logs.physical_id} in found
    assert {
        "kind": "node group",
        "id": group.physical_id,
        "name": group["nodeGroupName"],
    } in found
    assert len([item for item in found if item["kind"] == "security group"]) == 1


def test_groups_are_reported_with_bounds_and_nodes(
    scene: Scene, simulation: Simulation, network: Network
) -> None:
    scene.api.ready["counted"] = 1
    inputs = scene.node_group_inputs(scene.cluster(network), network)
    sizes: Properties = {"minSize": 1, "desiredSize": 1, "maxSize": 2}
    scene.make(NODES, **inputs | {"scalingConfig": sizes, "nodeGroupName": "counted"})

    (report,) = simulation.report("/node-groups")

    wanted = {"name": "counted", "min": 1, "desired": 1, "max": 2, "nodes": 1, "readyNodes": 1}
    assert wanted.items() <= report.items()
