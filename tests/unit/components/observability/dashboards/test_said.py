"""Panels that Loki answers: where there is one, in its own language, by labels that lines have."""

import json
import re

import pytest

from components.kubernetes.gateway_objects import ACCESS_LOG
from components.observability import logs_alloy
from components.observability.dashboards.board import Dashboard, Panel, Source
from components.observability.dashboards.boards import dashboards
from components.observability.dashboards.grafana import LOKI, to_json
from components.observability.metrics_values import Surroundings, metrics_values
from infra.spec.files import load_stack_file
from infra.spec.logs import LogStore
from infra.spec.stack import StackSpec
from tests.support.manifests import maps
from tests.support.stacks import STACKS
from tests.unit.components.examples import stack_spec

SELECTOR = re.compile(r"\{([^{}]*)\}")
MATCHED = re.compile(r"(\w+) *(?:=~|!~|!=|=)")


def asked_of_loki(spec: StackSpec) -> list[tuple[Dashboard, Panel]]:
    return [
        (board, panel)
        for board in dashboards(spec)
        for panel in board.panels
        if panel.source is Source.LOKI
    ]


def without_loki(spec: StackSpec) -> StackSpec:
    logs = spec.observability.logs.model_copy(update={"store": LogStore.NONE})
    observability = spec.observability.model_copy(update={"logs": logs})
    return spec.model_copy(update={"observability": observability})


def test_a_model_s_lines_and_who_is_turned_away_are_on_dashboards() -> None:
    asked = asked_of_loki(load_stack_file("aws-prod"))

    assert [(board.uid, panel.title) for board, panel in asked] == [
        ("tokenworks-model", "Errors said"),
        ("tokenworks-model", "Lines"),
        ("tokenworks-gateway", "Over the limit, by tenant"),
        ("tokenworks-gateway", "Not allowed, by tenant"),
    ]


@pytest.mark.parametrize("stack", STACKS)
def test_without_loki_no_dashboard_asks_it(stack: str) -> None:
    spec = without_loki(load_stack_file(stack))

    assert asked_of_loki(spec) == []
    assert [board.uid for board in dashboards(spec) if '"loki"' in to_json(board)] == []


def test_prometheus_is_asked_nothing_that_is_loki_s() -> None:
    """Else the checker of PromQL would read LogQL, and a real Prometheus refuse it."""
    spec = load_stack_file("aws-prod")
    of_loki = {target.expr for _, panel in asked_of_loki(spec) for target in panel.targets}
    of_prometheus = {query.expr for board in dashboards(spec) for query in board.queries()}

    assert of_loki
    assert not of_loki & of_prometheus
    assert "{namespace=" not in " ".join(of_prometheus)


@pytest.mark.parametrize("stack", STACKS)
def test_lines_are_chosen_by_labels_that_alloy_gives_them(stack: str) -> None:
    wrong = [
        (panel.title, label)
        for _, panel in asked_of_loki(load_stack_file(stack))
        for target in panel.targets
        for selector in SELECTOR.findall(target.expr.partition("|")[0])
        for label in MATCHED.findall(selector)
        if label not in logs_alloy.LABELS
    ]

    assert wrong == []


def test_what_is_read_out_of_a_line_of_the_access_log_is_in_it() -> None:
    panels = [panel for _, panel in asked_of_loki(load_stack_file("aws-prod"))]
    read = {
        name.strip()
        for panel in panels
        for target in panel.targets
        for names in re.findall(r"\| json ([^|]+)", target.expr)
        for name in names.split(",")
    }

    assert read == {"client", "code"}
    assert read <= ACCESS_LOG.keys()


def test_loki_is_the_source_that_grafana_was_given() -> None:
    spec = load_stack_file("aws-prod")
    at = Surroundings(spec.platform_name, spec.environment, "disk")
    values = json.loads(json.dumps(metrics_values(spec.observability, at)))
    sources = {one["uid"]: one["type"] for one in maps(values["grafana"]["additionalDataSources"])}

    assert sources[str(LOKI.uid)] == LOKI.type_val


def test_every_choice_in_a_query_of_logs_is_one_of_its_dashboard() -> None:
    for board, panel in asked_of_loki(load_stack_file("aws-prod")):
        for target in panel.targets:
            assert "$" not in board.replaced(target.expr)


def test_a_gateway_without_a_shared_host_says_who_is_turned_away_all_the_same() -> None:
    spec = stack_spec()
    found = {panel.title for _, panel in asked_of_loki(load_stack_file("aws-dev"))}

    assert "Over the limit, by tenant" in found
    assert not spec.gateway.is_built
    assert {panel.title for _, panel in asked_of_loki(spec)} == {"Errors said", "Lines"}
