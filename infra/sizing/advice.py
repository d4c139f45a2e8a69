"""What would make a server fit: each change alone, the smallest first.

Owns the order: settings that cost nothing, then what a request may ask, then precision, then money.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from infra.sizing.architecture import Architecture
from infra.sizing.estimate import Estimate, ServerSettings, estimate
from infra.sizing.gpus import SizedGpu, gpus_of_clouds
from infra.sizing.quantization import UNQUANTIZED, weight_format
from infra.sizing.weights import Split
from infra.spec.mistakes import MistakesError

HIGHEST_UTILIZATION = 0.95
"""Above, too little is left for what starts after the measurement: graphs, drivers, other tools."""
FEWEST_SEQUENCES = 64
SHORTEST_USEFUL_SHARE = 0.25
"""A context cut to less than this share of what was asked is another service, not a change."""
_CONTEXT_STEP = 256


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change with which the server starts."""

    text: str
    """What to do, in the words of the command line."""
    result: Estimate


def longest_context(found: Estimate) -> int:
    """Return the longest request that fits, in tokens; 0 when none does."""
    most = found.model.longest_context or found.max_model_len
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if found.fits_context(middle):
            low = middle
        else:
            high = middle - 1
    return low


def changes(found: Estimate) -> list[Change]:
    """Return every single change that makes it fit, the smallest first; none where it fits."""
    if found.fits:
        return []
    made = (change() for change in _candidates(found))
    return [change for change in made if change is not None and change.result.fits]


def _candidates(found: Estimate) -> Iterator[Callable[[], Change | None]]:
    settings, model, gpu = found.settings, found.model, found.gpu
    if found.memory_utilization < HIGHEST_UTILIZATION:
        yield lambda: _with(
            found,
            f"--memory-utilization {HIGHEST_UTILIZATION}",
            replace(settings, memory_utilization=HIGHEST_UTILIZATION),
        )
    if not found.settings.enforce_eager and (
        settings.version.counts_graphs or not found.holds_graphs
    ):
        yield lambda: _with(found, "--eager", replace(settings, enforce_eager=True))
    if found.batch.max_num_seqs > FEWEST_SEQUENCES:
        yield lambda: _with(
            found,
            f"--max-num-seqs {FEWEST_SEQUENCES}",
            replace(settings, max_num_seqs=FEWEST_SEQUENCES),
        )
    yield lambda: _shorter(found)
    if settings.cache_bytes_per_value > 1:
        yield lambda: _with(
            found, "--kv-cache-dtype fp8", replace(settings, cache_bytes_per_value=1)
        )
    if settings.weights == UNQUANTIZED:
        for name in ("fp8", "4 bit"):
            yield lambda name=name: _with(
                found,
                f'--quantization "{name}", with a checkpoint in it',
                replace(settings, weights=weight_format(name)),
            )
    for factor in (2, 4, 8):
        ranks = settings.split.tensor_parallel * factor
        split = Split(tensor_parallel=ranks, pipeline_parallel=settings.split.pipeline_parallel)
        yield lambda ranks=ranks, split=split: _with(
            found, f"--tensor-parallel {ranks}", replace(settings, split=split)
        )
    for larger in gpus_of_clouds():
        if larger.memory_gib > gpu.memory_gib:
            yield lambda larger=larger: _on(model, larger, settings)


def _with(found: Estimate, text: str, settings: ServerSettings) -> Change | None:
    try:
        return Change(text=text, result=estimate(found.model, found.gpu, settings))
    except MistakesError:
        return None


def _on(model: Architecture, gpu: SizedGpu, settings: ServerSettings) -> Change:
    return Change(text=f"--gpu {gpu.name}", result=estimate(model, gpu, settings))


def _shorter(found: Estimate) -> Change | None:
    length = longest_context(found) // _CONTEXT_STEP * _CONTEXT_STEP
    if length < found.max_model_len * SHORTEST_USEFUL_SHARE or length >= found.max_model_len:
        return None
    settings = replace(found.settings, max_model_len=length)
    return _with(found, f"--max-model-len {length}", settings)
