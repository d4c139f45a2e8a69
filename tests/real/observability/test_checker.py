"""What the checker says of an expression is what a real Prometheus answers: which labels it has."""

from pathlib import Path

import pytest

from infra.rehearsal.ladder import Programs
from tests.support import expressions
from tests.support.observability import draw
from tests.support.observability.recording import END
from tests.support.promql.checking import check

pytestmark = pytest.mark.real
PLATFORM = "aws-prod"


def test_an_answer_has_no_label_that_the_checker_does_not_know_of(
    measuring: Programs, tmp_path: Path
) -> None:
    every = [*expressions.of_environment(PLATFORM)]
    known = check(every).answers
    answered, wrong = 0, []
    with draw.playing(measuring, tmp_path) as server:
        for one in every:
            for answer in server.instant(one.text, END):
                answered += 1
                if unknown := set(answer.labels) - known[one.where] - {"__name__"}:
                    wrong.append(f"{one.where}: {', '.join(sorted(unknown))}")
    assert answered > 300
    assert sorted(set(wrong)) == []
