"""The pack over the stacks of this repository: nothing mandatory is violated."""

import pytest

from infra.spec.files import stack_names
from policies.evaluate import evaluate
from policies.from_graph import subjects
from policies.rule import Level, Violation
from policies.rules import RULES
from policies.scene import exceptions, load_scene
from tests.support.graphs import graph_of
from tests.unit.policies.harness import NOW


@pytest.mark.parametrize("stack", stack_names())
def test_no_stack_of_ours_violates_a_mandatory_rule(stack: str) -> None:
    here = load_scene(stack, allows_unresolved=True, now=NOW)

    found = [
        f"{result.rule.name} {result.resource}: {result.finding.message}"
        for result in evaluate(RULES, subjects(graph_of(stack)), here)
        if isinstance(result.finding, Violation) and result.rule.level is Level.MANDATORY
    ]

    assert found == []


def test_every_exception_is_of_a_rule_that_exists() -> None:
    names = {rule.name for rule in RULES}

    assert [one.rule for one in exceptions() if one.rule not in names] == []
