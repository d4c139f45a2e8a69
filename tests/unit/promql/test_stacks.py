"""Every expression of every environment names metrics and labels that exist."""

from dataclasses import replace

import pytest

from infra.catalog.metric_lists import Metric, MetricList, metric_lists
from tests.support import expressions
from tests.support.promql.checking import check
from tests.support.stacks import STACKS

ENVIRONMENTS = expressions.environments()
LISTS = metric_lists()
OF_SERIES = {
    name: metric.name for one in LISTS for metric in one.metrics for name, _, _ in metric.names()
}
"""Name that is asked for to name in a list."""
ANOTHER = "_called_otherwise"


def without(name: str) -> tuple[MetricList, ...]:
    """Return the lists as if a metric had another name."""

    def renamed(metric: Metric) -> Metric:
        return replace(metric, name=name + ANOTHER) if metric.name == name else metric

    return tuple(replace(one, metrics=tuple(map(renamed, one.metrics))) for one in LISTS)


@pytest.mark.parametrize("platform", ENVIRONMENTS)
def test_rules_and_panels_name_what_exists(platform: str) -> None:
    checked = check([*expressions.of_environment(platform)])
    assert not checked.mistakes, checked.report
    assert len(checked.answers) > 100


def test_every_stack_belongs_to_an_environment() -> None:
    assert len(ENVIRONMENTS) == 6
    assert set(ENVIRONMENTS) <= set(STACKS)


@pytest.mark.thorough
def test_a_metric_that_is_called_otherwise_is_missed_wherever_it_is_used() -> None:
    """Each metric that is used at all, one after the other, in the largest environment."""
    every = [*expressions.of_environment("aws-prod")]
    used = check(every).used
    families = {OF_SERIES[name] for name in used if name in OF_SERIES}
    assert len(families) > 50
    for family in sorted(families):
        asked = {name for name in used if OF_SERIES.get(name) == family}
        mistakes = check(every, without(family)).mistakes
        missed = {one.where for one in mistakes if one.problem.subject in asked}
        assert missed == {place for name in asked for place in used[name]}, family
