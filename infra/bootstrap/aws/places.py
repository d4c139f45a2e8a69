"""Where the things of a stack are in an AWS account, as ARNs with holes.

Owns the forms. What EC2 makes has ids that nobody knows beforehand: it is held to the region.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A set of resources."""

    name: str
    """What its statements are called, in CamelCase."""
    arns: tuple[str, ...]
    """`{region}`, `{account}`, `{stack}` and `{cluster}` are filled in."""
    in_region: bool = False
    """Whether only calls to the stack's region count, because no ARN says more."""


_OF = "{region}:{account}"
ANYWHERE = Place("Lists", ("*",))
REGION = Place("OfTheRegion", ("*",), in_region=True)
ALARMS = Place("Alarms", (f"arn:aws:cloudwatch:{_OF}:alarm:{{stack}}-*",))
ANOMALIES = Place(
    "Anomalies",
    tuple(f"arn:aws:ce::{{account}}:anomaly{kind}/*" for kind in ("monitor", "subscription")),
)
BUDGETS = Place("Budgets", ("arn:aws:budgets::{account}:budget/{stack}-*",))
CACHES = Place(
    "Caches",
    tuple(
        f"arn:aws:elasticache:{_OF}:{kind}:{name}"
        for kind, name in (
            ("cluster", "{stack}-*"),
            ("replicationgroup", "{stack}-*"),
            ("parametergroup", "{stack}-*"),
            ("subnetgroup", "{stack}-*"),
            ("user", "{stack}-*"),
            ("user", "default"),
            ("usergroup", "{stack}-*"),
            ("snapshot", "{stack}-*"),
        )
    ),
)
CLUSTER = Place(
    "Cluster",
    (
        f"arn:aws:eks:{_OF}:cluster/{{cluster}}",
        *(
            f"arn:aws:eks:{_OF}:{kind}/{{cluster}}/*"
            for kind in ("nodegroup", "addon", "access-entry", "podidentityassociation")
        ),
    ),
)
IMAGES = Place("Images", (f"arn:aws:ecr:{_OF}:repository/{{cluster}}/*",))
KEYS = Place("Keys", (f"arn:aws:kms:{_OF}:key/*", f"arn:aws:kms:{_OF}:alias/{{cluster}}"))
LOGS = Place(
    "Logs",
    tuple(
        f"arn:aws:logs:{_OF}:log-group:/aws/{service}/{{cluster}}/*"
        for service in ("eks", "vpc", "elasticache")
    ),
)
METRICS = Place("Metrics", (f"arn:aws:aps:{_OF}:workspace/*",))
"""AWS draws their ids."""
ROLES = Place("Roles", ("arn:aws:iam::{account}:role/{stack}-*",))
SECRETS = Place("Secrets", (f"arn:aws:secretsmanager:{_OF}:secret:tokenworks/{{stack}}/*",))
STORES = Place("Stores", ("arn:aws:s3:::{stack}-*",))
ZONES = Place("Zones", ("arn:aws:route53:::hostedzone/*", "arn:aws:route53:::change/*"))
