"""A running cluster of the simulated GKE, for tests of its node pools."""

from infra.rehearsal.gcp.api.compute.places import Market
from infra.rehearsal.nodes.groups import NodeGroup
from infra.wire import Properties, Value
from tests.unit.rehearsal.gcp.cluster_scene import (
    CLUSTER,
    ZONES,
    ClusterScene,
    cluster_scene,
)

NAME = f"{CLUSTER}/nodePools/l4-spot"


ONE_ZONE: list[Value] = [ZONES[0]]


def running(market: Market | None = None) -> ClusterScene:
    made = cluster_scene(market=market)
    made.running()
    return made


def group(made: ClusterScene, name: str = "l4-spot") -> NodeGroup:
    return next(one for one in made.fleet.list_groups() if one.name == name)


def bounds(least: int, most: int) -> Properties:
    return {"enabled": True, "totalMinNodeCount": least, "totalMaxNodeCount": most}


def with_config(**config: Value) -> Properties:
    return {"config": config}
