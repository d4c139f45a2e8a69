"""Selectors, affinity and tolerations."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.rehearsal.nodes.groups import Taint
from infra.rehearsal.nodes.matching import matches, selects, tolerates
from infra.rehearsal.nodes.view import Requirement, Term, Toleration
from tests.unit.rehearsal.nodes.examples import GPU_TAINT, POD, SPOT, SYSTEM


def test_a_pod_matches_the_group_of_its_pool_only() -> None:
    assert matches(POD, SPOT)
    assert not matches(POD, SYSTEM)


def test_a_pod_without_the_toleration_does_not_match_a_tainted_group() -> None:
    assert not matches(replace(POD, tolerations=()), SPOT)


@pytest.mark.parametrize(
    ("zone", "expected"), [("us-east-1a", True), ("us-east-1b", True), ("us-east-1c", False)]
)
def test_a_zone_matches_if_the_group_spans_it(zone: str, *, expected: bool) -> None:
    selector = {"topology.kubernetes.io/zone": zone}
    assert matches(replace(POD, node_selector=selector), SPOT) is expected


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("In", ("l4", "l40s"), True),
        ("In", ("l40s",), False),
        ("NotIn", ("l40s",), True),
        ("NotIn", ("l4",), False),
        ("Exists", (), True),
        ("DoesNotExist", (), False),
        ("Gt", ("3",), False),
    ],
)
def test_an_expression_is_read_as_the_scheduler_reads_it(
    operator: str, values: tuple[str, ...], *, expected: bool
) -> None:
    term = Term((Requirement("tokenworks.dev/pool", operator, values),), names_nodes=False)
    assert selects(replace(POD, node_terms=(term,)), {"tokenworks.dev/pool": "l4"}) is expected


@given(st.integers(-50, 50), st.integers(-50, 50))
def test_greater_and_less_compare_numbers(have: int, bound: int) -> None:
    def holds(operator: str) -> bool:
        term = Term((Requirement("gpus", operator, (str(bound),)),), names_nodes=False)
        return selects(replace(POD, node_selector={}, node_terms=(term,)), {"gpus": str(have)})

    assert holds("Gt") == (have > bound)
    assert holds("Lt") == (have < bound)


def test_one_of_several_terms_is_enough_and_all_requirements_of_a_term_are_needed() -> None:
    yes = Requirement("tokenworks.dev/pool", "In", ("l4",))
    no = Requirement("tokenworks.dev/pool", "In", ("h100",))
    labels = {"tokenworks.dev/pool": "l4"}
    either = (Term((no,), names_nodes=False), Term((yes,), names_nodes=False))
    assert selects(replace(POD, node_terms=either), labels)
    assert not selects(replace(POD, node_terms=(Term((yes, no), names_nodes=False),)), labels)


def test_a_term_that_names_a_node_or_is_empty_matches_no_new_node() -> None:
    for term in (Term((), names_nodes=True), Term((), names_nodes=False)):
        assert not matches(replace(POD, node_terms=(term,)), SPOT)


@pytest.mark.parametrize(
    ("toleration", "expected"),
    [
        (Toleration("nvidia.com/gpu", "Exists", "", "NoSchedule"), True),
        (Toleration("nvidia.com/gpu", "Exists", "", ""), True),
        (Toleration("", "Exists", "", ""), True),
        (Toleration("nvidia.com/gpu", "Equal", "present", "NoSchedule"), True),
        (Toleration("nvidia.com/gpu", "Equal", "true", "NoSchedule"), False),
        (Toleration("nvidia.com/gpu", "Exists", "", "NoExecute"), False),
        (Toleration("other", "Exists", "", ""), False),
    ],
)
def test_a_toleration_covers_a_taint_as_in_kubernetes(
    toleration: Toleration, *, expected: bool
) -> None:
    assert tolerates((toleration,), GPU_TAINT) is expected


def test_a_mere_preference_keeps_nobody_away() -> None:
    assert tolerates((), Taint("slow", "", "PreferNoSchedule"))
