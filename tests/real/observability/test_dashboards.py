"""Every panel of every dashboard asks a real Prometheus, in which a scene was played.

What vLLM says there is written from its recorded output, what other exporters say from the pinned
lists; both are labelled so where they are made (`tests/support/observability`).
"""

from collections.abc import Iterator

import pytest

from components.observability.dashboards.board import MOST_SERIES, Dashboard, Role
from components.observability.dashboards.boards import dashboards
from infra.rehearsal.ladder import Programs
from tests.support.observability import draw
from tests.support.observability.answers import lines_of
from tests.support.observability.recording import END
from tests.support.observability.stack import everything
from tests.support.prometheus import Server

pytestmark = pytest.mark.real
BOARDS = dashboards(everything())
EVERY = pytest.mark.parametrize("board", BOARDS, ids=[board.uid for board in BOARDS])


@pytest.fixture(scope="module")
def server(measuring: Programs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with draw.playing(measuring, tmp_path_factory.mktemp("scene")) as running:
        yield running


@EVERY
def test_every_query_of_a_panel_has_an_answer_now_or_had_one(
    server: Server, board: Dashboard
) -> None:
    silent = [
        f"{panel.title}: {target.expr}"
        for panel in board.measured
        for target in panel.targets
        if not server.over(board.replaced(target.expr), END - 6 * 3600, END, 240)
    ]

    assert silent == []


@EVERY
def test_no_panel_has_more_lines_than_a_person_can_tell_apart(
    server: Server, board: Dashboard
) -> None:
    lines = {panel.title: len(lines_of(server, board, panel)) for panel in board.panels}

    assert {title: count for title, count in lines.items() if count > MOST_SERIES} == {}


@EVERY
def test_every_line_of_a_panel_has_a_name_of_its_own(server: Server, board: Dashboard) -> None:
    """Two lines of one name are one line in Grafana's legend, and nobody knows which."""
    names = {
        panel.title: [line.name for line in lines_of(server, board, panel)]
        for panel in board.panels
    }

    assert {title: said for title, said in names.items() if len(set(said)) != len(said)} == {}
    assert {title: said for title, said in names.items() if "" in said} == {}


@EVERY
def test_every_choice_has_something_to_choose(server: Server, board: Dashboard) -> None:
    for variable in board.variables:
        found = server.instant(board.replaced(variable.query), END)

        assert [answer for answer in found if variable.of in answer.labels], variable.name


@EVERY
def test_a_query_of_another_role_is_no_panel_s(server: Server, board: Dashboard) -> None:
    for query in board.queries():
        if query.role is Role.ANNOTATION:
            assert server.over(query.expr, END - 6 * 3600, END, 240)


def test_the_pictures_in_the_documentation_are_those_of_these_dashboards(server: Server) -> None:
    drawn = draw.pictures(server)
    shown = {path.name: path.read_text(encoding="utf-8") for path in draw.FOLDER.glob("*.svg")}

    assert sorted(drawn) == sorted(shown)
    assert [name for name in drawn if drawn[name] != shown[name]] == [], "run `make dashboards`"


def test_a_renamed_metric_leaves_its_panels_without_an_answer(server: Server) -> None:
    """What the first test here would say, if vLLM called its first token otherwise."""
    model = next(board for board in BOARDS if board.uid == "tokenworks-model")
    asked = next(panel for panel in model.panels if panel.title == "Time to first token")
    renamed = asked.targets[0].expr.replace("time_to_first_token", "first_token")

    assert server.over(model.replaced(renamed), END - 6 * 3600, END, 240) == []
