"""What would make a server fit: each change alone, the smallest first.

Owns the order: settings that cost nothing, then what a request may ask, then precision, then money.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from infra.sizing.estimate import Estimate, ServerSettings, estimate
from infra.sizing.gpus import SizedGpu, gpus_of_clouds
from infra.sizing.quantization import UNQUANTIZED, weight_format
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
    made = []
    for text, gpu, settings in _candidates(found):
        try:
            result = estimate(found.model, gpu, settings)
        except MistakesError:  # heads that do not divide by so many GPUs
            continue
        if result.fits:
            made.append(Change(text=text, result=result))
    return made


def _candidates(found: Estimate) -> Iterator[tuple[str, SizedGpu, ServerSettings]]:
    for text, settings in _other_settings(found):
        yield text, found.gpu, settings
    for larger in gpus_of_clouds():
        if larger.memory_gib > found.gpu.memory_gib:
            yield f"--gpu {larger.name}", larger, found.settings


def _other_settings(found: Estimate) -> Iterator[tuple[str, ServerSettings]]:
    settings, split = found.settings, found.settings.split
    if found.memory_utilization < HIGHEST_UTILIZATION:
        higher = replace(settings, memory_utilization=HIGHEST_UTILIZATION)
        yield f"--memory-utilization {HIGHEST_UTILIZATION}", higher
    graphs_matter = settings.version.counts_graphs or not found.holds_graphs
    if graphs_matter and not settings.enforce_eager:
        yield "--eager", replace(settings, enforce_eager=True)
    if found.batch.max_num_seqs > FEWEST_SEQUENCES:
        fewer = replace(settings, max_num_seqs=FEWEST_SEQUENCES)
        yield f"--max-num-seqs {FEWEST_SEQUENCES}", fewer
    length = longest_context(found) // _CONTEXT_STEP * _CONTEXT_STEP
    if found.max_model_len * SHORTEST_USEFUL_SHARE <= length < found.max_model_len:
        yield f"--max-model-len {length}", replace(settings, max_model_len=length)
    if settings.cache_bytes_per_value > 1:
        yield "--kv-cache-dtype fp8", replace(settings, cache_bytes_per_value=1)
    if settings.weights == UNQUANTIZED:
        for name in ("fp8", "4 bit"):
            text = f'--quantization "{name}", with a checkpoint in it'
            yield text, replace(settings, weights=weight_format(name))
    for factor in (2, 4, 8):
        ranks = split.tensor_parallel * factor
        wider = replace(split, tensor_parallel=ranks)
        yield f"--tensor-parallel {ranks}", replace(settings, split=wider)
