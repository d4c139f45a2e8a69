"""The form of dashboards: where panels stand, what they ask, what is refused."""

import pytest

from components.observability.dashboards.board import (
    Dashboard,
    Level,
    Limit,
    Limits,
    Panel,
    Place,
    Role,
    Row,
    Target,
    Unit,
    Variable,
)


def a_panel(expr: str = "up", width: int = 8, height: int = 8) -> Panel:
    asked = (Target(expr, "all"),)
    return Panel("Requests", "How to read it.", Unit.NUMBER, asked, width=width, height=height)


def a_board(*rows: Row) -> Dashboard:
    model = Variable("model", "Model", "vllm:num_requests_running", "model_name")
    return Dashboard("tokenworks-x", "X", "What is it?", (model,), rows)


def test_panels_stand_side_by_side_and_go_to_a_new_line_where_one_is_full() -> None:
    wide, narrow = a_panel(width=20, height=8), a_panel(width=4, height=4)
    board = a_board(Row("First", (wide, narrow, narrow)), Row("Second", (narrow,)))

    assert [place for _, place in board.placed()] == [
        Place(0, 0, 24, 1),
        Place(0, 1, 20, 8),
        Place(20, 1, 4, 4),
        Place(0, 9, 4, 4),
        Place(0, 13, 24, 1),
        Place(0, 14, 4, 4),
    ]


def test_two_places_overlap_where_they_share_a_cell_and_not_where_they_touch() -> None:
    place = Place(0, 0, 8, 8)

    assert place.overlaps(Place(7, 7, 8, 8))
    assert not place.overlaps(Place(8, 0, 8, 8))
    assert not place.overlaps(Place(0, 8, 8, 8))


def test_a_query_asks_for_every_value_of_a_choice_and_keeps_what_is_no_choice() -> None:
    expr = (
        'label_replace(rate(a{m=~"$model", n=~"${model}"}[$__rate_interval]), "x", "$1", "y", "")'
    )
    board = a_board(Row("First", (a_panel(expr=expr),)))

    asked = next(query for query in board.queries() if query.role is Role.PANEL)

    assert asked.expr == 'label_replace(rate(a{m=~".+", n=~".+"}[5m]), "x", "$1", "y", "")'


def test_a_choice_that_the_dashboard_does_not_have_is_refused() -> None:
    board = a_board(Row("First", (a_panel(expr='up{node="$node"}'),)))

    with pytest.raises(ValueError, match=r"\$node is no variable"):
        board.queries()


def test_a_panel_is_refused_with_all_its_mistakes_at_once() -> None:
    with pytest.raises(ValueError, match=r"targets: none.*description: got ''.*width: got 25"):
        Panel("Empty", "", Unit.NUMBER, (), width=25)


@pytest.mark.parametrize("starts", [(), (2, 1), (1, 1)])
def test_limits_that_do_not_go_up_are_refused(starts: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="steps must go up"):
        Limits(Level.GOOD, tuple(Limit(at, Level.BAD) for at in starts))
