"""What rules and panels ask of vLLM is answered by its recorded output, played again.

Recorded of vLLM 0.32.0, the CPU build, under load on 2026-11-27.
"""

from pathlib import Path

import pytest

from infra.rehearsal.ladder import Programs
from infra.spec.files import load_stack_file
from tests.support import asked, prometheus
from tests.support.envoy_gateway import eventually
from tests.support.replay import Recording, exporter

pytestmark = pytest.mark.real

SAMPLE = Path(__file__).parents[2] / "support" / "samples" / "vllm-0.32.prom"
SECONDS = 60
"""Of load behind what was recorded."""
WAIT_SECONDS = 30
ADDED = {
    "namespace": "models",
    "pod": "qwen2-5-7b-0",
    "container": "vllm",
    "node": "node-0",
    "model": "qwen2-5-7b",
}
"""What the scrape of a cluster adds."""


def test_everything_that_is_asked_of_vllm_is_answered_by_its_recording(
    measuring: Programs, tmp_path: Path
) -> None:
    stack = load_stack_file("aws-dev")
    queries = asked.asked_of("vllm", stack)
    recording = Recording(
        SAMPLE.read_text(encoding="utf-8"),
        covers_seconds=SECONDS,
        labels={"model_name": "qwen2.5-7b"},
    )
    with exporter(recording) as address:
        target = prometheus.Scrape("vllm", address, ADDED)
        rules = asked.rules_file(stack, tmp_path)
        with prometheus.running(measuring, tmp_path / "server", [target], rules) as server:
            eventually(lambda: server.healthy_targets() == 1, "it was scraped")
            assert asked.silent(server, queries, WAIT_SECONDS) == []
