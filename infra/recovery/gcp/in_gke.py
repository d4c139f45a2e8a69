"""How clusters and their node pools are found: GKE gives a name only once in its place."""

from collections.abc import Mapping, Sequence

from infra.google_api import GoogleApi
from infra.recovery.candidates import BY_NAME, Candidate, Condition, Finder, called
from infra.recovery.gcp.marks import last, project_of, region_of, wears
from infra.replies import block, blocks, optional_text, text
from infra.wire import Properties

CONDITIONS = {"PROVISIONING": Condition.COMING, "ERROR": Condition.FAILED}
"""Statuses of clusters and node pools (GKE API reference, 2026); others are ready: what is degraded
or runs with errors is made, and what ails it is for an update."""
LEAVING = ("STOPPING",)
CLUSTERS = "container.projects.locations.clusters"
FIRST_POOL = "default-pool"
"""What GKE makes with every cluster."""


def _clusters(api: GoogleApi, inputs: Properties) -> Sequence[Candidate]:
    """Find a cluster.

    The provider makes one with GKE's first node pool, and deletes that by a second call: a kill
    between the two leaves the pool. A state that says that it was not yet to be removed lets the
    next `up` remove it (terraform-provider-google, resource_container_cluster.go, update; 2026-08).
    """
    place, name = _place(api, inputs), text(inputs, "name")
    found = api.call(f"{CLUSTERS}.get", name=f"{place}/clusters/{name}")
    if optional_text(found, "status") in LEAVING:
        return []
    first = [one for one in blocks(found, "nodePools") if one.get("name") == FIRST_POOL]
    left_behind = bool(first) and inputs.get("removeDefaultNodePool") is True
    goes = left_behind and optional_text(first[0], "status") in LEAVING
    return [
        Candidate(
            f"{place}/clusters/{name}",
            Condition.COMING if goes else _condition(found),
            ours=wears(found.get("resourceLabels"), inputs, "resourceLabels"),
            as_made={"removeDefaultNodePool": False} if left_behind else {},
        )
    ]


def _node_pools(api: GoogleApi, inputs: Properties) -> Sequence[Candidate]:
    """Find pools of a cluster; the provider draws the end of their names."""
    cluster, wanted = text(inputs, "cluster"), text(inputs, "name")
    parent = cluster if "/" in cluster else f"{_place(api, inputs)}/clusters/{cluster}"
    pools = blocks(api.call(f"{CLUSTERS}.nodePools.list", parent=parent), "nodePools")
    labels = block(inputs, "nodeConfig")
    return [
        Candidate(
            f"{parent}/nodePools/{name}",
            _condition(pool),
            ours=wears(block(pool, "config").get("resourceLabels"), labels, "resourceLabels"),
            as_made={"name": name},
        )
        for pool in pools
        if called(name := text(pool, "name"), wanted)
        and optional_text(pool, "status") not in LEAVING
    ]


def _condition(found: Properties) -> Condition:
    return CONDITIONS.get(optional_text(found, "status"), Condition.READY)


def _place(api: GoogleApi, inputs: Properties) -> str:
    location = last(region_of(api, inputs, "location"))
    return f"projects/{project_of(api, inputs)}/locations/{location}"


FINDERS: Mapping[str, Finder[GoogleApi]] = {
    "gcp:container/cluster:Cluster": Finder(BY_NAME, _clusters),
    "gcp:container/nodePool:NodePool": Finder(BY_NAME, _node_pools),
}
