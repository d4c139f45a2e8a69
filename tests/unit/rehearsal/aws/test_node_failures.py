"""Node groups whose machines come to nothing: for want of quota, or of rights of their role."""

import json

import pytest

from infra.preflight.aws import catalogue
from infra.wire import Properties
from tests.unit.rehearsal.aws.harness import TRUST_EC2, Simulation
from tests.unit.rehearsal.aws.scene import (
    ATTACHMENT,
    INLINE,
    MANAGED,
    NODE_POLICIES,
    NODES,
    AccountFacts,
    Scene,
)
from tests.unit.rehearsal.cloud.wire import Made, PartlyError, RefusedError


def _sized(count: int) -> Properties:
    return {"scalingConfig": {"minSize": 0, "desiredSize": count, "maxSize": 2}}


def test_the_autoscaler_sees_which_quota_keeps_a_group_from_growing_and_cannot_break_it(
    scene: Scene, simulation: Simulation, group: Properties, facts: AccountFacts
) -> None:
    facts.have(catalogue.ON_DEMAND_G, 7)
    scene.make(NODES, **group, nodeGroupName="small")
    (roomy,) = simulation.cloud.fleet.list_groups()
    simulation.cloud.fleet.set_desired("small", 1)
    (full,) = simulation.cloud.fleet.list_groups()
    simulation.cloud.fleet.set_desired("small", 2)
    (still,) = simulation.cloud.fleet.list_groups()
    facts.have(catalogue.ON_DEMAND_G, 8)
    (again,) = simulation.cloud.fleet.list_groups()

    assert (roomy.desired, roomy.blocked) == (0, "")
    assert (full.desired, still.desired) == (1, 1)
    assert full.blocked == (
        "quota L-DB2E81BA (Running On-Demand G and VT instances): the account has 7 vCPUs, and 8 "
        "are needed with one more g6.xlarge"
    )
    assert again.blocked == ""


def test_a_group_that_is_made_larger_than_the_quota_keeps_the_machines_it_has(
    scene: Scene, simulation: Simulation, group: Properties, facts: AccountFacts
) -> None:
    facts.have(catalogue.ON_DEMAND_G, 7)
    scene.api.ready["grows"] = 1
    made = scene.make(NODES, **group | _sized(1), nodeGroupName="grows")
    two = _sized(2)["scalingConfig"]
    with pytest.raises(RefusedError, match=r"'DEGRADED', wanted target.*VcpuLimitExceeded"):
        scene.engine.update(made, scalingConfig=two)
    (seen,) = simulation.cloud.fleet.list_groups()
    assert seen.desired == 1

    facts.have(catalogue.ON_DEMAND_G, 8)
    scene.api.ready["grows"] = 2
    assert scene.engine.update(made, scalingConfig=two)["status"] == "ACTIVE"


def test_a_group_at_zero_whose_role_lets_no_node_join_never_grows_until_it_does(
    scene: Scene, simulation: Simulation, group: Properties
) -> None:
    role = scene.role_with(TRUST_EC2)
    made = scene.make(NODES, **group | {"nodeRoleArn": role["arn"]})
    assert made["status"] == "ACTIVE"
    (seen,) = simulation.cloud.fleet.list_groups()
    assert seen.blocked == "Instances failed to join the kubernetes cluster"

    for policy in NODE_POLICIES:
        scene.make(ATTACHMENT, role=role.physical_id, policyArn=MANAGED + policy)

    (seen,) = simulation.cloud.fleet.list_groups()
    assert seen.blocked == ""


def test_nodes_may_get_their_addresses_by_an_inline_policy_and_a_deny_takes_them_away(
    scene: Scene, group: Properties
) -> None:
    def document(effect: str) -> str:
        statement = {"Effect": effect, "Action": ["ec2:Assign*", "ec2:Create*"], "Resource": "*"}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    role = scene.role_with(TRUST_EC2, *NODE_POLICIES[:2])
    scene.make(INLINE, role=role.physical_id, policy=document("Allow"))
    scene.api.ready["healthy"] = 1
    sized = group | _sized(1) | {"nodeRoleArn": role["arn"]}
    assert scene.make(NODES, **sized, nodeGroupName="healthy")["status"] == "ACTIVE"

    denied = scene.node_role()
    scene.make(INLINE, role=denied.physical_id, policy=document("Deny"))
    with pytest.raises(PartlyError, match="Unhealthy nodes in the kubernetes cluster") as error:
        scene.make(NODES, **sized | {"nodeRoleArn": denied["arn"], "nodeGroupName": "ill"})
    urn = f"urn:pulumi:dev::tokenworks::{NODES}::ill"
    scene.made.append(Made(urn, error.value.physical_id, {}, {}))
