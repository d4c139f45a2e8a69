"""The dashboards of every stack, as Grafana reads them."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import pytest

from components.observability.dashboards.board import GRID_COLUMNS, Dashboard, Place
from components.observability.dashboards.boards import dashboards
from components.observability.dashboards.grafana import to_json
from infra.spec.files import load_stack_file
from infra.spec.vector_store import VectorStoreMode
from tests.support.stacks import STACKS
from tests.unit.components.examples import MANAGED_CACHE, stack_spec

BOARDS = [(stack, board) for stack in STACKS for board in dashboards(load_stack_file(stack))]
EVERY = pytest.mark.parametrize(
    "board", [board for _, board in BOARDS], ids=[f"{stack}-{board.uid}" for stack, board in BOARDS]
)

LOKI = '{"type": "loki", "uid": "loki"}'
MOST_BYTES = 1024 * 1024
"""The API server takes no ConfigMap with more data (kubernetes.io, "ConfigMaps", 2026)."""


def read(board: Dashboard) -> dict[str, Any]:
    return json.loads(to_json(board))


def datasources(value: object) -> Iterator[object]:
    """Yield what every `datasource` of a document says, however deep it lies."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name == "datasource":
                yield inner
            else:
                yield from datasources(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from datasources(inner)


def test_a_stack_with_everything_gets_six_dashboards_with_fixed_names() -> None:
    assert [board.uid for board in dashboards(load_stack_file("aws-staging"))] == [
        "tokenworks-fleet",
        "tokenworks-model",
        "tokenworks-gpu",
        "tokenworks-gateway",
        "tokenworks-data",
        "tokenworks-cost",
    ]


def test_what_a_stack_does_not_have_is_on_no_dashboard() -> None:
    bare = stack_spec().model_copy(update={"cache": MANAGED_CACHE})

    assert {board.uid for board in dashboards(bare)} & {
        "tokenworks-data",
        "tokenworks-gateway",
    } == set()


@pytest.mark.parametrize("mode", [VectorStoreMode.STANDALONE, VectorStoreMode.CLUSTER])
def test_a_stack_with_a_managed_cache_and_vectors_sees_vectors_alone(mode: VectorStoreMode) -> None:
    bare = stack_spec()
    vectors = bare.vector_store.model_copy(update={"mode": mode})
    spec = bare.model_copy(update={"cache": MANAGED_CACHE, "vector_store": vectors})
    of_data = next(board for board in dashboards(spec) if board.uid == "tokenworks-data")

    asked = " ".join(query.expr for query in of_data.queries())

    assert "milvus_" in asked
    assert "redis_" not in asked


def test_tenants_are_told_apart_where_models_share_a_host() -> None:
    shared = {stack: load_stack_file(stack).gateway.shared_host for stack in STACKS}
    rows = {
        stack: "Tenants, on the shared host" in {row.title for row in board.rows}
        for stack, board in BOARDS
        if board.uid == "tokenworks-gateway"
    }

    assert {stack for stack, has_row in rows.items() if has_row} == {
        stack for stack in rows if shared[stack]
    }
    assert set(rows.values()) == {True, False}


@EVERY
def test_ids_and_titles_are_unique(board: Dashboard) -> None:
    panels = read(board)["panels"]
    ids = [panel["id"] for panel in panels]
    titles = [panel["title"] for panel in panels]

    assert len(set(ids)) == len(ids)
    assert len(set(titles)) == len(titles)


@EVERY
def test_nothing_overlaps_or_stands_beside_the_grid(board: Dashboard) -> None:
    places = {
        panel["title"]: Place(*(panel["gridPos"][key] for key in ("x", "y", "w", "h")))
        for panel in read(board)["panels"]
    }

    assert [
        (one, other)
        for (one, at), (other, there) in combinations(places.items(), 2)
        if at.overlaps(there)
    ] == []
    assert [title for title, at in places.items() if at.x + at.width > GRID_COLUMNS] == []


@EVERY
def test_every_line_of_panels_is_full(board: Dashboard) -> None:
    """A hole in the grid looks like a panel that is missing."""
    widths: dict[int, int] = {}
    for _, place in board.placed():
        widths[place.y] = widths.get(place.y, 0) + place.width

    assert {top: width for top, width in widths.items() if width != GRID_COLUMNS} == {}


@EVERY
def test_every_data_source_is_the_one_that_is_chosen(board: Dashboard) -> None:
    document = read(board)

    found = {json.dumps(one, sort_keys=True) for one in datasources(document)}
    assert found - {LOKI} == {'{"type": "prometheus", "uid": "${datasource}"}'}
    assert document["templating"]["list"][0]["name"] == "datasource"
    assert document["templating"]["list"][0]["type"] == "datasource"


@EVERY
def test_every_panel_says_how_to_read_it_and_in_which_unit(board: Dashboard) -> None:
    panels = [panel for panel in read(board)["panels"] if panel["type"] != "row"]

    assert [
        panel["title"]
        for panel in panels
        if not panel["description"] or not panel["fieldConfig"]["defaults"]["unit"]
    ] == []


@EVERY
def test_every_choice_is_made_somewhere(board: Dashboard) -> None:
    asked = " ".join(target.expr for panel in board.panels for target in panel.targets)
    of_choices = " ".join(variable.query for variable in board.variables)

    assert [one.name for one in board.variables if f"${one.name}" not in asked + of_choices] == []


@EVERY
def test_a_dashboard_fits_the_object_that_carries_it(board: Dashboard) -> None:
    """Far below what a ConfigMap may hold, so that nobody comes near by a panel at a time."""
    assert len(to_json(board)) < MOST_BYTES / 10


def test_all_is_what_a_choice_begins_with_and_asks_for_every_value() -> None:
    model = next(board for board in dashboards(stack_spec()) if board.uid == "tokenworks-model")
    choice = read(model)["templating"]["list"][1]

    assert (choice["name"], choice["allValue"], choice["current"]["value"]) == (
        "model",
        ".+",
        ["$__all"],
    )


@pytest.mark.parametrize("stack", STACKS)
def test_whatever_says_more_is_a_dashboard_of_the_same_stack(stack: str) -> None:
    boards = dashboards(load_stack_file(stack))
    links = {panel.more for board in boards for panel in board.panels if panel.more}

    assert "tokenworks-model" in links
    assert links - {board.uid for board in boards} == set()


def test_a_panel_leads_to_what_says_more_and_keeps_the_time() -> None:
    panels = read(dashboards(stack_spec())[0])["panels"]
    panel = next(one for one in panels if one["title"] == "Requests, by model")

    assert [(link["url"], link["keepTime"]) for link in panel["links"]] == [
        ("/d/tokenworks-model", True)
    ]


BOUNDED = {
    *("capacity_type", "envoy_response_code_class", "finished_reason", "modelName", "phase"),
    *("reason", "source", "status"),
}
"""Labels with a handful of values, whatever a platform grows to."""


@EVERY
def test_whatever_grows_with_a_platform_is_cut_at_a_dozen(board: Dashboard) -> None:
    endless = [
        (panel.title, target.legend)
        for panel in board.panels
        for target in panel.targets
        if set(re.findall(r"{{(\w+)}}", target.legend)) - BOUNDED
        and not re.search(r"\b(top|bottom)k\(12, ", target.expr)
    ]

    assert endless == []
