"""vLLM 0.32 serves a random model as a stack starts it; users call it, probes check it.

It runs on CPUs, with the arguments that `aws-dev` renders less those of `engine.GPU_FLAGS`.
"""

import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openai
import pytest
from openai.types.chat import ChatCompletion

from components.serving import start_server
from infra.wire import Properties
from tests.support import engine
from tests.support.engine import GPU_FLAGS, Server
from tests.support.engine_bucket import BUCKET, CUT, Copied
from tests.support.manifests import texts
from tests.support.start_server import Place

pytestmark = [pytest.mark.real, pytest.mark.slow]

QUESTION = "Why is the sky blue?"
MODEL = "qwen2.5-7b"
CROWD = 300
"""Requests at once; the stack's server takes 96."""


@pytest.fixture(name="client")
def _client(server: Server) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(
        base_url=f"{server.url}/v1", api_key="none", max_retries=0, timeout=60
    ) as client:
        yield client


def ask(client: openai.OpenAI, **more: object) -> ChatCompletion:
    """Return an answer of 24 tokens, the same for the same question."""
    return client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": QUESTION}],
        max_tokens=24,
        temperature=0,
        extra_body={"ignore_eos": True, **more},
    )


def test_the_stack_renders_what_is_left_out_here_and_the_rest_is_what_it_renders(
    container: Properties, server: Server
) -> None:
    rendered = texts(container["args"])
    here = engine.arguments_here(container, server.port)
    left_out = {one.partition("=")[0] for one in rendered if one not in here}

    assert left_out == set(GPU_FLAGS)
    assert [one for one in here if one not in rendered] == [f"--port={server.port}"]


def test_the_weights_are_what_the_loader_copied_although_it_was_killed_in_the_middle(
    copied: Copied,
) -> None:
    folder = copied.environment["WEIGHTS_URI"].removeprefix(f"s3://{BUCKET}/")
    there = {name.removeprefix(f"{folder}/"): content for name, content in copied.objects.items()}
    files = {path.name: path.read_bytes() for path in copied.checkpoint.iterdir()}

    assert f"{folder}/{CUT}" not in copied.after_cut
    assert f"{folder}/{start_server.MARKER}" not in copied.after_cut
    assert start_server.MARKER in there
    assert {name: there.get(name) for name in files} == files


def test_the_weights_come_from_the_bucket_and_no_hub_is_asked(
    server: Server, home: Path, hub: Place, weights: dict[str, str]
) -> None:
    asked = (home / "moto.log").read_text(encoding="utf-8")

    assert f"weights from the bucket: {weights['WEIGHTS_URI']}" in server.log
    assert "Loading safetensors using Runai Model Streamer: 100% Completed" in server.log
    assert f"/{start_server.MARKER} " in asked
    for part in ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"):
        assert part in asked
    assert hub.asked == []


def test_an_answer_comes_under_the_name_that_the_stack_gives_the_model(
    client: openai.OpenAI,
) -> None:
    answer = ask(client)

    assert [model.id for model in client.models.list()] == [MODEL]
    assert answer.model == MODEL
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 24
    assert answer.choices[0].message.content == ask(client).choices[0].message.content


def test_a_stream_brings_the_same_answer_piece_by_piece(client: openai.OpenAI) -> None:
    stream = client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": QUESTION}],
        max_tokens=24,
        temperature=0,
        stream=True,
        stream_options={"include_usage": True},
        extra_body={"ignore_eos": True},
    )
    chunks = list(stream)
    pieces = [
        choice.delta.content for chunk in chunks for choice in chunk.choices if choice.delta.content
    ]

    assert len(pieces) > 3
    assert "".join(pieces) == ask(client).choices[0].message.content
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 24


def test_what_the_stack_does_not_serve_is_refused_in_words_of_the_api(
    client: openai.OpenAI, container: Properties
) -> None:
    context = next(
        int(one.partition("=")[2])
        for one in texts(container["args"])
        if one.startswith("--max-model-len=")
    )

    with pytest.raises(openai.NotFoundError, match="does not exist"):
        client.completions.create(model="another", prompt="1", max_tokens=1)
    with pytest.raises(openai.BadRequestError, match=str(context)):
        client.completions.create(model=MODEL, prompt="1", max_tokens=context + 1)


def test_a_probe_has_a_token_generated_where_nobody_else_does(server: Server) -> None:
    for _ in range(2):
        status, log = server.check()

        assert status == 0, log
        assert "healthy: a token of its own" in log


def test_a_probe_takes_tokens_of_users_for_proof(server: Server, client: openai.OpenAI) -> None:
    server.check()
    ask(client)

    status, log = server.check()

    assert status == 0
    assert "healthy: 24 tokens since the last check" in log


def test_a_server_that_is_full_refuses_a_probe_and_passes_it_for_what_it_generates(
    server: Server, client: openai.OpenAI
) -> None:
    """More requests than run and wait: each further one is answered 503, the probe's too."""

    def occupy(_: int) -> int:
        try:
            client.completions.create(
                model=MODEL, prompt="1", max_tokens=500, extra_body={"ignore_eos": True}
            )
        except openai.InternalServerError as error:
            return error.status_code
        return 200

    with ThreadPoolExecutor(CROWD) as crowd:
        answers = crowd.map(occupy, range(CROWD))
        checks = [server.check_anew() for _ in range(12)]
        statuses = {*answers}

    full = [(status, log) for status, log in checks if "/v1/completions answers 503" in log]
    assert [status for status, _ in checks] == [0] * len(checks)
    assert full
    assert all("tokens of others while it waited" in log for _, log in full)
    assert statuses == {200, 503}


def test_a_stopped_engine_fails_the_probe_though_vllm_says_it_is_healthy_and_passes_when_it_goes_on(
    server: Server,
) -> None:
    server.check()
    process = server.engine()
    process.send_signal(signal.SIGSTOP)
    try:
        stopped = server.check(seconds=3)
        vllm_says = server.health()
    finally:
        process.send_signal(signal.SIGCONT)
    again = _until_healthy(server)

    assert stopped[0] == 1
    assert "no token: /v1/completions: timed out" in stopped[1]
    assert vllm_says == 200
    assert again[0] == 0, again[1]


def _until_healthy(server: Server) -> tuple[int, str]:
    for _ in range(5):
        status, log = server.check()
        if status == 0:
            break
        time.sleep(1)
    return status, log
