"""The health check of a model server, really run against a port that answers as vLLM's does."""

import json
import time

import pytest

from components.serving import health_check
from tests.support.engine_port import Engine

pytestmark = pytest.mark.real


def test_an_idle_server_is_asked_for_one_token(engine: Engine) -> None:
    status, log = engine.check()

    assert status == 0, log
    assert engine.asked == [{"prompt": "1", "max_tokens": 1, "temperature": 0}]
    assert "healthy: a token of its own" in log


def test_its_own_token_does_not_count_for_the_next_check(engine: Engine) -> None:
    for _ in range(3):
        assert engine.check()[0] == 0

    assert len(engine.asked) == 3


def test_a_server_that_generates_for_others_is_asked_for_nothing(engine: Engine) -> None:
    engine.check()
    engine.tokens += 40

    status, log = engine.check()

    assert status == 0
    assert len(engine.asked) == 1
    assert "healthy: 40 tokens since the last check" in log


def test_a_server_that_stands_still_fails_within_the_time_that_it_has(engine: Engine) -> None:
    engine.seconds = 4
    began = time.monotonic()

    status, log = engine.check(seconds=1)

    assert status == 1
    assert "no token: /v1/completions: timed out" in log
    assert time.monotonic() - began < 4


def test_it_fails_with_the_second_check_when_it_stopped_after_tokens_for_others(
    engine: Engine,
) -> None:
    engine.check()
    engine.tokens += 40
    engine.seconds = 4

    first, second = engine.check(seconds=1), engine.check(seconds=1)

    assert first[0] == 0
    assert second[0] == 1


@pytest.mark.parametrize(("others", "expected"), [(7, 0), (0, 1)])
def test_a_full_queue_is_healthy_only_while_others_get_tokens(
    engine: Engine, others: int, expected: int
) -> None:
    engine.status, engine.others = 503, others

    status, log = engine.check(seconds=1)

    assert status == expected
    assert "/v1/completions answers 503" in log


def test_a_server_that_refuses_at_once_is_given_its_time_to_show_tokens_of_others(
    engine: Engine,
) -> None:
    """The counter moves with a step of the engine, for which a refusal does not wait."""
    engine.status, engine.others, engine.late = 503, 7, 3

    status, log = engine.check()

    assert status == 0
    assert "7 tokens of others" in log


def test_a_single_token_of_others_counts_after_a_check_whose_own_never_came(
    engine: Engine,
) -> None:
    engine.status = 503
    engine.check(seconds=1)
    engine.tokens += 1

    status, log = engine.check()

    assert status == 0
    assert "1 tokens since the last check" in log


def test_a_completion_without_a_token_proves_nothing(engine: Engine) -> None:
    engine.completion_tokens = 0

    status, log = engine.check()

    assert status == 1
    assert "a completion came without a token" in log


def test_tokens_since_a_check_of_long_ago_prove_nothing_of_now(engine: Engine) -> None:
    long_ago = time.time() - health_check.FRESH_SECONDS - 1
    state = engine.folder / health_check.STATE.name
    state.write_text(json.dumps({"tokens": 3, "at": long_ago}), encoding="utf-8")
    engine.tokens = 500

    engine.check()

    assert len(engine.asked) == 1


def test_a_server_that_started_anew_is_asked_although_its_counter_is_behind(engine: Engine) -> None:
    engine.tokens = 900
    engine.check()
    engine.tokens = 0

    assert engine.check()[0] == 0
    assert len(engine.asked) == 2


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"tokens": "x", "at": 1}'])
def test_a_spoilt_memory_costs_one_token_and_no_failure(engine: Engine, content: str) -> None:
    (engine.folder / health_check.STATE.name).write_text(content, encoding="utf-8")

    assert engine.check()[0] == 0
    assert len(engine.asked) == 1


def test_without_a_folder_to_write_to_every_check_asks_for_a_token(engine: Engine) -> None:
    engine.folder /= "missing"

    status, log = engine.check()

    assert status == 0
    assert "not remembered" in log


def test_a_server_that_counts_nothing_is_asked_for_a_token_each_time(engine: Engine) -> None:
    engine.counts = False

    assert [engine.check()[0] for _ in range(2)] == [0, 0]
    assert len(engine.asked) == 2
    engine.status = 503
    assert engine.check(seconds=1)[0] == 1


def test_a_port_where_nobody_listens_fails(engine: Engine) -> None:
    engine.port = 9

    status, log = engine.check()

    assert status == 1
    assert "no token: /metrics: " in log


def test_a_server_with_a_key_gets_it_and_no_log_shows_it(engine: Engine) -> None:
    _, log = engine.check(VLLM_API_KEY="marker-of-a-key")

    assert engine.keys == ["Bearer marker-of-a-key"]
    assert "marker-of-a-key" not in log


def test_a_check_leaves_one_file_and_nothing_half_written(engine: Engine) -> None:
    engine.check()

    assert [left.name for left in engine.folder.iterdir()] == [health_check.STATE.name]
