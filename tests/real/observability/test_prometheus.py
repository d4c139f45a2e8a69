"""A real Prometheus with data of the past, and with an exporter that replays a recording.

What other tests here build on: `measuring` (`tests/real/conftest.py`) are the programs,
`tests.support.prometheus` starts them with data, `tests.support.replay` plays recorded output.
"""

import math
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from infra.rehearsal.ladder import Programs
from tests.support import prometheus
from tests.support.envoy_gateway import eventually
from tests.support.prometheus import QueryError, Scrape
from tests.support.replay import Recording, exporter, line

pytestmark = pytest.mark.real

START = 1_795_737_600
"""Of data of the past: 2026-11-27 00:00 UTC, in seconds since 1970."""
STEP_SECONDS = 60
HOURS = 3
END = START + HOURS * 3600
TTFT = "vllm:time_to_first_token_seconds_bucket"
RECORDED = """# HELP vllm:generation_tokens_total Number of generation tokens processed.
# TYPE vllm:generation_tokens_total counter
vllm:generation_tokens_total{engine="0",model_name="tiny"} 3000.0
vllm:generation_tokens_created{engine="0",model_name="tiny"} 1.79e+09
# TYPE vllm:kv_cache_usage_perc gauge
vllm:kv_cache_usage_perc{engine="0",model_name="tiny"} 0.5
# TYPE vllm:time_to_first_token_seconds histogram
vllm:time_to_first_token_seconds_bucket{engine="0",le="0.1",model_name="tiny"} 90.0
vllm:time_to_first_token_seconds_bucket{engine="0",le="0.25",model_name="tiny"} 100.0
vllm:time_to_first_token_seconds_bucket{engine="0",le="+Inf",model_name="tiny"} 100.0
vllm:time_to_first_token_seconds_count{engine="0",model_name="tiny"} 100.0
vllm:time_to_first_token_seconds_sum{engine="0",model_name="tiny"} 6.0
"""
"""In the form of vLLM's own."""


def test_a_recording_goes_on_as_the_program_would(measuring: Programs, tmp_path: Path) -> None:
    recording = Recording(RECORDED, covers_seconds=300, labels={"model_name": "qwen"})
    with exporter(recording) as address:
        target = Scrape("vllm", address, {"model": "qwen-7b"})
        with prometheus.running(measuring, tmp_path, [target]) as server:
            eventually(lambda: server.healthy_targets() == 1, "the recording was scraped")

            def per_second() -> float:
                found = server.instant("rate(vllm:generation_tokens_total[5s])")
                return found[0].value if found else 0.0

            eventually(lambda: math.isclose(per_second(), 10, rel_tol=0.3), "its counters count")
            (tokens,) = server.instant("vllm:generation_tokens_total")
            assert tokens.labels["model_name"] == "qwen"
            assert tokens.labels["model"] == "qwen-7b"
            assert server.instant("vllm:generation_tokens_created") == []


def past(names: Collection[str], seconds: int) -> Iterator[str]:
    """Yield the recording as it goes on from `START`, two servers of it."""
    for pod in ("one", "two"):
        labels = {"model_name": "qwen"}
        recording = Recording(RECORDED, covers_seconds=300, labels=labels)
        for at in range(0, seconds, STEP_SECONDS):
            for sample in recording.at(at):
                if sample.name in names:
                    yield line(replace(sample, labels={**sample.labels, "pod": pod}), START + at)


def test_data_of_the_past_are_answered_as_they_were_written(
    measuring: Programs, tmp_path: Path
) -> None:
    prometheus.blocks(measuring, tmp_path, past({TTFT}, HOURS * 3600))
    with prometheus.running(measuring, tmp_path) as server:
        quantile = f"histogram_quantile(0.5, sum by (le, pod) (rate({TTFT}[5m])))"
        answers = server.over(quantile, START + 600, END - 60, 60)
        with pytest.raises(QueryError, match="parse error"):
            server.instant("sum(", END)
    assert sorted(one.labels["pod"] for one in answers) == ["one", "two"]
    assert all(len(one.points) > 160 for one in answers)
    assert all(0.05 < value < 0.06 for one in answers for _, value in one.points)


def test_what_rules_record_of_the_past_is_there_and_rules_may_use_each_other(
    measuring: Programs, tmp_path: Path
) -> None:
    groups = [
        {
            "name": "one",
            "rules": [{"record": "a:b:c", "expr": "sum(vllm:kv_cache_usage_perc) > 0"}],
        },
        {"name": "two", "rules": [{"record": "d:e:f", "expr": "a:b:c * 2"}]},
    ]
    prometheus.blocks(measuring, tmp_path, past({"vllm:kv_cache_usage_perc"}, 7200))
    prometheus.record(measuring, tmp_path, groups, START, START + 7200)
    with prometheus.running(measuring, tmp_path) as server:
        (twice,) = server.instant("d:e:f", START + 3600)
        # promtool begins each group at an offset of its own, as Prometheus does.
        (when,) = server.instant("timestamp(d:e:f)", START + 3600)
        (once,) = server.instant("a:b:c", when.value)
    assert twice.value == 2 * once.value
