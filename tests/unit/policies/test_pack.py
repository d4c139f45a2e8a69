"""The bridge to the SDK: what a rule about a stack reads of its resources."""

from policies.pools import GKE_POOL
from tests.unit.policies.cases import UNKNOWN, Thing
from tests.unit.policies.harness import reports_after

DECLARED = {
    "autoscaling": {"totalMaxNodeCount": 1},
    "nodeConfig": {"machineType": "g2-standard-8", "spot": True},
}
FORESEEN = {
    "autoscaling": {"totalMaxNodeCount": 1},
    "nodeConfig": {"machineType": "g2-standard-8", "spot": True, "flexStart": UNKNOWN},
}


def test_a_rule_about_a_stack_reads_what_the_program_declares_not_what_a_provider_foresees() -> (
    None
):
    declared = Thing(type=GKE_POOL, properties=DECLARED)
    foreseen = Thing(type=GKE_POOL, properties=FORESEEN)

    (said,) = reports_after("not-too-much-spot", declared, foreseen, "gcp-prod")

    assert "100% of the GPU nodes may be spot" in said
