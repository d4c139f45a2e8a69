"""One model server on one kind of GPU: what its memory holds, and whether it starts.

Owns the balance. Figures are of one GPU, the fullest; bytes inside, GiB where a reader sees them.
"""

from dataclasses import dataclass, replace

from infra.catalog.units import BYTES_PER_GIB
from infra.sizing.activation import Batch, Placement, activation_bytes
from infra.sizing.architecture import Architecture
from infra.sizing.gpus import SizedGpu
from infra.sizing.kv_cache import CachePlan, CacheSettings, cache_plan
from infra.sizing.overhead import default_batch, graph_bytes, library_bytes
from infra.sizing.quantization import WeightFormat
from infra.sizing.split_checks import split_mistakes
from infra.sizing.versions import OURS, EngineVersion
from infra.sizing.weights import Split, absorbed_bytes, largest_stage_bytes
from infra.spec.mistakes import MistakesError

WIDER_EXPERT_ROWS = 256
"""vllm/model_executor/layers/quantization/mxfp4.py of 0.11.0: kernels of SM100 and ROCm."""
DEFAULT_CONTEXT = 8192
"""Where neither the settings nor the config say how long a request may be."""


@dataclass(frozen=True, kw_only=True)
class ServerSettings:
    """What the engine is told; None takes the engine's own default."""

    split: Split
    weights: WeightFormat
    version: EngineVersion = OURS
    memory_utilization: float | None = None
    max_model_len: int | None = None
    max_num_seqs: int | None = None
    max_num_batched_tokens: int | None = None
    cache_bytes_per_value: int = 2
    """2, or 1 for an fp8 cache."""
    enforce_eager: bool = False
    draft_layers: int = 0


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """The balance of the fullest GPU, in bytes, and what it gives."""

    gpu: SizedGpu
    settings: ServerSettings
    memory_utilization: float
    max_model_len: int
    batch: Batch
    total_bytes: int
    weights_bytes: int
    activation_bytes: int
    library_bytes: int
    graph_bytes: int
    """What graphs take, within the budget or beside it: see `counts_graphs`."""
    plan: CachePlan
    model: Architecture

    @property
    def budget_bytes(self) -> int:
        """What the engine may take."""
        return int(self.total_bytes * self.memory_utilization)

    @property
    def cache_bytes(self) -> int:
        """What is left for the cache; below zero when nothing is."""
        graphs = self.graph_bytes if self.settings.version.counts_graphs else 0
        return (
            self.budget_bytes
            - self.weights_bytes
            - self.activation_bytes
            - self.library_bytes
            - graphs
        )

    @property
    def tokens(self) -> int:
        """Tokens that the engine would log."""
        return self.plan.tokens(self.cache_bytes)

    @property
    def margin_bytes(self) -> int:
        """What is left once one longest request has its blocks; below zero: refused."""
        return self.cache_bytes - self.needed_bytes(self.max_model_len)

    @property
    def holds_graphs(self) -> bool:
        """Whether graphs that come on top of the budget find room beside it."""
        return self.settings.version.counts_graphs or self.graph_room_bytes >= 0

    @property
    def fits(self) -> bool:
        """Whether the engine starts."""
        return self.margin_bytes >= 0 and self.holds_graphs

    @property
    def graph_room_bytes(self) -> int:
        """What is left beside the budget once graphs are captured there; below zero: none."""
        return self.total_bytes - self.budget_bytes + _SLACK_BYTES - self.graph_bytes

    def concurrency(self, context: int) -> float:
        """Return how many requests of a length fit at once."""
        return self._plan_for(context).concurrency(self.cache_bytes)

    def fits_context(self, context: int) -> bool:
        """Return whether one request of a length fits, all else as it is."""
        return self.cache_bytes >= self.needed_bytes(context)

    def needed_bytes(self, context: int) -> int:
        """Return what the engine asks for before it starts, for requests of a length."""
        if not self.settings.version.checks_whole_model:
            return self._plan_for(context).request_bytes
        whole = replace(self.settings.split, pipeline_parallel=1)
        settings = replace(self.settings, split=whole)
        return _plan(self.model, settings, self.batch, context).request_bytes

    def _plan_for(self, context: int) -> CachePlan:
        if context == self.max_model_len:
            return self.plan
        return _plan(self.model, self.settings, self.batch, context)


_SLACK_BYTES = int(0.5 * BYTES_PER_GIB)
"""What activation leaves free after start-up, of which graphs take a part."""


def estimate(model: Architecture, gpu: SizedGpu, settings: ServerSettings) -> Estimate:
    """Return the balance of a server.

    Raises:
        MistakesError: The model cannot be cut so.
    """
    mistakes = split_mistakes(model, settings.split)
    if mistakes:
        raise MistakesError(model.family, mistakes)
    version = settings.version
    length = settings.max_model_len or model.longest_context or DEFAULT_CONTEXT
    default = default_batch(model, gpu, version, length)
    requests = settings.max_num_seqs or default.max_num_seqs
    tokens = default.max_num_batched_tokens
    if version.caps_batches:
        tokens = min(tokens, requests * length)
    batch = Batch(
        max_num_seqs=requests,
        max_num_batched_tokens=settings.max_num_batched_tokens or tokens,
        max_model_len=length,
    )
    place = Placement(gpu=gpu, weights=settings.weights, split=settings.split, version=version)
    return Estimate(
        gpu=gpu,
        settings=settings,
        memory_utilization=settings.memory_utilization or version.memory_utilization,
        max_model_len=length,
        batch=batch,
        total_bytes=int(gpu.memory_gib * BYTES_PER_GIB),
        weights_bytes=loaded_bytes(model, gpu, settings),
        activation_bytes=activation_bytes(model, place, batch),
        library_bytes=library_bytes(model, gpu, settings.split, version),
        graph_bytes=graph_bytes(
            model, settings.split, batch, version, eager=settings.enforce_eager
        ),
        plan=_plan(model, settings, batch, length),
        model=model,
    )


def loaded_bytes(model: Architecture, gpu: SizedGpu, settings: ServerSettings) -> int:
    """Return the weights on the fullest GPU, as its kernels lay them out."""
    weights = settings.weights
    if gpu.fills_256_rows and weights.expert_rows > 1:
        weights = replace(weights, expert_rows=WIDER_EXPERT_ROWS)
    size = largest_stage_bytes(model, weights, settings.split)
    if settings.version.absorbs_latents:
        size += absorbed_bytes(model, weights, settings.split)
    return size


def _plan(model: Architecture, settings: ServerSettings, batch: Batch, length: int) -> CachePlan:
    return cache_plan(
        model,
        settings.split,
        CacheSettings(
            bytes_per_value=settings.cache_bytes_per_value,
            tensor_parallel=settings.split.tensor_parallel,
            max_model_len=length,
            max_num_batched_tokens=batch.max_num_batched_tokens,
            version=settings.version,
            draft_layers=settings.draft_layers,
            pipeline_parallel=settings.split.pipeline_parallel,
        ),
    )
