"""Settings that follow from others: they fit their node, and say where they come from."""

from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.catalog.allocatable import allocatable, daemonset_reserve
from infra.catalog.machines import MachineType, machines
from infra.catalog.regions import region, region_names
from infra.spec.derive import server_share, shared_memory_gib
from infra.spec.environment import Environment
from infra.spec.explain import explain, explain_stack
from tests.unit.spec.stacks import Config, a_model, a_pool, a_stack, loaded

GPU_MACHINES = [machine for cloud in ("aws", "gcp") for machine in machines(cloud) if machine.gpu]


def selling(node: MachineType) -> str:
    """Return a region that sells a machine."""
    found = (region(node.cloud, name) for name in region_names(node.cloud))
    return next(one.name for one in found if one and node.name in one.machine_types)


def origins(config: Config) -> dict[str, str]:
    """Return the origin of each effective setting."""
    explained = explain("aws-dev", config, {}.__getitem__)
    return {one.setting: one.origin for one in explained}


@pytest.mark.parametrize("node", GPU_MACHINES, ids=lambda node: node.name)
def test_as_many_servers_as_the_gpus_allow_fit_beside_the_daemonsets(node: MachineType) -> None:
    free, reserve = allocatable(node), daemonset_reserve(node.cloud)
    for gpus in range(1, node.gpu_count + 1):
        servers = node.gpu_count // gpus
        cores, memory_gib = server_share(node, gpus)

        assert cores > 0
        assert memory_gib > 0
        assert servers * cores * 1000 + reserve.cpu_millicores <= free.cpu_millicores, gpus
        assert servers * memory_gib * 1024 + reserve.memory_mib <= free.memory_mib, gpus


@given(node=st.sampled_from(GPU_MACHINES), data=st.data())
def test_more_gpus_mean_no_smaller_server(node: MachineType, data: st.DataObject) -> None:
    counts = st.integers(min_value=1, max_value=node.gpu_count)
    fewer, more = sorted((data.draw(counts), data.draw(counts)))

    assert server_share(node, fewer) <= server_share(node, more)
    assert server_share(node, fewer)[1] <= server_share(node, more)[1]


@given(memory_gib=st.floats(min_value=0.01, max_value=8192))
def test_shared_memory_leaves_most_of_the_memory(memory_gib: float) -> None:
    assert 0 < shared_memory_gib(memory_gib) <= min(8, memory_gib / 4)


@pytest.mark.parametrize("node", GPU_MACHINES, ids=lambda node: node.name)
def test_every_gpu_machine_makes_a_good_stack(node: MachineType) -> None:
    pool = {"name": "p", "gpu": node.gpu, "gpusPerNode": node.gpu_count, "machineType": node.name}
    model = {"name": "m", "source": "o/m", "weightsGib": 1.0, "pool": "p", "context": 4096}
    config = a_stack(
        cloud={
            "provider": node.cloud,
            "region": selling(node),
            "zones": 2,
            **({"project": "example-llm-dev"} if node.cloud == "gcp" else {}),
        },
        gpuPools=[{**pool, "spot": {"max": 1}}],
        models=[{**model, "tensorParallel": node.gpu_count}],
    )

    size = loaded(config).models[0]

    assert (size.cpu, size.memory_gib) == server_share(node, node.gpu_count)


def test_a_machine_that_is_derived_comes_from_the_catalogue() -> None:
    assert origins(a_pool())["gpuPools[l4].machineType"] == "catalogue (1 x L4)"


def test_a_server_that_is_derived_comes_from_the_catalogue() -> None:
    found = origins(a_model())

    assert {found[f"models[m].{one}"] for one in ("cpu", "memoryGib", "sharedMemoryGib")} == {
        "catalogue (g6.2xlarge)"
    }


def test_a_written_value_is_not_derived() -> None:
    config = a_model(memoryGib=12, cpu=3)

    model = loaded(config).models[0]

    assert (model.memory_gib, model.cpu, model.shared_memory_gib) == (12, 3, 3)
    assert origins(config)["models[m].memoryGib"] == "configuration of aws-dev"


def test_replicas_max_follows_min() -> None:
    replicas = loaded(a_model(replicas={"min": 4})).models[0].replicas

    assert (replicas.min, replicas.max) == (4, 4)


def test_a_range_that_is_written_in_part_begins_at_zero() -> None:
    spot = loaded(a_pool(spot={"max": 3})).pool("l4").spot

    assert spot is not None
    assert (spot.min, spot.max) == (0, 3)


def test_an_absent_range_is_no_range() -> None:
    assert loaded(a_pool()).pool("l4").on_demand is None
    assert origins(a_pool())["gpuPools[l4].onDemand"] == "default"


@pytest.mark.parametrize("environment", Environment)
def test_a_default_of_the_environment_says_so(environment: Environment) -> None:
    found = origins(a_stack(environment=environment.value))

    assert found["cloud.zones"] == f"default ({environment})"
    assert found["cluster.systemNodes.max"] == f"default ({environment})"
    assert found["cluster.kubernetesVersion"] == "default"


def test_production_is_more_careful_than_development() -> None:
    dev, prod = loaded(a_stack()), loaded(a_stack(environment="prod"))

    assert prod.cloud.zones > dev.cloud.zones
    assert prod.models[0].replicas.min > dev.models[0].replicas.min
    assert prod.cluster.system_nodes.min >= prod.cloud.zones


def test_nobody_reaches_the_api_server_by_default() -> None:
    assert loaded(a_stack(environment="prod")).cluster.endpoint_access == ()


def test_loading_leaves_what_was_written_as_it_was() -> None:
    config = {**a_pool(spot={"max": 3}), "tokenworks:models": a_model()["tokenworks:models"]}
    before = deepcopy(config)

    loaded(config)

    assert config == before


def test_a_setting_inside_a_group_has_its_own_line(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.a.yaml").write_text(
        "config:\n"
        "  tokenworks:environment: dev\n"
        "  tokenworks:cloud: {provider: aws, region: us-east-1}\n"
        "  tokenworks:cluster:\n"
        "    systemNodes:\n"
        "      max: 2\n"
    )

    found = {one.setting: one.origin for one in explain_stack("a", tmp_path)}

    assert found["cluster.systemNodes.max"] == "stacks/Pulumi.a.yaml:6"
    assert found["cluster.systemNodes.min"] == "default (aws, dev)"


def test_a_stack_without_pools_and_models_explains_that_too() -> None:
    absent, empty = a_stack(gpuPools=None, models=None), a_stack(gpuPools=[], models=[])

    assert (origins(absent)["gpuPools"], origins(absent)["models"]) == ("default", "default")
    assert origins(empty)["gpuPools"] == "configuration of aws-dev"
