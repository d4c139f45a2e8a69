"""The node autoscaler: which groups grow first, and that its values say what they mean."""

import json
import re

import pytest

from components.kubernetes.autoscaling import (
    SPOT_NEXT,
    THE_REST,
    autoscaler_values,
    expander_priorities,
)
from infra.catalog.kubernetes_versions import kubernetes_versions
from infra.rehearsal.charts import objects_of
from infra.spec.environment import Environment
from infra.spec.pools import ReservationKind, ReservationSpec
from infra.wire import Properties, plain_properties
from tests.unit.components import examples

SPOT_GROUP = "eks-l4-spot-1a2b3c4-46c3a1b2-0000-0000-0000-000000000000"
ON_DEMAND_GROUP = "eks-l4-on-demand-1a2b3c4-46c3a1b2-0000-0000-0000-000000000000"
SYSTEM_GROUP = "eks-system-on-demand-1a2b3c4-46c3a1b2-0000-0000-0000-000000000000"


def _priority(group: str, priorities: Properties) -> int:
    """Return the priority of a group as the expander reads its table."""
    found = [
        int(priority)
        for priority, patterns in priorities.items()
        if isinstance(patterns, list)
        if any(re.search(str(pattern), group) for pattern in patterns)
    ]
    return max(found)


def _priorities(pool: object = examples.POOL) -> Properties:
    return plain_properties(dict(expander_priorities((pool,))))  # ty: ignore[invalid-argument-type] - values of a chart are plain


def test_spot_grows_before_on_demand_and_every_group_can_grow() -> None:
    priorities = _priorities()

    assert _priority(SPOT_GROUP, priorities) == int(SPOT_NEXT)
    assert _priority(ON_DEMAND_GROUP, priorities) == int(THE_REST)
    assert _priority(SYSTEM_GROUP, priorities) == int(THE_REST)


def test_what_is_paid_for_already_grows_first() -> None:
    reservation = ReservationSpec.model_construct(
        id="cr-0123456789abcdef0", kind=ReservationKind.CAPACITY_RESERVATION
    )
    priorities = _priorities(examples.POOL.model_copy(update={"reservation": reservation}))

    assert _priority(ON_DEMAND_GROUP, priorities) > _priority(SPOT_GROUP, priorities)


@pytest.mark.parametrize("minor", [version.minor for version in kubernetes_versions("aws")])
def test_every_allowed_kubernetes_version_has_its_autoscaler(minor: str) -> None:
    image = autoscaler_values(examples.PLATFORM, minor, (examples.POOL,))["image"]

    assert isinstance(image, dict)
    assert str(image["tag"]).startswith(f"v{minor}.")


def test_production_does_not_wait_for_a_new_pod_of_it() -> None:
    production = examples.PLATFORM.__class__(
        name="aws-prod", environment=Environment.PROD, region="us-east-1"
    )

    assert autoscaler_values(production, "1.35", ())["replicaCount"] == 2
    assert autoscaler_values(examples.PLATFORM, "1.35", ())["replicaCount"] == 1


def test_the_chart_takes_every_value_and_runs_under_the_account_of_its_role() -> None:
    values: Properties = plain_properties(
        dict(autoscaler_values(examples.PLATFORM, "1.35", (examples.POOL,)))  # ty: ignore[invalid-argument-type] - values of a chart are plain
    )
    bodies = objects_of("cluster-autoscaler", "9.59.0", "autoscaler", "kube-system", values)
    made: dict[str, dict] = {body["kind"]: body for body in json.loads(json.dumps(bodies))}

    assert set(made) == {
        "ServiceAccount",
        "ConfigMap",
        "Deployment",
        "PodDisruptionBudget",
        "Service",
    }
    pod = made["Deployment"]["spec"]["template"]["spec"]
    assert pod["serviceAccountName"] == "cluster-autoscaler"
    assert made["ConfigMap"]["metadata"]["name"] == "cluster-autoscaler-priority-expander"
