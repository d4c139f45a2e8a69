"""Whose each dollar is, on recorded answers: unknown nodes, shared GPUs, models without tokens."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from components import labels
from infra.cost.actual import opencost
from infra.cost.actual.attribute import Actual, PoolCost, Reason, attribute
from infra.cost.actual.opencost import AnswerError, allocations, nodes
from infra.cost.actual.text import as_csv, text
from infra.cost.actual.tokens import TokensError, tokens
from infra.cost.document import AS_OF
from infra.cost.estimate import estimate_stack
from infra.wire import Properties, Value

ANSWERS = Path(__file__).with_name("answers")
NAMES = {"qwen2-5-7b": "qwen2.5-7b"}
DAYS = 7


def answer(name: str) -> Properties:
    return json.loads((ANSWERS / f"{name}.json").read_text("utf-8"))


@pytest.fixture
def found() -> Actual:
    return attribute(
        allocations(answer("allocation")),
        nodes(answer("assets")),
        tokens(answer("tokens")),
        days=DAYS,
        names=NAMES,
    )


def test_each_model_has_what_its_own_pods_were_given_and_no_part_of_a_shared_gpu(
    found: Actual,
) -> None:
    costs = {one.model: one.usd for one in found.models}

    # 100 of the pod that is alone on its GPU, 60 - 40 and 50 - 40 of those that share one.
    assert costs == {"qwen2.5-7b": Decimal(120), "tiny": Decimal(10), "old": Decimal(20)}


def test_what_cannot_be_attributed_is_shown_with_its_reason(found: Actual) -> None:
    assert found.unattributed == {
        Reason.UNKNOWN_NODE: Decimal(30),
        Reason.SHARED_GPU: Decimal(80),
        Reason.IDLE: Decimal("12.5"),
        Reason.UNALLOCATED: Decimal("2.5"),
        Reason.PLATFORM: Decimal(5),
        Reason.NO_TOKENS: Decimal(20),
        Reason.NO_TENANT: Decimal(24),
    }
    assert found.unknown == {Reason.UNKNOWN_COST: ("broken",)}


def test_no_dollar_is_lost_and_none_is_counted_twice(found: Actual) -> None:
    named = sum(one.usd for one in found.tenants if one.tenant and one.usd is not None)

    assert named + sum(found.unattributed.values()) == found.allocated_usd == Decimal(280)


def test_a_million_tokens_cost_what_the_model_cost_by_its_tokens(found: Actual) -> None:
    per = {one.model: one.usd_per_million for one in found.models}

    assert per == {"qwen2.5-7b": Decimal(24), "tiny": Decimal(20), "old": None}


def test_both_keys_of_a_tenant_that_changes_from_one_to_the_other_are_its_own() -> None:
    def used(key: str, count: str) -> Value:
        return {"metric": {"gen_ai_request_model": "m", "client": key}, "value": [0, count]}

    result: Value = [used("search", "3"), used("search.next", "4"), used("next", "5")]

    found = tokens({"status": "success", "data": {"result": result}})

    assert found == {("m", "search"): Decimal(7), ("m", "next"): Decimal(5)}


def test_tenants_share_a_model_by_their_tokens(found: Actual) -> None:
    shares = {(one.tenant, one.model): one.usd for one in found.tenants}

    assert shares == {
        ("red", "qwen2.5-7b"): Decimal(72),
        ("blue", "qwen2.5-7b"): Decimal(24),
        ("", "qwen2.5-7b"): Decimal(24),
        ("red", "tiny"): Decimal(10),
        ("red", "gone-model"): None,
    }


def test_pools_are_what_their_nodes_cost_and_one_without_a_number_is_no_zero(found: Actual) -> None:
    assert found.pools == (
        PoolCost("", None, Decimal(7)),
        PoolCost("l4", None, Decimal("242.5"), unknown_nodes=1),
        PoolCost("system", None, Decimal(35)),
    )


def test_the_estimate_of_the_window_stands_beside_each_pool() -> None:
    estimate = estimate_stack("aws-dev", AS_OF)
    found = attribute([], nodes(answer("assets")), {}, days=73, estimate=estimate)
    pools = {one.pool: one for one in found.pools}

    # 73 days have 1,752 hours of 730 a month: the system node's 155.168 a month are 372.40.
    assert pools["system"].estimate is not None
    assert round(pools["system"].estimate.expected, 2) == Decimal("372.40")
    assert pools[""].estimate is None


def test_the_text_says_unknown_where_there_is_no_number(found: Actual) -> None:
    said = text(found)

    assert "at least 242.50, 1 nodes unknown" in said
    assert "unknown, OpenCost knows no cost: broken" in said
    assert "a GPU that several pods share" in said
    assert any(line.split() == ["old", "20.00", "unknown", "unknown"] for line in said.splitlines())


def test_the_csv_has_every_tenant_and_sums_up_to_all_that_was_given(found: Actual) -> None:
    rows = [line.split(",") for line in as_csv(found).splitlines()]

    assert rows[0] == ["tenant", "model", "tokens", "usd", "note"]
    assert ["red", "qwen2.5-7b", "3000000", "72.000000", ""] in rows
    assert ["red", "gone-model", "1000", "", "no pod of this model is known to OpenCost"] in rows
    assert sum(Decimal(row[3]) for row in rows[1:] if row[3]) == found.allocated_usd


@pytest.mark.parametrize(
    "wrong", [{"code": 500, "message": "no data"}, {"code": 200, "data": ["x"]}, {}]
)
def test_what_is_no_answer_of_opencost_is_refused(wrong: Properties) -> None:
    with pytest.raises(AnswerError, match="opencost"):
        allocations(wrong)


def test_an_answer_of_nothing_is_nothing() -> None:
    assert allocations({"code": 200, "data": [None]}) == []


def test_what_is_no_answer_of_prometheus_is_refused() -> None:
    with pytest.raises(TokensError, match="got 'error': too many"):
        tokens({"status": "error", "error": "too many"})


def test_the_labels_are_those_that_nodes_and_servers_bear() -> None:
    assert (opencost.POOL, opencost.MODEL) == (labels.POOL, labels.MODEL)
