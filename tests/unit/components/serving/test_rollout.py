"""How servers are split over ways of buying nodes, and when one may start before another stops."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from components.serving import vllm
from components.serving.rollout import Nodes, blocking_gpus, has_spare, server_sets
from infra.catalog.notice import SPOT_SECONDS
from infra.spec.cloud import CloudProvider
from infra.spec.models import ModelSpec, ReplicaRange
from infra.spec.pools import GpuPoolSpec, NodeRange
from tests.unit.components.examples import MODEL, POOL

AWS = CloudProvider.AWS


def _model(servers: int = 1, *, gpus: int = 1, floor: int = 0, name: str = "m") -> ModelSpec:
    replicas = ReplicaRange(min=servers, max=servers, on_demand=floor)
    return MODEL.model_copy(update={"name": name, "replicas": replicas, "tensor_parallel": gpus})


def _pool(on_demand: int, spot: int, gpus: int = 1) -> GpuPoolSpec:
    bounds = {
        key: NodeRange(min=0, max=most) if most else None
        for key, most in (("on_demand", on_demand), ("spot", spot))
    }
    return POOL.model_copy(update={**bounds, "gpus_per_node": gpus})


models = st.builds(
    lambda servers, gpus, floor: _model(servers, gpus=gpus, floor=min(floor, servers)),
    st.integers(0, 6),
    st.sampled_from([1, 2, 4, 8]),
    st.integers(0, 3),
)
pools = st.builds(_pool, st.integers(0, 5), st.integers(0, 5), st.sampled_from([1, 2, 4, 8]))


@given(model=models, pool=pools)
def test_the_sets_of_a_model_are_all_of_its_servers(model: ModelSpec, pool: GpuPoolSpec) -> None:
    sets = server_sets(model, pool, [model], AWS)

    assert sum(one.replicas for one in sets) == model.replicas.min
    assert len({one.nodes for one in sets}) == len(sets) > 0
    assert all(one.replicas for one in sets) or len(sets) == 1


@given(model=models, pool=pools)
def test_the_floor_stands_on_demand_wherever_there_is_spot_to_lose(
    model: ModelSpec, pool: GpuPoolSpec
) -> None:
    sets = server_sets(model, pool, [model], AWS)
    pinned = sum(one.replicas for one in sets if one.nodes is Nodes.ON_DEMAND)

    assert pinned == (model.replicas.on_demand if pool.on_demand and pool.spot else 0)


def test_a_floor_and_an_overflow_that_prefers_spot() -> None:
    model = _model(3, floor=1)
    on_demand, anywhere = server_sets(model, _pool(2, 8), [model], AWS)

    assert (on_demand.nodes, on_demand.replicas) == (Nodes.ON_DEMAND, 1)
    assert on_demand.prefers == ()
    assert (anywhere.nodes, anywhere.replicas) == (Nodes.ANY, 2)
    assert anywhere.prefers == ("spot",)


def test_flex_start_nodes_are_taken_before_those_of_a_floor_and_after_spot() -> None:
    model = _model(3, floor=1)
    pool = _pool(2, 8).model_copy(update={"flex_start": NodeRange(min=0, max=1)})
    on_demand, anywhere = server_sets(model, pool, [model], CloudProvider.GCP)

    assert on_demand.prefers == ()
    assert anywhere.prefers == ("spot", "flex-start")


@given(model=models, pool=pools, cloud=st.sampled_from(CloudProvider), drain=st.integers(1, 3600))
def test_a_server_that_may_lose_its_node_is_done_within_the_notice(
    model: ModelSpec, pool: GpuPoolSpec, cloud: CloudProvider, drain: int
) -> None:
    model = model.model_copy(update={"drain_seconds": drain})

    for one in server_sets(model, pool, [model], cloud):
        grace = vllm.timing(model, one.drain_seconds).grace_seconds
        assert 1 <= one.drain_seconds <= drain
        assert grace > vllm.PRE_STOP_SECONDS + one.drain_seconds
        if pool.spot and one.nodes is Nodes.ANY:
            assert grace <= SPOT_SECONDS[cloud]
        else:
            assert one.drain_seconds == drain, "nothing takes its node away"


def test_a_floor_keeps_the_long_drain_that_spot_cannot_give() -> None:
    model = _model(2, floor=1).model_copy(update={"drain_seconds": 600})
    sets = {cloud: server_sets(model, _pool(2, 2), [model], cloud) for cloud in CloudProvider}

    assert {cloud: [one.drain_seconds for one in found] for cloud, found in sets.items()} == {
        CloudProvider.AWS: [600, 90],
        CloudProvider.GCP: [600, 75],
    }


@pytest.mark.parametrize(
    ("pool", "surges"),
    [
        (_pool(on_demand=0, spot=2), False),  # two servers, two GPUs
        (_pool(on_demand=0, spot=3), True),
        (_pool(on_demand=1, spot=2), True),
        (_pool(on_demand=0, spot=1, gpus=4), True),
    ],
)
def test_a_new_server_comes_first_only_with_a_gpu_to_spare(
    pool: GpuPoolSpec, *, surges: bool
) -> None:
    model = _model(2)

    assert [one.surges for one in server_sets(model, pool, [model], AWS)] == [surges]


def test_the_other_models_of_a_pool_count_and_so_do_their_own_rollouts() -> None:
    one, other = _model(2, name="one"), _model(1, name="other")

    assert has_spare(one, _pool(0, 4), 4, [one])
    assert not has_spare(one, _pool(0, 4), 4, [one, other])
    assert has_spare(one, _pool(0, 5), 5, [one, other])


def test_a_floor_waits_for_on_demand_nodes_alone() -> None:
    model = _model(2, floor=1)
    on_demand, anywhere = server_sets(model, _pool(on_demand=1, spot=9), [model], AWS)

    assert not on_demand.surges
    assert anywhere.surges


def test_gpus_that_are_spread_over_nodes_are_no_place_for_a_large_server() -> None:
    """Two nodes of 4, two servers of 1 GPU each: if one is on each node, 3 are left on each."""
    small, large = _model(2, name="small"), _model(0, gpus=4, name="large")

    assert not has_spare(large, _pool(0, 2, gpus=4), 2, [small, large])
    assert blocking_gpus(4, 4, {1, 4}) == 1
    assert blocking_gpus(4, 4, {4}) == 4
    assert blocking_gpus(1, 4, {1, 4}) == 4


@given(data=st.data(), pool=pools)
def test_a_server_that_may_come_first_finds_room_however_the_others_are_placed(
    data: st.DataObject, pool: GpuPoolSpec
) -> None:
    beside = data.draw(st.lists(models, min_size=1, max_size=4))
    model = data.draw(st.sampled_from(beside))
    nodes = sum(bounds.max for bounds in (pool.on_demand, pool.spot) if bounds)
    assume(has_spare(model, pool, nodes, beside))

    free = [pool.gpus_per_node] * nodes
    # Every other model replaces a server at the same time.
    servers = [other.tensor_parallel for other in beside for _ in range(other.replicas.max)]
    servers += [other.tensor_parallel for other in beside]
    servers.remove(model.tensor_parallel)
    for gpus in data.draw(st.permutations(servers)):
        places = [index for index, left in enumerate(free) if left >= gpus]
        if places:
            free[data.draw(st.sampled_from(places))] -= gpus

    assert max(free) >= model.tensor_parallel
