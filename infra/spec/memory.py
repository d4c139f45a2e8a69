"""Whether a model fits the memory of its pool's GPUs. Pure.

Owns how the settings of a stack become a question to `infra.sizing`. Does not own the arithmetic.
"""

from collections.abc import Sequence

from infra.catalog import releases
from infra.catalog.machines import UnknownMachineError, machine
from infra.sizing.estimate import Estimate, ServerSettings, estimate
from infra.sizing.gpus import sized_gpu
from infra.sizing.known import known_model
from infra.sizing.quantization import format_for
from infra.sizing.versions import engine_version
from infra.sizing.weights import Split
from infra.spec.mistakes import MistakesError
from infra.spec.models import ModelSpec
from infra.spec.pools import GpuPoolSpec
from infra.spec.stack import StackSpec


def models_memory(stacks: Sequence[StackSpec]) -> dict[str, Estimate | None]:
    """Return the balance of one server of each model; None where it cannot be worked out."""
    found: dict[str, Estimate | None] = {}
    for stack in stacks:
        pools = {pool.name: pool for pool in stack.gpu_pools}
        for model in stack.models:
            found[model.name] = server_memory(model, pools[model.pool], stack.cloud.provider)
    return found


def server_memory(model: ModelSpec, pool: GpuPoolSpec, cloud: str) -> Estimate | None:
    """Return the balance of one server.

    None where the catalogue lacks the model or the machine, or sizing a rule for the model's layers
    or format: those are the engine's to judge.

    Raises:
        MistakesError: The model cannot be cut over that many GPUs.
    """
    try:
        built = known_model(model.source)
        weights = format_for("", model.source, built.quantization if built else None)
    except MistakesError:
        return None
    if built is None:
        return None
    try:
        gpu = machine(cloud, pool.machine_type).gpu
    except UnknownMachineError:  # reported where the pool names it
        return None
    if gpu is None:
        return None
    return estimate(
        built,
        sized_gpu(gpu),
        ServerSettings(
            split=Split(tensor_parallel=model.tensor_parallel),
            weights=weights,
            version=engine_version(releases.image("vllm").tag),
            memory_utilization=model.gpu_memory_utilization,
            max_model_len=model.context,
            max_num_seqs=model.max_concurrent_requests,
        ),
    )
