"""The command line of vLLM 0.32: which flags there are, and what each one that we set may hold.

Owns the forms of values. The names of all flags are a contract beside the checkout, read off a
running vLLM. A flag that this project starts to set must be written down here first.
"""

import re
from collections.abc import Iterator, Mapping

from infra.wire import Properties
from tests.support.contracts import VLLM_FLAGS
from tests.support.pod_rules import flags

NUMBER = r"\d+"
SHARE = r"0?\.\d+|1\.0"
FORMS: Mapping[str, str] = {
    # ModelDType of vllm/config/model.py (vllm-project/vllm, read 2026-11).
    "--dtype": "auto|half|float16|bfloat16|float|float32",
    # LoadFormats of vllm/model_executor/model_loader/__init__.py (vllm-project/vllm, read 2026-11).
    # Only those that this project means: the others are valid, and would be a surprise.
    "--load-format": "auto|safetensors|runai_streamer|runai_streamer_sharded",
    "--disable-access-log-for-endpoints": r"(/\w+)(,/\w+)*",
    "--gpu-memory-utilization": SHARE,
    "--max-model-len": NUMBER,
    "--max-num-queued-reqs": NUMBER,
    "--max-num-seqs": NUMBER,
    "--model-loader-extra-config": r"\{.+\}",
    "--otlp-traces-endpoint": r"http://[a-z.-]+:[0-9]+",
    "--port": NUMBER,
    "--revision": "[0-9a-f]{40}",
    "--served-model-name": r"[a-z0-9][a-z0-9.-]*",
    "--shutdown-timeout": NUMBER,
    "--sse-keep-alive-interval": NUMBER,
    "--tensor-parallel-size": "[1-9][0-9]?",
}
"""Flag to the form of its value. Those without a source here are numbers and names."""


def known_flags() -> frozenset[str]:
    """Return every flag of `vllm serve`."""
    return frozenset(VLLM_FLAGS.read_text(encoding="utf-8").split())


def unknown_flags(container: Properties, known: frozenset[str]) -> Iterator[str]:
    """Yield the flags of a server that vLLM would refuse."""
    for name, _ in flags(container):
        if name not in known:
            yield f"{name}: vLLM has no such flag"


def wrong_values(container: Properties) -> Iterator[str]:
    """Yield the values that vLLM would refuse, and the flags whose values nobody has looked up."""
    for name, value in flags(container):
        if name not in FORMS:
            yield f"{name}: write down in FORMS what it may hold, and where that is said"
        elif not re.fullmatch(FORMS[name], value):
            yield f"{name}: must be {FORMS[name]}, got {value!r}"
