"""Parts of the tests with real programs, which several machines share."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.parts import MINUTES, UNIT_TESTS_MINUTES, Part, minutes

PLACES = [*MINUTES, *(f"test_{number}.py" for number in range(40))]


@given(
    st.lists(st.sampled_from(PLACES), unique=True),
    st.integers(min_value=1, max_value=7),
)
def test_every_place_is_in_exactly_one_part(places: list[str], parts: int) -> None:
    shares = [Part(number, parts).places(places) for number in range(1, parts + 1)]

    assert sorted(place for share in shares for place in share) == sorted(places)


@given(st.permutations(PLACES), st.integers(min_value=1, max_value=5))
def test_the_order_of_collection_moves_nothing(places: list[str], parts: int) -> None:
    part = Part(parts, parts)

    assert part.places(places) == part.places(PLACES)


def test_no_part_has_more_to_do_than_its_share_and_one_place() -> None:
    loads = [sum(map(minutes, Part(number, 6).places(PLACES))) for number in range(1, 7)]
    loads[0] += UNIT_TESTS_MINUTES

    assert max(loads) - min(loads) <= max(map(minutes, PLACES))


@pytest.mark.parametrize("path", [".github/workflows/nightly.yml", ".gitlab-ci.yml"])
def test_a_night_runs_every_part(path: str) -> None:
    text = Path(path).read_text(encoding="utf-8")
    (listed,) = re.findall(r"[pP](?:art|ART): \[(.*)\]", text)

    parts = [Part.parse(one) for one in listed.split(", ")]

    assert parts == [Part(number, len(parts)) for number in range(1, len(parts) + 1)]


@pytest.mark.parametrize("text", ["", "0/4", "5/4", "1", "1/0", "one/2", "1/4 "])
def test_what_is_no_part_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="write 1/6 to 6/6"):
        Part.parse(text)
