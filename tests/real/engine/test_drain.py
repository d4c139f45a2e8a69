"""A server that is told to stop finishes what it has begun, as `aws-dev` renders it."""

import signal
from collections.abc import Iterator
from pathlib import Path

import openai
import psutil
import pytest

from components.serving import vllm
from infra.wire import Properties
from tests.support import engine
from tests.support.engine import Server

pytestmark = [pytest.mark.real, pytest.mark.slow]

TOKENS = 4000
"""Some five seconds of a stream on one core (2026-11-26)."""


@pytest.fixture(name="leaving")
def _leaving(container: Properties, home: Path, weights: dict[str, str]) -> Iterator[Server]:
    with engine.serving(container, home, weights) as server:
        yield server


def test_a_running_stream_is_finished_after_sigterm_and_the_server_ends_within_its_grace(
    leaving: Server,
) -> None:
    processes = psutil.Process(leaving.process.pid).children(recursive=True)
    usage = reason = None
    with openai.OpenAI(base_url=f"{leaving.url}/v1", api_key="none", max_retries=0) as client:
        stream = client.completions.create(
            model="qwen2.5-7b",
            prompt="1",
            max_tokens=TOKENS,
            stream=True,
            stream_options={"include_usage": True},
            extra_body={"ignore_eos": True},
        )
        for number, chunk in enumerate(stream):
            if number == 20:
                leaving.process.send_signal(signal.SIGTERM)
            reason = next((one.finish_reason for one in chunk.choices), None) or reason
            usage = chunk.usage or usage

    assert reason == "length"
    assert usage is not None
    assert usage.completion_tokens == TOKENS
    # Nothing is left to finish: EXIT_SECONDS is for the end of the processes. It takes 10 s on two
    # free cores (2026-11-26), and more on busy ones.
    leaving.process.wait(timeout=3 * vllm.EXIT_SECONDS)
    _, left = psutil.wait_procs(processes, timeout=vllm.EXIT_SECONDS)
    assert left == []
