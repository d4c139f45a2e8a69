"""`tokenworks estimate`, as a person runs it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from infra.cli import app
from infra.spec.budget import OnUnknown
from infra.spec.files import load_stack_file
from tests.support.graphs import graph_of


@pytest.fixture(autouse=True)
def recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The graphs of this process: recording them again would take most of the time."""
    monkeypatch.setattr("infra.graph.record.record_stack", lambda stack, **_: graph_of(stack))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["estimate", *arguments])


def test_a_stack_is_estimated_as_text() -> None:
    result = run("aws-dev", "--as-of", "2026-11-26")

    assert result.exit_code == 0
    assert "total           319.82 / 702.21 / 2,808.42" in result.stdout
    assert result.stderr == ""


def test_a_stack_is_estimated_for_a_program_with_amounts_from_a_file(tmp_path: Path) -> None:
    usage = tmp_path / "usage.yaml"
    usage.write_text("natGb: 1000", encoding="utf-8")
    result = run("aws-dev", "--json", "--as-of", "2026-11-26", "--usage", str(usage))

    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert found["asOf"] == "2026-11-26"
    (line,) = [line for line in found["lines"] if line["item"] == "data through NAT"]
    assert line["usdPerMonth"]["expected"] == "45.000"


def test_what_has_no_price_refuses_a_stack_by_name_where_its_budget_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    warns = load_stack_file("gcp-prod")
    fails = warns.model_copy(
        update={"budget": warns.budget.model_copy(update={"on_unknown": OnUnknown.FAIL})}
    )
    accepted = run("gcp-prod", "--as-of", "2026-11-26")
    monkeypatch.setattr("infra.spec.files.load_stack_file", lambda _: fails)
    refused = run("gcp-prod", "--as-of", "2026-11-26")

    assert accepted.exit_code == 0
    assert "a100-flex-start" in accepted.stdout
    assert refused.exit_code == 1
    assert "error: budget.onUnknown is fail, and no price is known of" in refused.stderr
    assert "a100-flex-start, a2-ultragpu-4g as flex-start" in refused.stderr


def test_old_prices_warn_and_too_old_ones_refuse() -> None:
    old, too_old = run("aws-dev", "--as-of", "2027-01-20"), run("aws-dev", "--as-of", "2028-01-01")

    assert old.exit_code == 0
    assert "warning: prices of spot are old" in old.stderr
    assert too_old.exit_code == 1
    assert "error: prices of machines are too old" in too_old.stderr


@pytest.mark.parametrize("day", ["tomorrow", "2026-13-01", "26.11.2026"])
def test_a_day_of_another_form_is_refused(day: str) -> None:
    assert run("aws-dev", "--as-of", day).exit_code == 2


def test_a_commitment_is_an_option_and_another_term_is_refused() -> None:
    one_year = run("aws-prod", "--as-of", "2026-11-26", "--commitment", "1y")
    other = run("aws-prod", "--commitment", "2y")

    assert one_year.exit_code == 0
    assert "g6e.12xlarge committed for 1 year" in one_year.stdout
    assert other.exit_code == 2
    assert "'2y' is not one of 'none'" in other.output
