"""What follows from the size of a model's weights: the time of a start, the room on a disk."""

from hypothesis import given
from hypothesis import strategies as st

from infra.catalog.models import checkpoint, checkpoint_names
from infra.spec.disk import CACHES_GIB, disk_need_gib, disk_share_gib, root_disk_for
from infra.spec.pools import LocalStorage
from infra.spec.startup import startup_timeout_seconds
from tests.unit.components.examples import POOL
from tests.unit.spec.stacks import a_model, a_pool, a_stack, loaded, mistakes, only

LOGGED_GIB = {
    # What vLLM logged as "Model loading took"; per GPU, times GPUs (vllm_memory_samples, 2026-11).
    "Qwen/Qwen2.5-7B-Instruct": 14.25,
    "meta-llama/Llama-3.1-8B-Instruct": 14.99,
}


def test_computed_sizes_are_what_servers_logged() -> None:
    for name, logged in LOGGED_GIB.items():
        found = checkpoint(name)
        assert found is not None
        assert abs(found.weights_gib - logged) / logged < 0.02, name


def test_the_same_model_weighs_less_the_fewer_bits_it_has() -> None:
    whole, quantized = (
        checkpoint(name) for name in ("Qwen/Qwen2.5-72B-Instruct", "Qwen/Qwen2.5-72B-Instruct-AWQ")
    )
    assert whole is not None
    assert quantized is not None
    assert 3 < whole.weights_gib / quantized.weights_gib < 4


def test_every_checkpoint_of_the_catalogue_can_be_served_without_writing_its_size() -> None:
    pool = {
        "name": "h100",
        "gpu": "H100",
        "gpusPerNode": 8,
        "diskGib": 2000,
        "onDemand": {"max": 1},
    }
    for name in checkpoint_names():
        model = {"name": "m", "source": name, "pool": "h100", "context": 4096, "tensorParallel": 4}
        assert mistakes(a_stack(gpuPools=[pool], models=[model])) == ()


@given(st.floats(0.01, 1536), st.floats(0.01, 1536))
def test_larger_weights_never_get_less_time(one: float, other: float) -> None:
    small, large = sorted((one, other))

    assert startup_timeout_seconds(small) <= startup_timeout_seconds(large)


def test_135_gib_from_the_hub_fit_the_time_that_follows_from_them() -> None:
    seconds = startup_timeout_seconds(136)

    assert seconds > 136 * 1024 / 125 * 2, "the disk alone, written and read"
    assert seconds <= 7200, "what a stack file may write at most"


def test_a_written_time_stays() -> None:
    (model,) = loaded(a_model(startupTimeoutSeconds=900)).models

    assert model.startup_timeout_seconds == 900


def test_weights_that_fit_no_servers_disk_are_refused_with_the_disk_that_would_do() -> None:
    pool = {"name": "l4", "gpu": "L4", "spot": {"max": 2}, "localStorage": "none"}
    model = {"name": "m", "source": "o/m", "weightsGib": 100, "pool": "l4", "context": 4096}

    mistake = only(a_stack(gpuPools=[pool], models=[model]))

    assert mistake.setting == "models[m].weightsGib"
    least = int(mistake.next_step.split("diskGib: ")[1].split()[0])
    assert mistakes(a_stack(gpuPools=[{**pool, "diskGib": least}], models=[model])) == ()
    (refused,) = mistakes(a_stack(gpuPools=[{**pool, "diskGib": least - 20}], models=[model]))
    assert refused.setting == "models[m].weightsGib"


def test_local_disks_count_where_they_carry_pods() -> None:
    machine = {"gpu": "H100", "gpus_per_node": 8, "machine_type": "p5.48xlarge"}
    on_root = POOL.model_copy(update=machine)
    on_nvme = on_root.model_copy(update={"local_storage": LocalStorage.RAID0})

    assert disk_share_gib("aws", on_root, 4) == on_root.disk_gib // 2 // 2
    assert disk_share_gib("aws", on_nvme, 4) > disk_need_gib(136)


@given(
    disk=st.integers(50, 16384),
    gpus=st.integers(1, 16),
    tensor_parallel=st.integers(1, 16),
)
def test_servers_of_a_full_node_share_half_its_disk(
    disk: int, gpus: int, tensor_parallel: int
) -> None:
    pool = POOL.model_copy(update={"disk_gib": disk, "gpus_per_node": gpus})
    share = disk_share_gib("aws", pool, tensor_parallel)

    assert share >= 1
    assert share * max(1, gpus // tensor_parallel) <= disk / 2


@given(weights=st.floats(0.1, 1000), tensor_parallel=st.integers(1, 8))
def test_the_disk_that_is_named_is_large_enough(weights: float, tensor_parallel: int) -> None:
    least = root_disk_for("aws", weights, POOL, tensor_parallel)
    pool = POOL.model_copy(update={"disk_gib": least})

    assert disk_share_gib("aws", pool, tensor_parallel) >= weights + CACHES_GIB


def test_a_floor_above_the_minimum_or_on_a_pool_without_on_demand_is_refused() -> None:
    above = only(
        a_stack(
            gpuPools=[{"name": "l4", "gpu": "L4", "onDemand": {"max": 2}}],
            models=[
                {
                    "name": "m",
                    "source": "o/m",
                    "weightsGib": 1,
                    "pool": "l4",
                    "context": 4096,
                    "replicas": {"min": 1, "onDemand": 2},
                }
            ],
        )
    )
    nowhere = only(a_model(replicas={"min": 1, "onDemand": 1}))

    assert above.problem == "is above min"
    assert nowhere.problem == "pool l4 buys no node on demand"


def test_the_size_of_the_pool_that_is_too_small_is_named_once() -> None:
    assert [mistake.setting for mistake in mistakes(a_pool(diskGib=10))] == ["gpuPools[l4].diskGib"]
