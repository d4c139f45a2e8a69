"""What Google's catalogue says, over Google's own client with answers of the documented shape."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from google.auth.credentials import AnonymousCredentials
from googleapiclient import discovery
from googleapiclient.http import HttpMockSequence

from infra.cost.refresh import gcp
from infra.cost.refresh.quotes import Answer
from infra.google_api import RestApi
from infra.google_discovery import method, violations

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
Sku = dict[str, object]


def _sku(description: str, nanos: int, usage: str = "OnDemand", unit: str = "h", **other) -> Sku:  # noqa: ANN003 - any field
    rate = {"startUsageAmount": 0, "unitPrice": {"units": "0", "nanos": nanos}}
    return {
        "description": description,
        "category": {"usageType": usage},
        "serviceRegions": ["us-central1"],
        "pricingInfo": [{"pricingExpression": {"usageUnit": unit, "tieredRates": [rate]}}],
        **other,
    }


G2 = [
    _sku("G2 Instance Core running in Americas", 24_988_000),
    _sku("G2 Instance Ram running in Americas", 2_927_000, unit="GiBy.h"),
    _sku("Nvidia L4 GPU running in Americas", 560_040_000),
]
G2_SPOT = [
    _sku("Spot Preemptible G2 Instance Core running in Americas", 10_000_000, "Preemptible"),
    _sku(
        "Spot Preemptible G2 Instance Ram running in Americas", 1_000_000, "Preemptible", "GiBy.h"
    ),
    _sku(
        "Nvidia L4 GPU attached to Spot Preemptible VMs running in Americas",
        280_000_000,
        "Preemptible",
    ),
]


def _ask(
    monkeypatch: pytest.MonkeyPatch, *pages: list[Sku], machine: str = "g2-standard-4"
) -> tuple[Answer, HttpMockSequence]:
    answers = []
    for number, page in enumerate(pages):
        token = {} if number == len(pages) - 1 else {"nextPageToken": f"p{number}"}
        answers.append(({"status": "200"}, json.dumps({"skus": page, **token})))
    http = HttpMockSequence(answers)
    build = discovery.build

    def built(name: str, version: str, **_settings: object) -> discovery.Resource:
        return build(name, version, http=http, static_discovery=True)

    monkeypatch.setattr(discovery, "build", built)
    return gcp.ask(RestApi("", "us-central1", AnonymousCredentials()), [machine], NOW), http


def test_a_machine_costs_its_cores_memory_and_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    answer, http = _ask(monkeypatch, G2, G2_SPOT)

    (quote,) = answer.quotes
    assert quote.on_demand == Decimal("0.706824")  # 4 x 0.024988 + 16 x 0.002927 + 0.56004
    assert quote.spot == (Decimal("0.336"),) * 3
    assert quote.troubles == ()
    assert "pageToken=p0" in http.request_sequence[1][0]


def test_the_call_is_one_that_google_knows() -> None:
    asked = {"parent": gcp.COMPUTE_ENGINE, "currencyCode": "USD", "pageSize": 5000}

    assert violations(method("cloudbilling.services.skus.list"), {**asked}, None) == []


def test_what_only_looks_alike_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    alike = [
        _sku("Commitment v1: G2 Instance Core running in Americas", 1),
        _sku("G2 Custom Instance Core running in Americas", 2),
        _sku("G2 Instance Core running in Americas", 3, "Commit1Yr"),
        _sku("G2 Instance Core running in Belgium", 4, serviceRegions=["europe-west1"]),
        _sku("G2 Instance Core running in Americas", 5, unit="mo"),
    ]

    answer, _ = _ask(monkeypatch, [*alike, *G2])

    assert answer.quotes[0].on_demand == Decimal("0.706824")


def test_without_one_part_there_is_no_price(monkeypatch: pytest.MonkeyPatch) -> None:
    answer, _ = _ask(monkeypatch, G2[:2])

    assert (answer.quotes[0].on_demand, answer.quotes[0].spot) == (None, None)


def test_two_rates_of_one_part_are_a_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    answer, _ = _ask(monkeypatch, [*G2, _sku("G2 Instance Core running in Iowa", 1)])

    assert answer.quotes[0].troubles == ("several SKUs are on-demand core",)


def test_a_series_without_a_reviewed_mapping_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    answer, _ = _ask(monkeypatch, G2, machine="a3-ultragpu-8g")

    assert answer.quotes[0].troubles == ("no reviewed mapping of a3-ultragpu",)
