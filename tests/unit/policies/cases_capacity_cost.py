"""Cases of the rules in `policies.rules.capacity_cost`."""

from typing import TYPE_CHECKING

from policies.pools import EKS_GROUP, GKE_POOL
from policies.rules.capacity_cost import DEPLOYMENT
from tests.unit.policies.cases import UNKNOWN, Cases, Json, Thing, Verdict
from tests.unit.policies.cases_budget import CAPPED, a_group, without_bounds

if TYPE_CHECKING:
    from collections.abc import Mapping


def of(
    capacity: Json, most: Json, machine: str = "g6e.12xlarge", least: Json = 0, pool: str = "l40s"
) -> Thing:
    """Return a node group of EKS."""
    properties: Mapping[str, Json] = {
        "instanceTypes": [machine],
        "capacityType": capacity,
        "scalingConfig": {"minSize": least, "maxSize": most},
        "labels": {"tokenworks.dev/pool": pool},
    }
    return Thing(type=EKS_GROUP, properties=properties, name=f"{pool}-{capacity}")


def on_gke(*, spot: Json, most: Json = 3) -> Thing:
    """Return a node pool of GKE."""
    config: Mapping[str, Json] = {"machineType": "g2-standard-8", "spot": spot}
    return Thing(
        type=GKE_POOL,
        properties={"autoscaling": {"totalMaxNodeCount": most}, "nodeConfig": config},
        name=f"l4-{spot}",
    )


def a_server(replicas: Json, values: Json = None, name: str = "servers") -> Thing:
    """Return the Deployment of a model; `values` are the capacities that it requires."""
    rule: Json = {"key": "tokenworks.dev/capacity", "operator": "In", "values": values}
    terms: Json = {"nodeSelectorTerms": [{"matchExpressions": [rule]}]}
    node: Json = {"requiredDuringSchedulingIgnoredDuringExecution": terms}
    pod: Json = {"nodeSelector": {"tokenworks.dev/pool": "l40s"}}
    if values is not None:
        pod = {"nodeSelector": {"tokenworks.dev/pool": "l40s"}, "affinity": {"nodeAffinity": node}}
    spec: Json = {"template": {"spec": pod}}
    if replicas is not None:
        spec = {"replicas": replicas, "template": {"spec": pod}}
    labels: Json = {"tokenworks.dev/model": "qwen"}
    properties: Mapping[str, Json] = {"metadata": {"labels": labels}, "spec": spec}
    return Thing(type=DEPLOYMENT, properties=properties, name=name)


CASES = (
    Cases(
        rule="machines-from-the-list",
        compliant=(of("ON_DEMAND", 1), on_gke(spot=False)),
        violating=(of("ON_DEMAND", 1, machine="p6-b300.48xlarge"),),
        missing=(Thing(type=EKS_GROUP, properties={"scalingConfig": {"maxSize": 1}}),),
        missing_is=Verdict.VIOLATION,
        unknown=(of("ON_DEMAND", 1, machine=UNKNOWN),),
        odd=(Thing(type=EKS_GROUP, properties={"instanceTypes": {"first": "g6.xlarge"}}),),
    ),
    Cases(
        rule="gpus-within-budget",
        stack=CAPPED,
        compliant=a_group(0, 3),
        violating=a_group(0, 4),
        missing=without_bounds(),
        missing_is=Verdict.VIOLATION,
        unknown=a_group(0, UNKNOWN),
        unknown_is=Verdict.VIOLATION,
        odd=a_group(0, "many"),
    ),
    Cases(
        rule="not-too-much-spot",
        compliant=(of("ON_DEMAND", 1), of("SPOT", 3)),
        violating=(of("ON_DEMAND", 1), of("SPOT", 4)),
        missing=(on_gke(spot=None),),
        missing_is=Verdict.FINE,
        unknown=(of("ON_DEMAND", 1), of("SPOT", UNKNOWN)),
        odd=(of("ON_DEMAND", 1), of("SPOT", [4])),
        odd_is=Verdict.UNJUDGED,
    ),
    Cases(
        rule="not-too-little-spot",
        stack="gcp-dev",
        compliant=(on_gke(spot=True), on_gke(spot=False)),
        violating=(on_gke(spot=True, most=1), on_gke(spot=False, most=2)),
        missing=(on_gke(spot=None),),
        missing_is=Verdict.VIOLATION,
        unknown=(on_gke(spot=UNKNOWN),),
        odd=(on_gke(spot=["true"]),),
        odd_is=Verdict.UNJUDGED,
    ),
    Cases(
        rule="models-keep-an-on-demand-base",
        compliant=(a_server(1, ["on-demand"]), a_server(3)),
        violating=(a_server(3),),
        missing=(a_server(None, ["on-demand"]),),
        missing_is=Verdict.FINE,
        unknown=(a_server(UNKNOWN, ["on-demand"]),),
        odd=(a_server("two", ["on-demand"]),),
    ),
    Cases(
        rule="no-idle-pools",
        compliant=(of("ON_DEMAND", 3, least=1),),
        violating=(of("ON_DEMAND", 3, least=1, pool="forgotten"),),
        missing=(on_gke(spot=False),),
        missing_is=Verdict.FINE,
        unknown=(of("ON_DEMAND", 3, least=UNKNOWN, pool="forgotten"),),
        odd=(of("ON_DEMAND", 3, least=[1], pool="forgotten"),),
        odd_is=Verdict.UNJUDGED,
    ),
)
