"""`python -m benchmarks` tells by its exit code what came out."""

from pathlib import Path

import pytest
import typer

from benchmarks import __main__ as command
from benchmarks.measure import FailedRunError
from benchmarks.results import SizeResult
from tests.unit.benchmarks.test_results import size


def test_it_ends_well_when_every_bound_holds(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sizes = [size([11]), size([12], times=10, resources=120)]
    monkeypatch.setattr(command, "_measured", lambda *_: sizes)

    command.bench(file=tmp_path / "out.json")

    assert (tmp_path / "out.json").is_file()


def test_it_fails_when_a_bound_does_not_hold(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(command, "_measured", lambda *_: [size([21])])

    with pytest.raises(typer.Exit) as end:
        command.bench(file=tmp_path / "out.json")

    assert end.value.exit_code == 1
    assert (tmp_path / "out.json").is_file(), "the numbers are wanted most when one is too large"


def test_it_says_when_nothing_was_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> list[SizeResult]:
        message = "up of [flat] failed"
        raise FailedRunError(message)

    monkeypatch.setattr(command, "_measured", fail)

    with pytest.raises(typer.Exit) as end:
        command.bench()

    assert end.value.exit_code == 2
    assert "failed: up of [flat] failed" in capsys.readouterr().out
