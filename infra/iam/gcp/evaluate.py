"""Would Google allow a request? Asked of bindings, within one project.

Owns the logic of a decision: policies of a resource and of everything above it add up; one binding
whose role has the permission, whose member is who asks, and whose condition holds, is enough (IAM
documentation, "Policy inheritance" and "Overview of IAM Conditions", as remembered).
Does not own what stands above a project: policies of folders and organizations, of which a recorded
stack knows nothing, and which may add.
"""

from collections.abc import Collection
from dataclasses import dataclass

from infra.iam.gcp.bindings import EVERYBODY, Binding, check_member
from infra.iam.gcp.conditions import Attributes
from infra.iam.gcp.errors import GrantError
from infra.iam.gcp.roles import Roles, check_permission

SAY_THEIR_RESOURCE = frozenset(
    {
        "cloudkms.googleapis.com",
        "compute.googleapis.com",
        "container.googleapis.com",
        "logging.googleapis.com",
        "memorystore.googleapis.com",
        "secretmanager.googleapis.com",
        "storage.googleapis.com",
    }
)
"""Services that tell a condition which resource a request is about (IAM documentation, "Resource
attributes", in a public copy, read 2026-11-26; Secret Manager as remembered; Memorystore by its own
page "About IAM authentication", read 2026-11-27), of those that a platform has. Artifact Registry,
IAM and Resource Manager do not (as remembered)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One resource, as IAM knows it."""

    path: str
    """`projects/ID/locations/REGION/clusters/NAME`; of a bucket `projects/_/buckets/NAME`."""
    project: str
    """Project that it is in: the path of a bucket does not say."""
    service: str
    """API that has it, `container.googleapis.com`."""
    type: str = ""
    """Type, `container.googleapis.com/Cluster`; empty where nobody asks."""

    @property
    def attributes(self) -> Attributes:
        """Return what a condition is told."""
        if self.service not in SAY_THEIR_RESOURCE:
            return {}
        known = {"resource.name": self.path, "resource.service": self.service}
        return {**known, "resource.type": self.type} if self.type else known


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question: may somebody do one thing to one resource?"""

    principals: frozenset[str]
    """Who asks, by every name: an address, and the groups that it is in."""
    permission: str
    target: Target

    def __post_init__(self) -> None:
        """Refuse a question about nobody, or about no permission."""
        check_permission(self.permission)
        for principal in self.principals:
            check_member(principal)
        if not self.principals or self.principals & EVERYBODY:
            message = f"request: must be of somebody, got {sorted(self.principals)}"
            raise GrantError(message)

    def __str__(self) -> str:
        """Return who asks for what."""
        who = ", ".join(sorted(self.principals))
        return f"{who} asks for {self.permission} on {self.target.path}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision and what it rests on."""

    bindings: tuple[Binding, ...]
    """All that allow; none: not allowed."""

    @property
    def is_allowed(self) -> bool:
        """Say whether the request may pass."""
        return bool(self.bindings)

    def __str__(self) -> str:
        """Return the decision and where it comes from."""
        if not self.bindings:
            return "not allowed by default"
        return f"allowed by {', '.join(map(str, self.bindings))}"


def evaluate(bindings: Collection[Binding], roles: Roles, request: Request) -> Verdict:
    """Return what comes of a request under the bindings of its project.

    Raises:
        GrantError: a binding names a role that is not known, wherever it stands: what it allows
            cannot be said.
    """
    target = request.target
    return Verdict(
        tuple(
            binding
            for binding in bindings
            if request.permission in roles.permissions(binding.role)
            and binding.covers(target.path, target.project)
            and binding.is_for(request.principals)
            and (binding.condition is None or binding.condition.holds(target.attributes))
        )
    )
