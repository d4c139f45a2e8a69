"""What AWS's answers say, over botocore's own client with answers of the documented shape."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import boto3
import pytest
from botocore.stub import Stubber

from infra.aws_api import Boto3Api
from infra.cost.refresh import aws
from infra.cost.refresh.quotes import Answer

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
FILTERS = {
    "operatingSystem": "Linux",
    "preInstalledSw": "NA",
    "capacitystatus": "Used",
    "marketoption": "OnDemand",
    "tenancy": "Shared",
    "regionCode": "us-east-2",
    "productFamily": "Compute Instance",
}


def _product(name: str, usd: str, **other: str) -> str:
    attributes = {key: value for key, value in FILTERS.items() if key != "productFamily"}
    dimension = {"unit": "Hrs", "pricePerUnit": {"USD": usd}}
    return json.dumps(
        {
            "product": {"attributes": {**attributes, "instanceType": name, **other}},
            "terms": {"OnDemand": {"A.B": {"priceDimensions": {"A.B.C": dimension}}}},
        }
    )


def _spot(name: str, zone: str, usd: str, hour: int) -> dict[str, object]:
    return {
        "InstanceType": name,
        "AvailabilityZone": zone,
        "SpotPrice": usd,
        "Timestamp": datetime(2026, 11, 26, hour, tzinfo=UTC),
        "ProductDescription": "Linux/UNIX",
    }


def _ask(
    monkeypatch: pytest.MonkeyPatch,
    products: list[list[str]],
    spot: list[list[dict[str, object]]],
    machines: tuple[str, ...] = ("g6.xlarge",),
) -> Answer:
    session = boto3.Session("id", "secret")
    clients = {name: session.client(name, region_name="us-east-2") for name in ("pricing", "ec2")}
    stubs = {name: Stubber(client) for name, client in clients.items()}
    asked = {
        "ServiceCode": "AmazonEC2",
        "MaxResults": 100,
        "Filters": [
            {"Type": "TERM_MATCH", "Field": key, "Value": value} for key, value in FILTERS.items()
        ],
    }
    for number, page in enumerate(products):
        token = {} if number == len(products) - 1 else {"NextToken": f"p{number}"}
        given = {"NextToken": f"p{number - 1}"} if number else {}
        reply = {"FormatVersion": "aws_v1", "PriceList": page, **token}
        stubs["pricing"].add_response("get_products", reply, {**asked, **given})
    zones = [{"ZoneName": f"us-east-2{one}", "ZoneId": f"use2-az{one}"} for one in "abc"]
    stubs["ec2"].add_response("describe_availability_zones", {"AvailabilityZones": zones})
    history = {
        "InstanceTypes": list(machines),
        "ProductDescriptions": ["Linux/UNIX", "Linux/UNIX (Amazon VPC)"],
        "StartTime": "2026-11-26T12:00:00Z",
    }
    for number, rows in enumerate(spot):
        token = "" if number == len(spot) - 1 else f"s{number}"  # EC2 ends with an empty token
        given = {"NextToken": f"s{number - 1}"} if number else {}
        reply = {"SpotPriceHistory": rows, "NextToken": token}
        stubs["ec2"].add_response("describe_spot_price_history", reply, {**history, **given})
    api = Boto3Api(session, "us-east-2")
    monkeypatch.setattr(api, "_client", clients.__getitem__)
    for stub in stubs.values():
        stub.activate()
    answer = aws.ask(api, api, machines, NOW)
    for stub in stubs.values():
        stub.assert_no_pending_responses()
    return answer


def test_prices_are_read_off_all_pages_and_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = _ask(
        monkeypatch,
        [[_product("m7i.large", "0.1008")], [_product("g6.xlarge", "0.8048000000")]],
        [
            [
                _spot("g6.xlarge", "us-east-2a", "0.35", 9),
                _spot("g6.xlarge", "us-east-2b", "0.3", 9),
            ],
            [_spot("g6.xlarge", "us-east-2c", "0.5", 9)],
        ],
    )

    (quote,) = answer.quotes
    assert quote.on_demand == Decimal("0.8048")
    assert quote.spot == (Decimal("0.3"), Decimal("0.35"), Decimal("0.5"))
    assert (answer.region, answer.source_date) == ("us-east-2", "2026-11-26")


def test_the_newest_price_of_a_zone_counts_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        _spot("g6.xlarge", "us-east-2a", "0.9", 8),
        _spot("g6.xlarge", "us-east-2a", "0.4", 11),
        _spot("g6.xlarge", "us-east-2a", "0.8", 10),
    ]

    (quote,) = _ask(monkeypatch, [[]], [rows]).quotes

    assert quote.spot == (Decimal("0.4"), Decimal("0.4"), Decimal("0.4"))


def test_a_zone_without_an_id_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    (quote,) = _ask(monkeypatch, [[]], [[_spot("g6.xlarge", "us-east-2z", "0.4", 9)]]).quotes

    assert quote.spot is None


def test_rows_of_other_software_or_unused_reservations_are_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    products = [
        _product("g6.xlarge", "0.0000000000"),
        _product("g6.xlarge", "0.9", capacitystatus="UnusedCapacityReservation"),
        _product("g6.xlarge", "1.7", preInstalledSw="SQL Std"),
        _product("g6.xlarge", "0.8048"),
    ]

    (quote,) = _ask(monkeypatch, [products], [[]]).quotes

    assert (quote.on_demand, quote.troubles) == (Decimal("0.8048"), ())


def test_two_prices_of_one_machine_are_a_trouble_and_no_price(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    products = [_product("g6.xlarge", "0.8"), _product("g6.xlarge", "0.9")]

    (quote,) = _ask(monkeypatch, [products], [[]]).quotes

    assert quote.on_demand is None
    assert quote.troubles == ("several prices on demand: 0.8, 0.9",)
