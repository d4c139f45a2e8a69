"""Where the servers of a model stand.

Owns which nodes they need and prefer, how they are spread, and who makes room for whom.
Does not own how many there are (`rollout`), nor which node is bought: the autoscaler does.
"""

import pulumi_kubernetes as kubernetes

from components import labels
from components.kubernetes.priorities import MODEL_FLOOR, MODEL_SERVER, Priority
from components.serving.rollout import Nodes, ServerSet
from infra.spec.models import ModelSpec

core = kubernetes.core.v1
meta = kubernetes.meta.v1

ZONE = "topology.kubernetes.io/zone"
HOST = "kubernetes.io/hostname"
_WEIGHTS = {labels.SPOT: 100, labels.FLEX_START: 50}
"""How much rather a server stands on such a node than on one that servers of a floor may need: most
of all where it costs least."""


def priority(servers: ServerSet) -> Priority:
    """Return whom the servers of a set may push out."""
    return MODEL_FLOOR if servers.nodes is Nodes.ON_DEMAND else MODEL_SERVER


def affinity(servers: ServerSet) -> core.AffinityArgs | None:
    """Return which of the pool's nodes a set needs or prefers."""
    if servers.nodes is Nodes.ON_DEMAND:
        needed = core.NodeSelectorArgs(node_selector_terms=[_bought(labels.ON_DEMAND)])
        return core.AffinityArgs(
            node_affinity=core.NodeAffinityArgs(
                required_during_scheduling_ignored_during_execution=needed
            )
        )
    if not servers.prefers:
        return None
    preferred = [
        core.PreferredSchedulingTermArgs(weight=_WEIGHTS[how], preference=_bought(how))
        for how in servers.prefers
    ]
    return core.AffinityArgs(
        node_affinity=core.NodeAffinityArgs(
            preferred_during_scheduling_ignored_during_execution=preferred
        )
    )


def spread(model: ModelSpec) -> list[core.TopologySpreadConstraintArgs]:
    """Spread all servers of a model over zones, then over nodes.

    A wish and no condition: a zone without GPUs to sell would otherwise leave servers without a
    place, and the loss of a zone would keep them from coming back in the others.
    """
    selector = meta.LabelSelectorArgs(match_labels=model_labels(model))
    return [
        core.TopologySpreadConstraintArgs(
            max_skew=1,
            topology_key=key,
            when_unsatisfiable="ScheduleAnyway",
            label_selector=selector,
        )
        for key in (ZONE, HOST)
    ]


def model_labels(model: ModelSpec) -> dict[str, str]:
    """Return the labels that all servers of a model have, and nothing else has."""
    return {labels.MODEL: model.object_name}


def _bought(how: str) -> core.NodeSelectorTermArgs:
    return core.NodeSelectorTermArgs(
        match_expressions=[
            core.NodeSelectorRequirementArgs(key=labels.CAPACITY, operator="In", values=[how])
        ]
    )
