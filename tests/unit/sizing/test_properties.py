"""What must hold for any model, GPU and setting, not only for those that were measured."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.catalog.units import BYTES_PER_GIB
from infra.sizing.architecture import Architecture
from infra.sizing.estimate import Estimate, ServerSettings, estimate
from infra.sizing.gpus import SizedGpu
from infra.sizing.hf_config import architecture
from infra.sizing.quantization import WeightFormat, format_names, weight_format
from infra.sizing.versions import engine_version
from infra.sizing.weights import Split, largest_stage_bytes, stages
from infra.spec.mistakes import MistakesError
from tests.unit.sizing.configs import ALL

MODELS = st.sampled_from([architecture(config, name) for name, config in ALL.items()])
FORMATS = st.sampled_from([weight_format(name) for name in format_names()])
VERSIONS = st.sampled_from(
    [engine_version(word) for word in ("0.6.3", "0.8.5", "0.11.0", "0.19.0", "0.23.0", "0.32.0")]
)
SERVERS = st.builds(
    ServerSettings,
    split=st.sampled_from([Split(tensor_parallel=ranks) for ranks in (1, 2, 4, 8)]),
    weights=FORMATS,
    version=VERSIONS,
    memory_utilization=st.floats(0.1, 1.0),
    max_model_len=st.integers(1, 200_000),
    max_num_seqs=st.integers(1, 1024),
    max_num_batched_tokens=st.integers(256, 16_384),
    cache_bytes_per_value=st.sampled_from([1, 2]),
    enforce_eager=st.booleans(),
)


def _gpu(memory_gib: float) -> SizedGpu:
    return SizedGpu(name="any", memory_gib=memory_gib)


def _said(model: Architecture, gpu: SizedGpu, server: ServerSettings) -> Estimate | None:
    try:
        return estimate(model, gpu, server)
    except MistakesError:  # heads that do not divide by so many GPUs
        return None


@given(MODELS, SERVERS, st.floats(8, 300), st.floats(1.0, 3.0))
def test_more_memory_never_fits_less(
    model: Architecture, server: ServerSettings, memory_gib: float, factor: float
) -> None:
    fixed = replace(server, max_num_seqs=64)
    small = _said(model, _gpu(memory_gib), fixed)
    large = _said(model, _gpu(memory_gib * factor), fixed)
    if small is None or large is None:
        return
    assert large.cache_bytes >= small.cache_bytes
    assert large.tokens >= small.tokens
    assert large.fits or not small.fits


@given(MODELS, SERVERS, st.integers(1, 200_000), st.integers(1, 200_000))
def test_a_longer_context_never_gives_more_concurrency(
    model: Architecture, server: ServerSettings, one: int, other: int
) -> None:
    found = _said(model, _gpu(80), server)
    if found is None:
        return
    shorter, longer = sorted((one, other))
    assert found.concurrency(longer) <= found.concurrency(shorter)


@given(MODELS, FORMATS, st.integers(0, 4), st.integers(1, 8))
def test_more_parallelism_never_needs_more_weight_memory_on_a_gpu(
    model: Architecture, weights: WeightFormat, doublings: int, pipeline: int
) -> None:
    ranks = 2**doublings
    few, many = Split(tensor_parallel=ranks), Split(tensor_parallel=ranks * 2)
    cut = Split(tensor_parallel=ranks, pipeline_parallel=min(pipeline, len(model.layers)))
    size = largest_stage_bytes(model, weights, few)
    assert largest_stage_bytes(model, weights, many) <= size
    assert largest_stage_bytes(model, weights, cut) <= size


@given(MODELS, SERVERS, st.floats(8, 300))
def test_the_parts_of_a_gpu_add_up_in_bytes(
    model: Architecture, server: ServerSettings, memory_gib: float
) -> None:
    found = _said(model, _gpu(memory_gib), server)
    if found is None:
        return
    graphs = found.graph_bytes if server.version.counts_graphs else 0
    parts = found.weights_bytes + found.activation_bytes + found.library_bytes + graphs
    assert parts + found.cache_bytes == found.budget_bytes
    assert found.budget_bytes <= found.total_bytes == int(memory_gib * BYTES_PER_GIB)
    held = int(max(0, found.cache_bytes) // found.plan.bytes_per_block)
    assert held * found.plan.bytes_per_block <= max(0, found.cache_bytes)


@given(st.integers(1, 200), st.data())
def test_every_layer_is_on_one_pipeline_stage(layers: int, data: st.DataObject) -> None:
    ranks = data.draw(st.integers(1, layers))
    owned = stages(layers, ranks)
    assert [index for stage in owned for index in stage] == list(range(layers))
    sizes = [len(stage) for stage in owned]
    assert max(sizes) - min(sizes) <= 1
    assert sizes[-1] == min(sizes)


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=25)
@given(st.sampled_from([0.6, 0.9]), st.sampled_from([1, 2]))
def test_half_the_bytes_of_a_value_never_hold_fewer_tokens(
    name: str, utilization: float, ranks: int
) -> None:
    model = architecture(ALL[name])
    server = ServerSettings(
        split=Split(tensor_parallel=ranks),
        weights=weight_format("fp8"),
        memory_utilization=utilization,
    )
    wide = estimate(model, _gpu(640), server)
    narrow = estimate(model, _gpu(640), replace(server, cache_bytes_per_value=1))
    assert narrow.tokens >= wide.tokens
