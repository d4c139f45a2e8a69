"""IAM policies of resources: read, replaced whole, and guarded by an etag.

Owns: the policies of everything that has one, what a policy may name, and who holds a role.
Does not own: what a role allows (`roles.py`), or what conditions mean: a binding with a condition
counts as if the condition holds.

Sources of words: hashicorp/terraform-provider-google#993 (2018-01-22) for a role,
terraform-google-modules/terraform-google-kubernetes-engine#916 (2021-06-02) for a pool; no record
was found of those for a custom role that is not there, a service account, and an old etag.
"""

import re
from collections.abc import Callable, Collection, Iterator
from typing import Literal

from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.gcp.api.errors import GoogleError, Reason
from infra.rehearsal.gcp.api.iam.names import (
    ROBOTS,
    account_name,
    is_workload,
    workload_pool,
)
from infra.rehearsal.gcp.api.iam.predefined import is_known, is_listed
from infra.rehearsal.gcp.api.project import Project, Request
from infra.replies import blocks, optional_text, text, texts
from infra.wire import Properties, Value

FIRST_ETAG = "ACAB"
"""Of a policy that was never set."""
ABORTED, CONFLICT = "aborted", 409
_PREFIX = "iam-policies/"
_KINDS = (
    *("user", "group", "domain", "serviceAccount", "principal", "principalSet", "deleted"),
    *("projectOwner", "projectEditor", "projectViewer"),  # on buckets alone
)
_OWN_ACCOUNT = re.compile(r"[^@]+@(?P<project>[^.]+)\.iam\.gserviceaccount\.com")

Find = Callable[[Request], str]
"""Returns the full name of the resource that a call is about, or refuses."""
Shape = Literal["request", "policy"]
"""What a `setIamPolicy` takes: a request with a policy in it, or the policy itself."""


class Policies:
    """The policies of one project."""

    def __init__(self, project: Project) -> None:
        """Begin without any."""
        self._project = project
        self._at_first: dict[str, Properties] = {}

    def serve(self, methods: str, find: Find, shape: Shape = "request") -> None:
        """Answer `getIamPolicy` and `setIamPolicy` of a collection, `iam.projects.x`."""

        def read(request: Request) -> Properties:
            return self.of(find(request))

        def replace(request: Request) -> Properties:
            resource = find(request)
            given = request.body if shape == "policy" else request.body.get("policy")
            return self._replace(request, resource, given if isinstance(given, dict) else {})

        self._project.register(f"{methods}.getIamPolicy", read)
        self._project.register(f"{methods}.setIamPolicy", replace)

    def of(self, resource: str) -> Properties:
        """Return the policy of a resource, by its full name."""
        found = self._project.store.get(_name(resource))
        if found is not None:
            return found
        return self._at_first.get(resource, {"version": 1, "etag": FIRST_ETAG})

    def start(self, resource: str, bindings: dict[str, list[str]]) -> None:
        """Say which policy Google gives a resource at its start; role to members."""
        given: list[Value] = [
            {"role": role, "members": [*members]} for role, members in bindings.items()
        ]
        self._at_first[resource] = {"version": 1, "etag": FIRST_ETAG, "bindings": given}

    def forget(self, resource: str) -> None:
        """Drop the policy of a resource that is gone."""
        if _name(resource) in self._project.store:
            self._project.store.drop(_name(resource))

    def holders(self, resources: Collection[str], roles: Collection[str]) -> set[str]:
        """Return who holds one of the roles on one of the resources."""
        return {
            member
            for resource in resources
            for binding in blocks(self.of(resource), "bindings")
            if binding.get("role") in roles
            for member in texts(binding, "members")
        }

    def roles_of(self, member: str, resource: str) -> set[str]:
        """Return the roles that a member holds on a resource itself."""
        return {
            text(binding, "role")
            for binding in blocks(self.of(resource), "bindings")
            if member in texts(binding, "members")
        }

    def mark_deleted(self, email: str, unique_id: str) -> None:
        """Rename a service account that is gone, wherever a policy names it, as Google does."""
        gone, left = f"serviceAccount:{email}", f"deleted:serviceAccount:{email}?uid={unique_id}"
        policies = (
            thing for name, thing in self._project.store.everything() if name.startswith(_PREFIX)
        )
        for policy in policies:
            for binding in blocks(policy, "bindings"):
                members: list[Value] = [
                    left if member == gone else member for member in texts(binding, "members")
                ]
                binding["members"] = members

    def _replace(self, request: Request, resource: str, policy: Properties) -> Properties:
        before = self.of(resource)
        asked = optional_text(policy, "etag")
        if asked and asked != before["etag"]:
            message = (
                "There were concurrent policy changes. Please retry the whole read-modify-write "
                "with exponential backoff."
            )
            raise request.refusal(ABORTED, message, CONFLICT)
        bindings = [item for item in blocks(policy, "bindings") if texts(item, "members")]
        for binding in bindings:
            self._check_role(request, text(binding, "role"))
            for member in texts(binding, "members"):
                for refusal in self._wrong_member(request, member):
                    raise refusal
        kept: list[Value] = [*_merged(bindings)]
        version = 3 if any("condition" in binding for binding in bindings) else 1
        changed: Properties = {"version": version, "etag": self._etag(), "bindings": kept}
        for part in ("auditConfigs", "kind", "resourceId"):
            if part in policy:
                changed[part] = policy[part]
        return self._project.store.put(_name(resource), changed)

    def _check_role(self, request: Request, role: str) -> None:
        if role.startswith("projects/"):
            found = self._project.store.get(role)
            if found is None or found.get("deleted"):
                message = f"Role ({role}) does not exist in the resource's hierarchy."
                raise request.refusal(Reason.BAD_REQUEST, message)
        elif not is_listed(role):
            message = f"not simulated: the role {role}; `predefined.py` has no role of its service"
            raise NotSimulatedError(message)
        elif not is_known(role):
            message = f"Role {role} is not supported for this resource."
            raise request.refusal(Reason.BAD_REQUEST, message)

    def _wrong_member(self, request: Request, member: str) -> Iterator[GoogleError]:
        kind, _colon, name = member.partition(":")
        if member in ("allUsers", "allAuthenticatedUsers"):
            return
        if kind not in _KINDS or not name:
            message = f"The member {member} is of an unknown type. Please set a valid type prefix."
            yield request.refusal(Reason.BAD_REQUEST, message)
        if is_workload(name) and workload_pool(self._project.project) not in self._project.store:
            message = (
                f"Identity Pool does not exist ({self._project.project}.svc.id.goog). Please check "
                "that you specified a valid resource name as returned in the `name` attribute in "
                "the configuration API."
            )
            yield request.refusal(Reason.BAD_REQUEST, message)
        if kind == "serviceAccount" and not self._has_account(name):
            message = f"Service account {name} does not exist."
            yield request.refusal(Reason.BAD_REQUEST, message)

    def _has_account(self, email: str) -> bool:
        if is_workload(email):  # the older form: `PROJECT.svc.id.goog[namespace/account]`
            return True
        project, number = self._project.project, self._project.number
        own = _OWN_ACCOUNT.fullmatch(email)
        if own is not None and own["project"] == project:
            return account_name(project, email) in self._project.store
        robot = re.fullmatch(r"service-(\d+)@([^.]+)\.iam\.gserviceaccount\.com", email)
        if robot is not None and robot[1] == number:
            return robot[2] in ROBOTS
        return True  # another project's, of which nothing is known here

    def _etag(self) -> str:
        return f"Bw{self._project.chance.new_hex(9)}="


def _merged(bindings: list[Properties]) -> list[Properties]:
    """Return one binding for each role and condition, members in order of name, as Google shows."""
    found: dict[str, Properties] = {}
    for binding in bindings:
        key = f"{binding['role']}\n{binding.get('condition')}"
        kept = found.setdefault(key, {**binding, "members": []})
        members: list[Value] = [*sorted({*texts(kept, "members"), *texts(binding, "members")})]
        kept["members"] = members
    return list(found.values())


def _name(resource: str) -> str:
    return _PREFIX + resource
