"""Rows of start-up logs: what a row says about a server, as far as it says it.

Owns the columns and how people write them. What a row measured (weights, cache, tokens, outcome)
and its notes are never read here: a prediction sees the settings alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.sizing.architecture import Architecture, Experts
from infra.sizing.estimate import Estimate, ServerSettings, estimate
from infra.sizing.gpus import sized_gpu
from infra.sizing.known import known_model
from infra.sizing.quantization import UNQUANTIZED, WeightFormat, format_for
from infra.sizing.versions import engine_version
from infra.sizing.weights import Split, largest_stage_bytes
from infra.spec.mistakes import MistakesError

NEEDED = ("model", "gpu", "tensor_parallel")
"""Columns without which no row is predicted."""


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """What is said about one row; None where it cannot be."""

    weights_bytes: int | None = None
    weights_are_quantized: bool = False
    estimate: Estimate | None = None
    not_predicted: str = ""
    """The reason, where a part is missing."""

    @property
    def outcome(self) -> str | None:
        """`serves` or `refuses`."""
        if self.estimate is None:
            return None
        return "serves" if self.estimate.fits else "refuses"


def predict(row: Mapping[str, str]) -> Prediction:
    """Return what the arithmetic says about one row."""
    try:
        model, weights = _model(row)
        split = _split(row, model)
        quantized = weights != UNQUANTIZED
        if not row.get("gpu", "").strip():
            return Prediction(
                weights_bytes=largest_stage_bytes(model, weights, split),
                weights_are_quantized=quantized,
                not_predicted="the GPU is not named",
            )
        found = estimate(model, sized_gpu(row["gpu"]), _settings(row, model.family, weights, split))
        return Prediction(
            weights_bytes=found.weights_bytes, weights_are_quantized=quantized, estimate=found
        )
    except MistakesError as error:
        return Prediction(
            not_predicted="; ".join(f"{one.setting} {one.problem}" for one in error.mistakes)
        )
    except UnknownModelError as error:
        return Prediction(not_predicted=str(error))


class UnknownModelError(LookupError):
    """A row's model is not in the catalogue, or the row does not say enough about it."""


def _model(row: Mapping[str, str]) -> tuple[Architecture, WeightFormat]:
    name = row.get("model", "").strip()
    model = known_model(name) if name else None
    if model is None:
        message = f"model {name or '(none)'} is not in the catalogue"
        raise UnknownModelError(message)
    return model, format_for(row.get("quantization", ""), name, model.quantization)


def _split(row: Mapping[str, str], model: Architecture) -> Split:
    tensor_parallel = _whole(row, "tensor_parallel")
    if tensor_parallel is None:
        message = "tensor parallel is not said"
        raise UnknownModelError(message)
    split = Split(
        tensor_parallel=tensor_parallel, pipeline_parallel=_whole(row, "pipeline_parallel") or 1
    )
    if split.pipeline_parallel > 1 and " + " in row.get("gpu", ""):
        message = "stages on several kinds of GPU: no column says which layers each has"
        raise UnknownModelError(message)
    gpus = _whole(row, "gpu_count") or split.gpus
    if gpus > split.gpus and any(isinstance(layer.mlp, Experts) for layer in model.layers):
        # With data or expert parallel ranks, experts are spread over all of them.
        message = f"{gpus} GPUs for {split.gpus} ranks: no column says how experts are spread"
        raise UnknownModelError(message)
    return split


def _settings(
    row: Mapping[str, str], family: str, weights: WeightFormat, split: Split
) -> ServerSettings:
    engine = row.get("engine", "").strip().upper()
    return ServerSettings(
        split=split,
        weights=weights,
        version=engine_version(
            row.get("vllm_version", ""), engine, family, row.get("model", "").strip()
        ),
        memory_utilization=_share(row, "gpu_memory_utilization"),
        max_model_len=_whole(row, "max_model_len"),
        max_num_seqs=_whole(row, "max_num_seqs"),
        max_num_batched_tokens=_whole(row, "max_num_batched_tokens"),
        cache_bytes_per_value=1 if row.get("kv_cache_dtype", "").lower().startswith("fp8") else 2,
        enforce_eager=row.get("enforce_eager", "").strip().lower() in ("true", "1", "yes"),
    )


def _whole(row: Mapping[str, str], column: str) -> int | None:
    value = number(row, column)
    return (
        int(value) if value is not None and 1 <= value < 1 << 31 and value == int(value) else None
    )


def _share(row: Mapping[str, str], column: str) -> float | None:
    value = number(row, column)
    return value if value is not None and 0.0 < value <= 1.0 else None


def number(row: Mapping[str, str], column: str) -> float | None:
    """Return a cell as a number; None where it is empty or no number."""
    text = (row.get(column) or "").strip()
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e15 else None  # noqa: PLR2004 - infinity and NaN are no numbers
