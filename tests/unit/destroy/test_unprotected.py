"""What a rehearsal lifts is all that a destroy would stop at, on every protected stack we have."""

import logging
from typing import TYPE_CHECKING

import pytest

from infra.destroy.plan import PROTECTIONS, StackPlan
from infra.graph.record import record_stack
from infra.rehearsal.protection import unprotected

if TYPE_CHECKING:
    from infra.wire import Properties, Value

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize("stack", ["aws-prod", "gcp-prod"])
def test_nothing_of_production_is_protected_once_both_protections_are_lifted(
    stack: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, "infra.graph.recorder")
    graph = record_stack(stack)
    resources: list[Value] = [
        {"urn": one.urn, "type": one.type, "custom": one.custom, "inputs": one.inputs}
        for one in graph.resources
    ]
    state: Properties = {"version": 3, "deployment": {"resources": resources}}
    by_the_cloud = [one for one in graph.resources if any(one.inputs.get(p) for p in PROTECTIONS)]
    assert len(StackPlan(stack, state).protected) == len(by_the_cloud) > 0

    lifted = unprotected(state)

    assert StackPlan(stack, lifted).protected == []
    assert len(StackPlan(stack, state).protected) == len(by_the_cloud)
