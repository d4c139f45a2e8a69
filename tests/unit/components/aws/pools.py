"""What node pools declare, for the tests of them."""

from collections.abc import Callable

from components.aws.handles import NodeHome
from components.aws.node_pools import GpuNodePool, SystemNodePool
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.pools import GpuPoolSpec
from tests.unit.components import examples


def gpu_pool(
    spec: GpuPoolSpec = examples.POOL, at: Callable[[], NodeHome] = examples.node_home
) -> Graph:
    """Return what a GPU pool declares."""
    return record_program(
        lambda: GpuNodePool(
            "l4",
            spec,
            at=at(),
            platform=examples.PLATFORM,
            opts=examples.with_aws(),
        ),
        stack="aws-dev",
    )


def system_pool() -> Graph:
    """Return what the system pool declares."""
    return record_program(
        lambda: SystemNodePool(
            "system",
            examples.CLUSTER.system_nodes,
            at=examples.node_home(),
            platform=examples.PLATFORM,
            opts=examples.with_aws(),
        ),
        stack="aws-dev",
    )


def pool_with(**settings: object) -> GpuPoolSpec:
    return examples.POOL.model_copy(update=settings)
