"""What somebody asks: words of the command line to a model, a GPU and settings.

Owns names, defaults and the report of all mistakes at once. Reads one file where a path is given.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from infra.catalog.model_shapes import model_shape_names
from infra.sizing.architecture import Architecture
from infra.sizing.estimate import Estimate, ServerSettings, estimate
from infra.sizing.gpus import sized_gpu
from infra.sizing.hf_config import architecture
from infra.sizing.known import known_model
from infra.sizing.quantization import format_for
from infra.sizing.versions import OURS, engine_version
from infra.sizing.weights import Split
from infra.spec.mistakes import Mistake, MistakesError
from infra.spec.suggest import did_you_mean

_MOST_BYTES = 16 * 1024**2
"""A config.json has some kilobytes; anything this large is not one."""
_HALF = ("auto", "bfloat16", "float16", "half")
_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class Request:
    """The words, as they were typed; None and empty words are left to defaults."""

    model: str
    """A repository of the catalogue, or the path of a config.json."""
    gpu: str
    tensor_parallel: int = 1
    pipeline_parallel: int = 1
    quantization: str = ""
    dtype: str = "auto"
    cache_dtype: str = "auto"
    max_model_len: int | None = None
    max_num_seqs: int | None = None
    max_num_batched_tokens: int | None = None
    memory_utilization: float | None = None
    engine: str = ""
    eager: bool = False
    context: int | None = None


def answered(request: Request) -> Estimate:
    """Return the balance that a request asks for.

    Raises:
        MistakesError: With everything that is wrong with it.
    """
    mistakes: list[Mistake] = [*_bounds(request), *_dtype(request.dtype)]
    model = _kept(lambda: read_model(request.model), mistakes)
    gpu = _kept(lambda: sized_gpu(request.gpu), mistakes)
    own = model.quantization if model else None
    version = _kept(lambda: engine_version(request.engine or str(OURS)), mistakes)
    weights = _kept(
        lambda: format_for(request.quantization, request.model, own),
        mistakes,
    )
    cache_bytes = _kept(lambda: _cache_bytes(request.cache_dtype), mistakes)
    split = Split(
        tensor_parallel=request.tensor_parallel, pipeline_parallel=request.pipeline_parallel
    )
    if mistakes or not (model and gpu and version and weights and cache_bytes):
        raise MistakesError(request.model, mistakes)
    return estimate(
        model,
        gpu,
        ServerSettings(
            split=split,
            weights=weights,
            version=version,
            memory_utilization=request.memory_utilization,
            max_model_len=request.max_model_len,
            max_num_seqs=request.max_num_seqs,
            max_num_batched_tokens=request.max_num_batched_tokens,
            cache_bytes_per_value=cache_bytes,
            enforce_eager=request.eager,
        ),
    )


def read_model(word: str) -> Architecture:
    """Return a model by its repository, or by the path of its config.

    Raises:
        MistakesError: Neither is known, or the file is not one.
    """
    path = Path(word)
    if word.endswith(".json") or path.is_file():
        return architecture(_read(path), word)
    found = known_model(word)
    if found is None:
        next_step = did_you_mean(
            word, model_shape_names(), "give the path of its config.json, from the hub"
        )
        wanted = "a repository of the catalogue, or a path"
        mistake = _mistake("model", "is not in the catalogue", word, wanted, next_step)
        raise MistakesError(word, [mistake])
    return found


def _read(path: Path) -> dict[str, object]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            reason = f"is larger than {_MOST_BYTES // 1024**2} MiB"
        else:
            read = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(read, dict):
                return {str(key): value for key, value in read.items()}
            reason = "is not an object"
    except (OSError, ValueError, RecursionError) as error:
        reason = f"cannot be read: {error}"
    next_step = "download config.json of the model's repository"
    raise MistakesError(
        str(path), [_mistake(str(path), reason, str(path), "a config.json", next_step)]
    )


def _dtype(word: str) -> list[Mistake]:
    if word in _HALF:
        return []
    allowed = ", ".join(_HALF)
    next_step = "leave it out: the engine takes 16 bit for float32 checkpoints too"
    return [_mistake("--dtype", "is not a type that is served", word, allowed, next_step)]


def _cache_bytes(word: str) -> int:
    if word in _HALF:
        return 2
    if word.startswith("fp8"):
        return 1
    raise MistakesError(
        word,
        [
            _mistake(
                "--kv-cache-dtype",
                "is not a type that sizing knows",
                word,
                "auto, bfloat16, float16, fp8",
                "choose one of them",
            )
        ],
    )


def _bounds(request: Request) -> list[Mistake]:
    mistakes = [
        _mistake(option, "is out of bounds", str(value), f"1 to {most}", "write a number in bounds")
        for option, value, most in (
            ("--tensor-parallel", request.tensor_parallel, 1024),
            ("--pipeline-parallel", request.pipeline_parallel, 1024),
            ("--max-model-len", request.max_model_len, 1 << 31),
            ("--context", request.context, 1 << 31),
            ("--max-num-seqs", request.max_num_seqs, 1 << 20),
            ("--max-num-batched-tokens", request.max_num_batched_tokens, 1 << 24),
        )
        if value is not None and not 1 <= value <= most
    ]
    share = request.memory_utilization
    if share is not None and not 0.0 < share <= 1.0:
        mistakes.append(
            _mistake(
                "--memory-utilization",
                "is not a share",
                f"{share:g}",
                "above 0, at most 1",
                "write 0.9",
            )
        )
    return mistakes


def _kept(make: Callable[[], _T], mistakes: list[Mistake]) -> _T | None:
    try:
        return make()
    except MistakesError as error:
        mistakes.extend(error.mistakes)
        return None


def _mistake(setting: str, problem: str, got: str, allowed: str, next_step: str) -> Mistake:
    return Mistake(setting=setting, problem=problem, got=got, allowed=allowed, next_step=next_step)
