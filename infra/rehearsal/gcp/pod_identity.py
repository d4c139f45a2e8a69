"""What the pods of a service account may do: they are a principal of the project's workload pool.

Owns the pods' name in IAM, and the answer to a request of theirs under the policies of a secret
or a zone and their project. Does not own the logic of a decision (`infra.iam.gcp`). Not asked:
folders, organizations, and a Google service account that pods could stand for.
"""

from collections.abc import Iterator, Mapping

from infra.iam.gcp.bindings import EVERYBODY, Binding
from infra.iam.gcp.conditions import Condition
from infra.iam.gcp.errors import GrantError
from infra.iam.gcp.evaluate import Request, Target, evaluate
from infra.iam.gcp.roles import Roles
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.gcp.api.iam.policies import Policies
from infra.rehearsal.gcp.api.project import Project
from infra.replies import blocks, optional_text, text, texts
from infra.wire import Properties

SERVICE = "secretmanager.googleapis.com"
DNS_SERVICE = "dns.googleapis.com"


def pods(project: Project, namespace: str, account: str) -> str:
    """Return the pods of a service account as IAM names them."""
    pool = f"projects/{project.number}/locations/global/workloadIdentityPools"
    subject = f"subject/ns/{namespace}/sa/{account}"
    return f"principal://iam.googleapis.com/{pool}/{project.project}.svc.id.goog/{subject}"


def may_use_secret(
    project: Project, policies: Policies, who: str, permission: str, secret: str
) -> bool:
    """Say whether a member may do something with a secret, by its id.

    Conditions know a secret by the project's number, as all that Secret Manager itself says of one
    (as remembered).

    Raises:
        NotSimulatedError: a role or a condition that nobody here can judge.
    """
    named = f"projects/{project.number}/secrets/{secret}"
    target = Target(
        path=named,
        project=project.project,
        service=SERVICE,
        type="secretmanager.googleapis.com/Secret",
    )
    scopes = {project.path(): project.path(), project.path("secrets", secret): named}
    request = Request(principals=frozenset({who}), permission=permission, target=target)
    return _is_allowed(project, policies, scopes, request)


def may_use_zone(
    project: Project, policies: Policies, who: str, permission: str, zone: str
) -> bool:
    """Say whether a member may do something with a zone of Cloud DNS, by its name; empty: all.

    Raises:
        NotSimulatedError: a role or a condition that nobody here can judge.
    """
    named = project.path("managedZones", zone) if zone else project.path()
    kind = "ManagedZone" if zone else "Project"
    target = Target(
        path=named,
        project=project.project,
        service=DNS_SERVICE,
        type=f"dns.googleapis.com/{kind}",
    )
    scopes = {place: place for place in (project.path(), named)}
    request = Request(principals=frozenset({who}), permission=permission, target=target)
    return _is_allowed(project, policies, scopes, request)


def _is_allowed(
    project: Project, policies: Policies, scopes: Mapping[str, str], request: Request
) -> bool:
    (who,) = request.principals
    try:
        bindings = [
            binding
            for resource, scope in scopes.items()
            for binding in _bindings(policies.of(resource), scope, who)
        ]
        return evaluate(bindings, _roles(project), request).is_allowed
    except GrantError as error:
        message = f"not simulated: {error}"
        raise NotSimulatedError(message) from error


def _bindings(policy: Properties, scope: str, who: str) -> Iterator[Binding]:
    for found in blocks(policy, "bindings"):
        role, condition = text(found, "role"), found.get("condition")
        for member in texts(found, "members"):
            if member == who or member in EVERYBODY or member.startswith("principalSet:"):
                held = _condition(condition) if isinstance(condition, dict) else None
                label = f"{role} on {scope}"
                yield Binding(label=label, scope=scope, role=role, member=member, condition=held)


def _condition(found: Properties) -> Condition:
    return Condition(optional_text(found, "title"), text(found, "expression"))


def _roles(project: Project) -> Roles:
    return Roles(
        {
            name: frozenset(texts(role, "includedPermissions"))
            for name, role in project.store.named(project.path("roles", "*"))
            if not role.get("deleted")
        }
    )
