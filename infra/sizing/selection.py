"""Which GPU for which model: `docs/gpu-selection.md`, worked out, never written by hand.

Owns which models and formats are shown. As a module, writes the document.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.sizing.advice import longest_context
from infra.sizing.architecture import Architecture
from infra.sizing.estimate import Estimate, ServerSettings, estimate
from infra.sizing.gpus import SizedGpu, gpus_of_clouds
from infra.sizing.known import known_model
from infra.sizing.quantization import UNQUANTIZED, WeightFormat, format_of_config, weight_format
from infra.sizing.versions import OURS
from infra.sizing.weights import Split
from infra.spec.mistakes import MistakesError

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "gpu-selection.md"
CONTEXT = 8192
"""Requests that concurrency is counted in, and that must fit at least."""
REQUESTS = 256
"""`max_num_seqs` of every cell, so that GPUs are compared at the same load."""
RANKS = (1, 2, 4, 8)
"""GPUs of one server, all in one node."""
MODELS = (
    *("Qwen/Qwen3-4B", "Qwen/Qwen2.5-7B-Instruct", "meta-llama/Llama-3.1-8B-Instruct"),
    *("Qwen/Qwen3-14B", "mistralai/Mistral-Small-3.2-24B-Instruct-2506", "google/gemma-3-27b-it"),
    *("Qwen/Qwen3-30B-A3B", "Qwen/Qwen3-32B", "meta-llama/Llama-3.3-70B-Instruct"),
    *("Qwen/Qwen2.5-72B-Instruct", "openai/gpt-oss-20b", "openai/gpt-oss-120b"),
    *("Qwen/Qwen3-Next-80B-A3B-Instruct", "Qwen/Qwen3-235B-A22B", "MiniMaxAI/MiniMax-M2.5"),
    *("deepseek-ai/DeepSeek-V3", "moonshotai/Kimi-K2-Instruct"),
)
FORMATS = (UNQUANTIZED, weight_format("fp8"), weight_format("4 bit"))
_HEAD = f"""\
# Which GPU for which model

`make golden` writes this file; formulas, sources and known errors: [sizing.md](sizing.md).
Each cell is the fewest GPUs of one node with which vLLM {OURS} starts and holds a request of
{CONTEXT:,} tokens: `GPUs x`, the longest request that fits, and how many requests of {CONTEXT:,}
tokens fit at once. `-`: not even with {RANKS[-1]}. Every server runs at most {REQUESTS} requests.
Checkpoints that come in one format only are shown in that one. Nothing here says how fast it is.

"""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A model in one format."""

    model: str
    weights: WeightFormat
    cells: Sequence[Estimate | None]
    """By GPU; None where nothing fits."""


def rows() -> Iterator[Row]:
    """Return every row of the document."""
    gpus = gpus_of_clouds()
    for name in MODELS:
        model = known_model(name)
        if model is None:
            message = f"{name}: the catalogue has no shape of it"
            raise LookupError(message)
        own = format_of_config(model.quantization)
        for weights in FORMATS if own is None else (own,):
            cells = [_fewest(model, gpu, weights) for gpu in gpus]
            yield Row(model=name, weights=weights, cells=cells)


def _fewest(model: Architecture, gpu: SizedGpu, weights: WeightFormat) -> Estimate | None:
    for ranks in RANKS:
        settings = ServerSettings(
            split=Split(tensor_parallel=ranks),
            weights=weights,
            max_model_len=CONTEXT,
            max_num_seqs=REQUESTS,
        )
        try:
            found = estimate(model, gpu, settings)
        except MistakesError:  # heads that do not divide so
            continue
        if found.fits:
            return found
    return None


def document() -> str:
    """Return the whole document."""
    gpus = gpus_of_clouds()
    head = f"| model | weights | {' | '.join(f'{gpu.name} ({gpu.memory_gib:g})' for gpu in gpus)} |"
    lines = [head, "|---|---|" + "---|" * len(gpus)]
    for row in rows():
        cells = " | ".join(map(_cell, row.cells))
        lines.append(f"| {row.model.partition('/')[2]} | {row.weights.name} | {cells} |")
    return _HEAD + "\n".join(lines) + "\n"


def _cell(found: Estimate | None) -> str:
    if found is None:
        return "-"
    longest = longest_context(found)
    concurrency = found.concurrency(CONTEXT)
    return f"{found.settings.split.gpus} x, {_tokens(longest)}, {concurrency:.0f}"


def _tokens(count: int) -> str:
    return f"{count / 1024:.0f}K" if count >= 1024 else str(count)  # noqa: PLR2004 - a K


def main() -> None:
    """Write the document."""
    DOCUMENT.write_text(document(), encoding="utf-8")
    sys.stdout.write(f"wrote {DOCUMENT}\n")


if __name__ == "__main__":
    main()
