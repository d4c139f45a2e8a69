"""What a running vLLM answers at `/metrics` is what the pinned list says, and what we ask it for.

Everything that rules and panels ask of vLLM alone is asked of a real Prometheus that scrapes it.
"""

import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import openai
import pytest
import urllib3

from infra.catalog.metric_lists import MetricList, metric_lists
from infra.rehearsal.ladder import Programs
from infra.spec.files import load_stack_file
from tests.support import asked, exposition, prometheus
from tests.support.engine import Server
from tests.support.envoy_gateway import eventually

pytestmark = [pytest.mark.real, pytest.mark.slow]

STACK = "aws-dev"
MODEL = "qwen2.5-7b"
AT_ONCE = 4
WAIT_SECONDS = 90
ADDED = {
    "namespace": "models",
    "pod": "qwen2-5-7b-0",
    "container": "vllm",
    "node": "node-0",
    "model": "qwen2-5-7b",
}
"""What the scrape of a cluster adds."""


@pytest.fixture(scope="module", name="pinned")
def _pinned() -> MetricList:
    return next(one for one in metric_lists() if one.exporter == "vllm")


@contextmanager
def busy(server: Server) -> Generator[None]:
    """Keep a few requests going."""
    over = threading.Event()

    def ask(number: int) -> None:
        with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", timeout=60) as client:
            while not over.is_set():
                client.completions.create(
                    model=MODEL,
                    prompt=f"{number} " * 40,
                    max_tokens=32,
                    extra_body={"ignore_eos": True},
                )

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        asking = [crowd.submit(ask, number) for number in range(AT_ONCE)]
        try:
            yield
        finally:
            over.set()
            for one in asking:
                one.result()


def answer_of(server: Server) -> str:
    return urllib3.PoolManager().request("GET", f"{server.url}/metrics", timeout=30).data.decode()


def test_the_pinned_list_is_what_it_answers_today(server: Server, pinned: MetricList) -> None:
    with busy(server):
        eventually(lambda: "finished_reason" in answer_of(server), "something was answered")
        there = {metric.name: metric for metric in exposition.metrics(answer_of(server))}
    ours = {metric.name: metric for metric in pinned.metrics}

    assert sorted(there) == sorted(ours)
    # A reason, a source: what has not happened yet shows no labels.
    wrong = {
        name: (sorted(metric.labels), sorted(ours[name].labels))
        for name, metric in there.items()
        if metric.kind is not ours[name].kind or not metric.labels <= ours[name].labels
    }
    assert wrong == {}


def test_everything_that_is_asked_of_vllm_is_answered(
    server: Server, measuring: Programs, tmp_path: Path
) -> None:
    stack = load_stack_file(STACK)
    queries = asked.asked_of("vllm", stack)
    address = server.url.removeprefix("http://")
    target = prometheus.Scrape("vllm", address, ADDED, every_seconds=5)
    rules = asked.rules_file(stack, tmp_path)
    running = prometheus.running(measuring, tmp_path / "server", [target], rules)
    with running as watching, busy(server):
        eventually(lambda: watching.healthy_targets() == 1, "it was scraped")
        silent = asked.silent(watching, queries, WAIT_SECONDS)
    assert silent == []
