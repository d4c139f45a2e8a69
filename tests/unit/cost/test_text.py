"""An estimate for a person and for a program; old prices; amounts from a file."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from infra.cost.age import MACHINE, SERVICE, SPOT, aged, limit_of
from infra.cost.as_json import as_json
from infra.cost.groups import OTHER, group_of
from infra.cost.model import span
from infra.cost.text import range_of, sources, text
from infra.cost.usage import DEFAULT, load_usage
from infra.spec.mistakes import MistakesError
from tests.unit.cost.bills import NAMES, TODAY, estimated


def test_the_text_has_groups_totals_what_has_no_price_assumptions_and_sources() -> None:
    said = text(estimated("gcp-h100"))

    assert "control plane" in said
    assert "total           65,163.17 / 65,163.17 / 130,246.36, and 1 without a price" in said
    assert "a2-ultragpu-4g as flex-start (a100-flex-start)" in said
    assert "no price\n" in said
    assert "No price is known of\n  a100-flex-start, a2-ultragpu-4g as flex-start: no first" in said
    assert "Not counted\n  traffic to the internet" in said
    assert "queries of Cloud DNS" in said
    assert "GPUs            H100 8 / 8 / 16, A100-80GB 0 / 0 / 4" in said
    assert "highest hour    178.42" in said
    assert "2026-07-30  Cyclenerd/google-cloud-pricing-cost-calculator@fd66b26 pricing.yml" in said


@pytest.mark.parametrize("name", NAMES)
def test_every_line_has_a_group_and_every_price_a_source_with_a_date(name: str) -> None:
    found = estimated(name)

    assert OTHER not in {group_of(line) for line in found.lines}
    for line in found.lines:
        if line.usd_per_month is not None:
            assert line.source
            assert date.fromisoformat(line.source_date)
    assert all(one[:10] <= TODAY.isoformat() for one in sources(found.lines))


def test_a_range_without_width_is_one_amount() -> None:
    assert range_of(span(1, 1, 1)) == "1.00"
    assert range_of(span(0, 1234, 5_000_000)) == "0.00 / 1,234.00 / 5,000,000.00"
    assert range_of(span(Decimal("0.005"), Decimal("0.005"), Decimal("0.005"))) == "0.01"


def test_json_is_exact_and_says_null_where_no_number_is_known() -> None:
    found = json.loads(as_json(estimated("gcp-h100")))

    assert found["version"] == 1
    assert found["usdPerMonth"]["maximum"] == "130246.361680"
    assert found["unpriced"] == 1
    (flex,) = [line for line in found["lines"] if line["bucket"] == "unpriced"]
    assert (flex["usdPerMonth"], flex["usdPerUnit"]) == (None, None)
    assert flex["gpus"] == {"minimum": "0", "expected": "0", "maximum": "4"}
    assert set(found) == {
        "version",
        "commitment",
        "notCounted",
        "stack",
        "cloud",
        "region",
        "asOf",
        "usdPerMonth",
        "usdPerHourAtMost",
        "gpus",
        "unpriced",
        "lines",
    }


def test_old_prices_warn_and_then_are_too_old_each_kind_by_its_own_measure() -> None:
    lines = estimated("aws-spot").lines
    assert {limit_of(line).kind for line in lines} == {"spot", "machines", "services"}
    assert aged(lines, TODAY) == ()

    spot = date(2026, 11, 26)
    assert aged(lines, spot + timedelta(SPOT.warn_days)) == ()
    (warned,) = aged(lines, spot + timedelta(SPOT.warn_days + 1))
    assert (warned.limit, warned.too_old) == (SPOT, False)
    assert "prices of spot are old: 31 days" in str(warned)

    machines = date(2026, 7, 20) + timedelta(MACHINE.fail_days + 1)
    found = {one.limit.kind: one.too_old for one in aged(lines, machines)}
    assert found == {"spot": True, "machines": True, "services": False}
    assert aged(lines, machines)[0].too_old

    services = date(2024, 2, 1) + timedelta(SERVICE.warn_days + 1)
    assert "2024-02-01" in str({one.limit.kind: one for one in aged(lines, services)}["services"])


def test_a_line_without_a_price_has_no_age() -> None:
    lines = [replace(line, source_date="") for line in estimated("aws-spot").lines]

    assert aged(lines, date(2099, 1, 1)) == ()


def test_amounts_come_from_a_file_and_the_rest_stays_as_assumed(tmp_path: Path) -> None:
    file = tmp_path / "usage.yaml"
    file.write_text("natGb: 250\nlogGb: 0.5\n", encoding="utf-8")

    found = load_usage(file)

    assert (found.nat_gb, found.log_gb) == (250, Decimal("0.5"))
    assert replace(found, nat_gb=DEFAULT.nat_gb, log_gb=DEFAULT.log_gb) == DEFAULT
    file.write_text("", encoding="utf-8")
    assert load_usage(file) == DEFAULT


def test_every_mistake_of_a_usage_file_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "usage.yaml"
    file.write_text("natGB: 1\nlogGb: -1\nkeyCalls: many\nimageGb: true\n", encoding="utf-8")

    with pytest.raises(MistakesError) as told:
        load_usage(file)

    assert [one.setting for one in told.value.mistakes] == ["natGB", "logGb", "keyCalls", "imageGb"]
    assert "did you mean natGb?" in str(told.value)


@pytest.mark.parametrize("content", ["[1]", "a: [", "\0"])
def test_a_usage_file_of_another_form_is_a_mistake(content: str, tmp_path: Path) -> None:
    file = tmp_path / "usage.yaml"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(MistakesError, match=r"usage file usage\.yaml: 1 mistake"):
        load_usage(file)
    with pytest.raises(MistakesError, match="cannot be read"):
        load_usage(tmp_path / "absent.yaml")
