"""Which rules each stack gets, and what they are made of."""

import re

import pytest

from components.data import cache, milvus_values
from components.kubernetes import gateway_names, model_namespace
from components.observability import targets
from components.observability.rules import objectives
from components.observability.rules.cost import PRICE
from components.observability.rules.groups import all_alerts, rule_groups
from components.observability.rules.promql import MODEL_OF_ROUTE
from components.observability.rules.rule import RecordingRule, Severity
from components.observability.rules.serving import EXPECTED
from components.serving import shared_route_objects
from infra.catalog.prices import price_in
from infra.spec.environment import Environment
from infra.spec.files import load_stack_file, stack_names
from infra.spec.stack import StackSpec

ALL_OF_THEM = stack_names()
MODEL = load_stack_file("aws-prod-models").models[0]
PLATFORMS = [name for name in ALL_OF_THEM if not name.endswith("-models")]


@pytest.fixture(scope="module", params=PLATFORMS)
def platform(request: pytest.FixtureRequest) -> StackSpec:
    """Return each stack that has a platform."""
    return load_stack_file(request.param)


def alerts_of(name: str) -> set[str]:
    return {alert.alert for alert in all_alerts(load_stack_file(name))}


def test_nobody_is_woken_for_dev_and_somebody_for_all_else(platform: StackSpec) -> None:
    pages = {alert.alert for alert in all_alerts(platform) if alert.severity is Severity.PAGE}

    assert ("ModelDown" in pages) == (platform.environment is not Environment.DEV)
    assert bool(pages) == ("ModelDown" in pages)


def test_names_of_groups_alerts_and_series_are_unique(platform: StackSpec) -> None:
    groups = rule_groups(platform)
    series = [
        (rule.record, tuple(sorted(rule.labels.items())))
        for group in groups
        for rule in group.recordings
    ]

    for names in (
        [group.name for group in groups],
        [a.alert for a in all_alerts(platform)],
        series,
    ):
        assert len(set(names)) == len(names)


def test_what_is_used_is_recorded_before(platform: StackSpec) -> None:
    """Else it is a round late in promtool, and in a Prometheus that has just started."""
    known = {EXPECTED}  # of the stack of the models, which may be another one
    for group in rule_groups(platform):
        for rule in group.rules:
            used = set(re.findall(r"(?<![a-z_])tokenworks[:_][a-z0-9_:]+", rule.expr))
            assert used <= known, (group.name, rule)
            if isinstance(rule, RecordingRule):
                known.add(rule.record)


def test_a_range_is_at_least_four_scrapes_and_a_wait_at_least_two(platform: StackSpec) -> None:
    for group in rule_groups(platform):
        for rule in group.rules:
            for number, unit in re.findall(r"\[(\d+)([smhd])(?::\d+s)?\]", rule.expr):
                seconds = int(number) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit]
                assert seconds >= 4 * targets.SCRAPE_SECONDS, rule
        for alert in group.alerts:
            assert alert.for_seconds == 0 or alert.for_seconds >= 2 * targets.SCRAPE_SECONDS, alert


def test_each_alert_says_what_it_saw_and_its_condition_without_templates(
    platform: StackSpec,
) -> None:
    for alert in all_alerts(platform):
        assert alert.when, alert.alert
        assert "{{" not in alert.when, alert.alert
        assert alert.description.endswith("."), alert.alert
        # Python's doubled braces that were not halved, or halved twice.
        for text in (alert.summary, alert.description):
            assert re.fullmatch(r"(?:[^{}]|\{\{ \$\w+[^{}]*\}\})*", text), (alert.alert, text)


def test_parts_that_a_stack_lacks_have_no_alerts() -> None:
    production, google, dev = map(alerts_of, ("aws-prod", "gcp-prod", "aws-dev"))

    assert "AutoscalerStuck" in production
    assert "AutoscalerStuck" not in google
    assert "CacheFull" in dev
    assert "CacheFull" not in production
    assert {"VectorStoreDown", "GatewayDown", "BudgetBurn"} <= production & google


def test_a_stack_without_a_gateway_counts_requests_at_its_servers() -> None:
    spec = load_stack_file("aws-dev")
    closed = spec.model_copy(update={"gateway": spec.gateway.model_copy(update={"domain": None})})
    expressions = " ".join(rule.expr for group in rule_groups(closed) for rule in group.rules)

    assert "envoy_" not in expressions
    assert "ModelErrors" in {alert.alert for alert in all_alerts(closed)}


def test_a_stack_of_models_adds_their_names_and_nothing_else() -> None:
    (group,) = rule_groups(load_stack_file("aws-prod-models"))

    assert not group.alerts
    assert {rule.record for rule in group.recordings} == {EXPECTED}
    assert "qwen2-5-7b" in {rule.labels["model"] for rule in group.recordings}


def test_every_node_has_the_price_of_the_catalogue_or_none(platform: StackSpec) -> None:
    priced = {
        (rule.labels["instance_type"], rule.labels["capacity_type"]): float(rule.expr[7:-1])
        for group in rule_groups(platform)
        for rule in group.recordings
        if rule.record == PRICE
    }

    assert priced
    for (machine, how), usd in priced.items():
        price = price_in(platform.cloud.provider.value, platform.cloud.region, machine)
        assert usd == price.usd_per_hour(how)
    assert not [key for key, usd in priced.items() if not usd]


def test_namespaces_are_those_of_the_components() -> None:
    assert targets.MODELS == model_namespace.NAMESPACE
    assert targets.VECTOR_STORE == milvus_values.NAMESPACE
    assert targets.CACHE == cache.NAMESPACE
    assert targets.GATEWAY == gateway_names.NAMESPACE


def test_a_burn_is_said_in_shares_of_all_requests() -> None:
    slo = load_stack_file("aws-prod").slo

    fast = objectives.errors(slo).burns(objectives.FAST, least=50)

    # 14.4 and 6 times the 0.1 % that may fail.
    assert "ratio1h > 0.0144 and tokenworks:model_availability_bad:ratio5m > 0.0144" in fast
    assert "ratio6h > 0.006 and tokenworks:model_availability_bad:ratio30m > 0.006" in fast
    assert "[1h]) * 30 >= 50" in fast


def test_a_threshold_of_the_stack_file_is_the_bound_that_is_counted() -> None:
    spec = load_stack_file("aws-prod")
    slower = spec.model_copy(
        update={"slo": spec.slo.model_copy(update={"ttft_milliseconds": 1000})}
    )

    def bounds(of: StackSpec) -> str:
        return " ".join(rule.expr for rule in objectives.latency_recordings(of))

    assert 'first_token_seconds_bucket{le="0.5"}' in bounds(spec)
    assert 'first_token_seconds_bucket{le="1.0"}' in bounds(slower)


@pytest.mark.parametrize("route", [MODEL.object_name, shared_route_objects.route_name(MODEL.name)])
def test_a_model_is_counted_at_its_own_host_and_at_the_shared_one(route: str) -> None:
    """The route of the model's canary, or of a model of a longer name, counts for that one."""
    (found,) = re.findall(MODEL_OF_ROUTE, f"httproute/models/{route}/rule/0")

    assert found == MODEL.object_name
    assert re.findall(MODEL_OF_ROUTE, f"httproute/models/{route}-next/rule/0") == [f"{route}-next"]
