"""Cases of the rules in `policies.rules.budget`, on a stack of at most 1,000 USD, 3 USD an hour."""

from policies.pools import EKS_GROUP
from tests.unit.policies.cases import UNKNOWN, Cases, Json, Thing, Verdict

CAPPED = "aws-capped"


def a_group(
    least: Json, most: Json, machine: Json = "g6.2xlarge", name: str = "l4"
) -> tuple[Thing, ...]:
    """Return a node group: g6.2xlarge costs 0.9776 USD an hour, 713.65 USD a month."""
    scaling = {"minSize": least, "maxSize": most, "desiredSize": least}
    given = {"instanceTypes": [machine], "capacityType": "ON_DEMAND", "scalingConfig": scaling}
    disk = {"diskSize": 50}
    return (Thing(type=EKS_GROUP, properties={**given, **disk}, name=name),)


def without_bounds() -> tuple[Thing, ...]:
    """Return a node group that says nothing of how many nodes."""
    return (Thing(type=EKS_GROUP, properties={"instanceTypes": ["g6.2xlarge"]}),)


CASES = (
    Cases(
        rule="month-within-budget",
        stack=CAPPED,
        compliant=a_group(1, 1),
        violating=a_group(2, 2),
        missing=without_bounds(),
        missing_is=Verdict.VIOLATION,
        unknown=a_group(UNKNOWN, UNKNOWN),
        unknown_is=Verdict.VIOLATION,
        odd=a_group("many", 1),
    ),
    Cases(
        rule="hour-within-budget",
        stack=CAPPED,
        compliant=a_group(0, 3),
        violating=a_group(0, 4),
        missing=without_bounds(),
        missing_is=Verdict.VIOLATION,
        unknown=a_group(0, 1, UNKNOWN),
        unknown_is=Verdict.VIOLATION,
        odd=a_group(0, 1, 8),
    ),
    Cases(
        rule="everything-has-a-price",
        stack=CAPPED,
        compliant=a_group(1, 1),
        violating=a_group(0, 1, "p5e.48xlarge"),
        missing=without_bounds(),
        missing_is=Verdict.VIOLATION,
        unknown=a_group(0, 1, UNKNOWN),
        unknown_is=Verdict.VIOLATION,
        odd=a_group(0, 1, 8),
    ),
    Cases(
        rule="what-has-no-price-is-named",
        stack="aws-dev",
        compliant=a_group(1, 1),
        violating=a_group(0, 1, "p5e.48xlarge"),
        missing=without_bounds(),
        missing_is=Verdict.VIOLATION,
        unknown=a_group(0, 1, UNKNOWN),
        unknown_is=Verdict.VIOLATION,
        odd=a_group(0, 1, 8),
    ),
)
