"""What is known of a checkpoint by its repository's name: a name to serve it by, a context, a size.

Owns what is taken where nobody says it. Does not own shapes and sizes: those are the catalogue's.
"""

import re

from infra.catalog.models import checkpoint
from infra.catalog.units import BYTES_PER_GIB
from infra.sizing.architecture import Architecture
from infra.sizing.estimate import ServerSettings, estimate
from infra.sizing.gpus import gpus_of_clouds
from infra.sizing.known import known_model
from infra.sizing.quantization import WeightFormat, format_for
from infra.sizing.weights import Split
from infra.spec.mistakes import MistakesError

USUAL_CONTEXTS_TOKENS = (32_768, 16_384, 8_192)
"""Longest request where nobody says one, the first with which a model fits: those of our production
and of our development, and the least that docs/gpu-selection.md counts with."""
COMPUTED = "computed from its layers; the sizes of its files on the hub are exact"
"""Said of a size that no list of files gave: logs of vLLM are within 6 % of it (docs/sizing.md)."""
_LONGEST_NAME = 45
_TUNED = frozenset({"instruct", "it"})
"""Words of a repository's name that say how it was trained, not which model it is."""


def name_of(source: str) -> str:
    """Return a name for a repository, as clients send it: `Qwen/Qwen3-8B-FP8` is `qwen3-8b-fp8`.

    Empty where nothing of it can be in a name.
    """
    words = re.split(r"[^a-z0-9.]+", source.rpartition("/")[2].lower())
    kept = "-".join(word for word in words if word and word not in _TUNED)
    return kept.removeprefix("meta-").lstrip("-.0123456789")[:_LONGEST_NAME].rstrip("-.")


def is_known(source: str) -> bool:
    """Return whether it can be said what memory a server of it needs."""
    return _known(source) is not None


def usual_contexts_tokens(source: str) -> tuple[int, ...]:
    """Return the longest requests to try for a known model where nobody says one, none twice."""
    known = _known(source)
    longest = (known[0].longest_context if known else None) or USUAL_CONTEXTS_TOKENS[0]
    return tuple(dict.fromkeys(min(one, longest) for one in USUAL_CONTEXTS_TOKENS))


def computed_weights_gib(source: str) -> float | None:
    """Return the size of a checkpoint of which only the shape is known, in GiB; None where not.

    None, too, for those of `infra.catalog.models`: the loader takes it from there.
    """
    known = _known(source)
    if known is None or checkpoint(source) is not None:
        return None
    built, weights = known
    settings = ServerSettings(split=Split(), weights=weights)
    found = estimate(built, gpus_of_clouds()[-1], settings)
    return -(-found.weights_bytes * 100 // BYTES_PER_GIB) / 100


def _known(source: str) -> tuple[Architecture, WeightFormat] | None:
    try:
        built = known_model(source)
        if built is None:
            return None
        return built, format_for("", source, built.quantization)
    except MistakesError:  # the catalogue has it, and sizing no rule for its layers or format
        return None
