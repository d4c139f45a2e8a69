"""Every rule of the pack, over the SDK's own proxies, in each of the five cases."""

import pytest

from infra.unresolved import ALLOW
from policies.rule import ResourceRule
from policies.rules import RULES
from tests.unit.policies import (
    cases_access,
    cases_budget,
    cases_caches,
    cases_capacity_cost,
    cases_cluster_cost,
    cases_durable,
    cases_encryption,
    cases_exposure,
    cases_images,
    cases_listeners,
    cases_nodes,
    cases_pods,
    cases_rollouts,
    cases_routes,
    cases_servers,
)
from tests.unit.policies.cases import Cases, Thing, Verdict
from tests.unit.policies.harness import verdict

CASES: tuple[Cases, ...] = (
    *cases_access.CASES,
    *cases_budget.CASES,
    *cases_caches.CASES,
    *cases_capacity_cost.CASES,
    *cases_cluster_cost.CASES,
    *cases_durable.CASES,
    *cases_encryption.CASES,
    *cases_exposure.CASES,
    *cases_images.CASES,
    *cases_listeners.CASES,
    *cases_nodes.CASES,
    *cases_pods.CASES,
    *cases_rollouts.CASES,
    *cases_routes.CASES,
    *cases_servers.CASES,
)
BY_RULE = {cases.rule: cases for cases in CASES}


@pytest.fixture(autouse=True)
def _as_the_case_says(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set what a rehearsal sets, for cases that are one."""
    cases = getattr(request.node, "callspec", None)
    of = cases.params.get("cases") if cases else None
    if isinstance(of, Cases) and of.allows_unresolved:
        monkeypatch.setenv(ALLOW, "1")
    else:
        monkeypatch.delenv(ALLOW, raising=False)


every_rule = pytest.mark.parametrize("cases", CASES, ids=lambda cases: cases.rule)


def test_every_rule_has_its_five_cases_and_every_case_a_rule() -> None:
    names = [rule.name for rule in RULES]

    assert len(names) == len(set(names))
    assert len(CASES) == len(BY_RULE)
    assert set(BY_RULE) == set(names)


@every_rule
def test_what_is_right_passes(cases: Cases) -> None:
    assert verdict(cases.rule, cases.compliant, cases.stack) is Verdict.FINE


@every_rule
def test_what_is_wrong_is_reported(cases: Cases) -> None:
    assert verdict(cases.rule, cases.violating, cases.stack) is Verdict.VIOLATION


@every_rule
def test_a_property_that_is_not_there_is_judged_by_what_the_cloud_makes_of_it(
    cases: Cases,
) -> None:
    assert verdict(cases.rule, cases.missing, cases.stack) is cases.missing_is


@every_rule
def test_an_unknown_property_is_never_taken_for_a_good_one(cases: Cases) -> None:
    assert cases.unknown_is is not Verdict.FINE
    assert verdict(cases.rule, cases.unknown, cases.stack) is cases.unknown_is


@every_rule
def test_a_property_of_another_type_raises_nothing(cases: Cases) -> None:
    assert verdict(cases.rule, cases.odd, cases.stack) is cases.odd_is


@pytest.mark.parametrize(
    "rule", [r for r in RULES if isinstance(r, ResourceRule)], ids=lambda rule: rule.name
)
def test_a_rule_about_one_type_says_nothing_of_another(rule: ResourceRule) -> None:
    cases = BY_RULE[rule.name]
    others = tuple(
        Thing(type="test:index/other:Other", properties=thing.properties, name=thing.name)
        for thing in cases.violating
    )

    assert verdict(rule.name, others, cases.stack) is Verdict.FINE
