"""`tokenworks prices refresh`: the difference, the file, and what the catalogue reads back."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from infra import cli_prices
from infra.catalog import prices, refreshed
from infra.cli import app
from infra.cloud_error import CloudApiError
from infra.cost.refresh.quotes import Answer, Quote

G6 = Quote(
    machine="g6.xlarge",
    on_demand=Decimal("0.85"),
    spot=(Decimal("0.30"), Decimal("0.40"), Decimal("0.60")),
)
ANSWER = Answer(
    cloud="aws",
    region="us-east-1",
    source="AWS",
    source_date="2026-11-26",
    quotes=(G6, Quote(machine="g5.xlarge", on_demand=Decimal("2.0"))),
)


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """The catalogue's file, somewhere else, and a cloud that answers."""
    path = tmp_path / "refreshed_prices.yaml"
    monkeypatch.setattr(refreshed, "FILE", path)
    monkeypatch.setattr(refreshed.read, "__defaults__", (path,))
    monkeypatch.setattr(cli_prices, "_ask", lambda *_: ANSWER)
    refreshed.refreshed.cache_clear()
    yield path
    refreshed.refreshed.cache_clear()


def _run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["prices", "refresh", "--cloud", "aws", *words])
    return result.exit_code, result.output


def test_the_difference_has_old_new_percent_source_and_date_and_names_refusals(file: Path) -> None:
    code, said = _run()

    assert code == 1
    assert "aws us-east-1, 2026-11-26: AWS" in said
    assert "g6.xlarge          on-demand      0.8048 ->       0.85  +5.6 %" in said
    assert "2 prices change, 0 stand, 2 are refused" in said
    assert "refused: g5.xlarge on-demand: moves by +98.8 %, more than 25 %" in said
    assert "refused: g5.xlarge spot: the cloud gives no price" in said
    assert not file.exists()


def test_what_is_written_is_what_the_catalogue_reads(file: Path) -> None:
    before = prices.price("aws", "g5.xlarge")

    assert _run("--write")[0] == 1
    refreshed.refreshed.cache_clear()
    after = prices.price("aws", "g6.xlarge")

    assert file.read_text(encoding="utf-8").count("\n") == 3
    assert (after.on_demand_usd_per_hour, after.spot_usd_per_hour) == (0.85, 0.4)
    assert after.spot_range_usd_per_hour == (0.3, 0.6)
    assert (after.source, after.date_of("spot")) == ("AWS", "2026-11-26")
    assert prices.price("aws", "g5.xlarge") == before
    assert prices.price_in("aws", "us-west-2", "g6.xlarge") == prices.UNKNOWN


def test_a_jump_is_written_once_a_person_accepts_it(file: Path) -> None:
    _run("--write", "--accept", "g5.xlarge")
    refreshed.refreshed.cache_clear()

    price = prices.price("aws", "g5.xlarge")
    assert price.on_demand_usd_per_hour == 2.0
    assert price.source_of("on-demand") == "AWS"
    assert price.source_of("spot") != "AWS"  # that one is as old as it was
    assert file.exists()


def test_an_older_row_outlives_a_refresh_that_refuses_it(file: Path) -> None:
    row = refreshed.Row(low=1.0, median=1.0, high=1.0, source="older", source_date="2026-10-01")
    key = ("aws", "us-east-1", "g5.xlarge", "on-demand")
    file.write_text(refreshed.written({key: row}), encoding="utf-8")

    _run("--write")

    assert refreshed.read(file)[key] == row


def test_a_cloud_that_does_not_answer_is_exit_code_two(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Answer:
        operation = "GetProducts"
        raise CloudApiError(operation, "AccessDenied", "no")

    monkeypatch.setattr(cli_prices, "_ask", refuse)

    code, said = _run("--write")

    assert code == 2
    assert "AccessDenied" in said
    assert not file.exists()


@pytest.mark.usefixtures("file")
def test_a_machine_that_the_catalogue_lacks_cannot_be_accepted() -> None:
    assert _run("--accept", "g99.xlarge") == (
        2,
        "--accept: the catalogue has no machine type 'g99.xlarge'\n",
    )
