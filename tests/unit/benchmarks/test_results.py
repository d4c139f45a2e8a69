"""Ratios, growth and bounds, from measurements that are made up here."""

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.results import (
    QUANTITIES,
    Growth,
    Measurement,
    Program,
    SizeResult,
    Step,
    bounds,
)
from benchmarks.table import save, show
from benchmarks.usage import Usage

BY_NAME = {quantity.name: quantity for quantity in QUANTITIES}
PREVIEW, CPU, MEMORY = (BY_NAME[name] for name in ("preview", "program CPU", "program memory"))


def size(ours: list[float], *, times: int = 1, resources: int = 40, flat: float = 10) -> SizeResult:
    """Return measurements of as many rounds as there are durations of ours."""
    return SizeResult(
        times,
        resources,
        [
            Measurement(
                number,
                program,
                step,
                seconds,
                None if step is Step.DESTROY else Usage(20 * seconds, seconds / 2),
            )
            for number, duration in enumerate(ours)
            for step in Step
            for program, seconds in ((Program.OURS, duration), (Program.FLAT, flat))
        ],
    )


def test_a_ratio_is_that_of_two_neighbours_round_by_round() -> None:
    assert size([10, 40, 12]).ratios(PREVIEW) == [1.0, 4.0, 1.2]


def test_memory_and_processor_time_are_those_of_both_previews() -> None:
    result = size([10, 20])

    assert result.ratios(MEMORY) == [1.0, 1.0, 2.0, 2.0]
    assert result.median(Program.OURS, MEMORY) == 300
    assert result.median(Program.FLAT, CPU) == 5


def test_one_disturbed_round_does_not_decide() -> None:
    (bound,) = (bound for bound in bounds([size([11, 90, 12])]) if "x1 preview," in bound.what)

    assert (bound.value, bound.holds) == (1.2, True)


@pytest.mark.parametrize(("seconds", "holds"), [(20, True), (20.1, False)])
def test_a_preview_may_take_twice_what_the_flat_one_takes(seconds: float, *, holds: bool) -> None:
    judged = {bound.what: bound.holds for bound in bounds([size([seconds])])}

    assert judged == {
        "x1 preview, ours / flat": holds,
        "x1 preview again, ours / flat": holds,
        "x1 program CPU, ours / flat": holds,
        "x1 program memory, ours / flat": holds,
    }


def test_growth_is_measured_against_that_of_the_resources() -> None:
    growth = Growth(size([10]), size([15], times=10, resources=120, flat=30))

    assert growth.resources == 3
    assert growth.of(PREVIEW, Program.OURS) == 0.5
    assert growth.of(PREVIEW, Program.FLAT) == 1


@pytest.mark.parametrize(("seconds", "holds"), [(33, True), (33.1, False)])
def test_growth_may_be_linear_within_the_tolerance(seconds: float, *, holds: bool) -> None:
    sizes = [size([10]), size([seconds], times=10, resources=120, flat=30)]
    judged = {bound.what: bound.holds for bound in bounds(sizes) if "growth" in bound.what}

    assert set(judged) == {
        f"x10 {name}, growth / growth of resources"
        for name in ("preview", "up", "preview again", "program CPU", "program memory")
    }
    assert set(judged.values()) == {holds}


def test_an_unmeasured_program_is_an_error_and_not_nothing() -> None:
    result = SizeResult(1, 40, [Measurement(0, Program.OURS, Step.PREVIEW, 10, None)])

    with pytest.raises(ValueError, match="was not measured"):
        result.median(Program.OURS, MEMORY)


def test_a_bound_that_does_not_hold_is_said() -> None:
    text = StringIO()

    show(Console(file=text, width=80), [size([30]), size([30], times=10, resources=120)])

    lines = text.getvalue().splitlines()
    assert "DOES NOT HOLD  x1 preview, ours / flat: 3.00, at most 2.0" in lines
    assert any(line.startswith("holds") and "x10 preview, growth" in line for line in lines)


def test_every_number_is_in_the_file(tmp_path: Path) -> None:
    save(tmp_path / "out.json", "sample", [size([10, 30])])

    saved = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert saved["sizes"][0]["ratios"]["preview"] == [1.0, 3.0]
    assert len(saved["sizes"][0]["measurements"]) == 2 * len(Step) * len(Program)
    assert {bound["holds"] for bound in saved["bounds"]} == {True}
