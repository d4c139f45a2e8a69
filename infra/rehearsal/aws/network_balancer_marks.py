"""How the AWS Load Balancer Controller marks and names what it makes.

Source: as in `network_balancers`, pkg/deploy/tracking and pkg/service.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from infra.rehearsal.controllers.load_balancers.port import Wanted

CLUSTER_TAG = "elbv2.k8s.aws/cluster"
STACK_TAG = "service.k8s.aws/stack"
PART_TAG = "service.k8s.aws/resource"
BALANCER, GROUP = "LoadBalancer", "ManagedLBSecurityGroup"
NEW_ID = "0000000000000000"
"""In place of an id that AWS draws, where a call is judged by the ARN of what it makes."""


@dataclass(frozen=True)
class Marks:
    """Tags of everything that belongs to one Service."""

    cluster: str
    stack: str
    """`namespace/name`."""
    others: Mapping[str, str]
    """What the controller was told to put on everything."""

    @property
    def own(self) -> dict[str, str]:
        """Return those by which it finds its own things again."""
        return {CLUSTER_TAG: self.cluster, STACK_TAG: self.stack}

    def tags(self, part: str) -> dict[str, str]:
        """Return the tags of one thing."""
        return {**self.others, **self.own, PART_TAG: part}


def name(wanted: Wanted, *seed: object) -> str:
    """Return a name that is the same each time: no thing of a Service is made twice."""
    digest = hashlib.sha256("".join(map(str, seed)).encode()).hexdigest()
    space, short = (
        re.sub(r"[^a-zA-Z0-9]", "", word)[:8] for word in (wanted.namespace, wanted.name)
    )
    return f"k8s-{space}-{short}-{digest[:10]}"
