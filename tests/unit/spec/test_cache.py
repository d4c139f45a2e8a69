"""The cache: what follows from its settings, and what is refused."""

from collections.abc import Mapping

import pytest

from infra.catalog.cache_nodes import cache_nodes, smallest_for
from infra.spec.cache import CachePlace, CacheSpec
from tests.unit.spec.stacks import Config, a_gcp_stack, a_stack, loaded, mistakes

MANAGED: Mapping[str, object] = {
    "place": "managed",
    "responses": {"memoryGib": 1.0, "replicas": 1},
    "counters": {"memoryGib": 1.0, "replicas": 1},
}


def _stack(cache: object, environment: str, provider: str) -> Config:
    make = a_gcp_stack if provider == "gcp" else a_stack
    # Without pools and models: what prod asks of them is no matter here.
    return make(environment=environment, cache=cache, gpuPools=None, models=None)


def _spec(cache: object, *, environment: str = "dev", provider: str = "aws") -> CacheSpec:
    return loaded(_stack(cache, environment, provider)).cache


def _refused(cache: object, *, environment: str = "dev", provider: str = "aws") -> dict[str, str]:
    found = mistakes(_stack(cache, environment, provider))
    return {one.setting: one.problem for one in found}


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
@pytest.mark.parametrize("provider", ["aws", "gcp"])
def test_dev_runs_it_in_the_cluster_and_everybody_else_as_a_service(
    environment: str, provider: str
) -> None:
    cache = _spec({}, environment=environment, provider=provider)

    managed = environment != "dev"
    assert (cache.place is CachePlace.MANAGED) is managed
    assert cache.is_managed is managed
    assert cache.is_in_cluster is not managed
    for instance in cache.instances.values():
        assert (instance.node_type is not None) is managed
        assert instance.replicas == (1 if managed else 0)
    assert (cache.backup_days > 0) is managed


@pytest.mark.parametrize(
    ("provider", "memory_gib", "environment", "node"),
    [
        ("aws", 0.3, "staging", "cache.t4g.micro"),
        ("aws", 1.0, "staging", "cache.t4g.small"),
        ("aws", 4.0, "prod", "cache.m7g.large"),
        ("gcp", 1.0, "staging", "SHARED_CORE_NANO"),
        ("gcp", 1.0, "prod", "STANDARD_SMALL"),
        ("gcp", 6.0, "prod", "HIGHMEM_MEDIUM"),
    ],
)
def test_the_node_follows_from_the_memory(
    provider: str, memory_gib: float, environment: str, node: str
) -> None:
    wanted = {**MANAGED, "counters": {"memoryGib": memory_gib, "replicas": 1}}

    cache = _spec(wanted, environment=environment, provider=provider)

    assert cache.counters.node_type == node


def test_a_node_can_be_named() -> None:
    wanted = {**MANAGED, "counters": {"nodeType": "cache.r7g.large", "replicas": 1}}

    assert _spec(wanted, environment="prod").counters.node_type == "cache.r7g.large"


@pytest.mark.parametrize(
    ("counters", "setting", "problem"),
    [
        ({"nodeType": "cache.m1.tiny"}, "cache.counters.nodeType", "is no node"),
        (
            {"nodeType": "cache.t4g.micro", "memoryGib": 2.0},
            "cache.counters.nodeType",
            "holds 0.38 GiB of data",
        ),
        ({"memoryGib": 300.0}, "cache.counters.memoryGib", "is more than any node"),
        ({"memoryGib": 500.0}, "cache.counters.memoryGib", "is out of range"),
        ({"replicas": 6}, "cache.counters.replicas", "is out of range"),
        ({"size": 1}, "cache.counters.size", "unknown setting"),
    ],
)
def test_what_no_node_holds_is_refused(
    counters: Mapping[str, object], setting: str, problem: str
) -> None:
    wanted = {**MANAGED, "counters": {"memoryGib": 1.0, "replicas": 1, **counters}}

    found = _refused(wanted, environment="staging")

    assert list(found) == [setting]
    assert found[setting].startswith(problem)


def test_prod_wants_a_replica_and_a_node_with_a_promise() -> None:
    wanted = {
        **MANAGED,
        "counters": {"memoryGib": 1.0, "replicas": 0, "nodeType": "SHARED_CORE_NANO"},
    }

    found = _refused(wanted, environment="prod", provider="gcp")

    assert set(found) == {"cache.counters.nodeType", "cache.counters.replicas"}


def test_what_is_of_the_service_means_nothing_in_the_cluster() -> None:
    wanted = {
        "place": "in-cluster",
        "counters": {"nodeType": "cache.t4g.micro", "replicas": 1},
        "backupDays": 3,
    }

    assert set(_refused(wanted)) == {
        "cache.counters.nodeType",
        "cache.counters.replicas",
        "cache.backupDays",
    }


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("maintenanceDay", "someday"),
        ("maintenanceHourUtc", 22),
        ("backupDays", 36),
        ("place", "moon"),
        ("enabled", "yes"),
    ],
)
def test_a_value_out_of_range_is_one_mistake(setting: str, value: object) -> None:
    assert list(_refused({setting: value})) == [f"cache.{setting}"]


def test_a_cache_that_is_off_is_checked_no_further() -> None:
    cache = _spec({"enabled": False, "place": "in-cluster", "backupDays": 3})

    assert not cache.is_managed
    assert not cache.is_in_cluster


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_nodes_of_the_catalogue_grow(cloud: str) -> None:
    sizes = [node.memory_gib for node in cache_nodes(cloud)]

    assert sizes == sorted(sizes)
    assert smallest_for(cloud, max(sizes) + 1, production=False) is None
