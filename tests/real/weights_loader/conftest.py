"""A hub with a small model, an empty bucket of each cloud, and pauses that take no time."""

from collections.abc import Generator

import pytest

from tests.support.hub import Hub, safetensors, serving
from tests.support.weights_loader import BUCKETS, PART, Stage, without_waiting

WEIGHTS = "model.safetensors"
FILES = {
    "config.json": b'{"model_type": "qwen2"}',
    "tokenizer.json": b"{}",
    "LICENSE": b"Apache License",
    "README.md": b"# Tiny",
    "pytorch_model.bin": b"pickle",
    WEIGHTS: safetensors(3 * PART + 1000),
}


@pytest.fixture(name="asked_seconds")
def _asked_seconds(monkeypatch: pytest.MonkeyPatch) -> list[float | None]:
    return without_waiting(monkeypatch)


@pytest.fixture(name="hub")
def _hub() -> Generator[Hub]:
    with serving(Hub()) as hub:
        hub.has(FILES)
        yield hub


@pytest.fixture(name="stage", params=BUCKETS)
def _stage(
    request: pytest.FixtureRequest,
    hub: Hub,
    monkeypatch: pytest.MonkeyPatch,
    asked_seconds: list[float | None],  # noqa: ARG001  for its pauses
) -> Generator[Stage]:
    with BUCKETS[request.param](monkeypatch) as bucket:
        yield Stage(hub, bucket)
