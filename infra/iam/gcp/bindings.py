"""Who gets which role where.

Owns the forms of members and of the resources that carry a policy, and whether a member is whoever
asks. Does not own what a role allows (`roles`), nor whether a condition holds (`conditions`).
"""

import re
from dataclasses import dataclass

from infra.iam.gcp.conditions import Condition
from infra.iam.gcp.errors import GrantError

EVERYBODY = frozenset({"allUsers", "allAuthenticatedUsers"})
_ONE = re.compile(r"(user|serviceAccount|group|domain):[^\s\[\]*]+")
_POOL = r"//iam\.googleapis\.com/projects/[^/]+/locations/global/workloadIdentityPools/[^/]+"
_POD = re.compile(rf"principal:({_POOL})/subject/ns/([^/*]+)/sa/([^/*]+)")
_PODS = re.compile(rf"principalSet:({_POOL})/(?:namespace/([^/*]+)|\*)")
_SCOPE = re.compile(r"projects/[^/]+(/.+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One grant: a role, for one member, on one resource and all below it."""

    label: str
    """What it is called in messages."""
    scope: str
    """The resource that carries the policy: `projects/ID`, or a path below that as IAM spells it,
    `projects/_/buckets/NAME` for a bucket."""
    role: str
    member: str
    condition: Condition | None = None

    def __post_init__(self) -> None:
        """Refuse a form that is not known: it would never fit whoever asks."""
        if not _SCOPE.fullmatch(self.scope):
            message = f"{self.label}: resource must be projects/ID or below, got {self.scope!r}"
            raise GrantError(message)
        check_member(self.member)

    def __str__(self) -> str:
        """Return what it is called."""
        return self.label

    def covers(self, path: str, project: str) -> bool:
        """Say whether a resource is the one that carries the policy, or below it."""
        above = (self.scope, f"{self.scope}/")
        return path == above[0] or path.startswith(above[1]) or self.scope == f"projects/{project}"

    def is_for(self, principals: frozenset[str]) -> bool:
        """Say whether one of the names of whoever asks is the member, or among those it means."""
        if self.member in EVERYBODY:
            return True
        return any(_means(self.member, principal) for principal in principals)


def check_member(member: str) -> str:
    """Return a member unchanged; raise `GrantError` for a form that is not known here.

    `serviceAccount:POOL[namespace/account]`, the older form of pods, is refused: the same pods have
    two names then, and a grant to the one is not seen when the other is asked for.
    """
    forms = (_ONE, _POD, _PODS)
    if member in EVERYBODY or any(form.fullmatch(member) for form in forms):
        return member
    message = (
        f"member: unknown form, got {member!r}; user:, group:, domain: or serviceAccount: and an "
        "address, or principal:// of the pods of one service account"
    )
    raise GrantError(message)


def _means(member: str, principal: str) -> bool:
    if member == principal:
        return True
    pods, pod = _PODS.fullmatch(member), _POD.fullmatch(principal)
    return bool(pods and pod) and (
        pods.group(1) == pod.group(1) and pods.group(2) in (None, pod.group(2))
    )
