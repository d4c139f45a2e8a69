"""Would AWS allow a request? Asked of policy documents, within one account.

Owns the logic of a decision: a Deny that applies decides; else one Allow that applies is enough;
else the request is not allowed (IAM User Guide, "Policy evaluation logic", 2026). Documents of the
identity and of the resource count together, as they do within one account.
Does not own what stands above an account's own documents: organization policies, permission
boundaries and session policies, which only ever take away. Two resources want their own document to
allow as well, keys and roles that are taken on: ask that document alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from infra.iam import conditions
from infra.iam.documents import (
    Effect,
    Patterns,
    PolicyDocument,
    PolicyError,
    Statement,
)
from infra.iam.matching import ARN_PARTS, fits

ACCOUNT_PART = 4


class PrincipalType(StrEnum):
    """What asks."""

    AWS = "AWS"
    """A role or a user, by its ARN."""
    SERVICE = "Service"
    """A service of AWS, `eks.amazonaws.com`."""
    FEDERATED = "Federated"
    """An identity provider."""


class Decision(StrEnum):
    """What comes of a request."""

    ALLOWED = "allowed"
    DENIED = "denied"
    """By a statement that says Deny."""
    NOT_ALLOWED = "not allowed"
    """By default: no statement says Allow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call of an API."""

    principal: str
    """Who asks. For a session of a role: the role's ARN."""
    action: str
    """`s3:GetObject`."""
    resource: str
    """ARN, or `*` for an action that takes none."""
    context: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    """Condition keys that the request carries. One that is not here is absent."""
    principal_type: PrincipalType = PrincipalType.AWS

    def __post_init__(self) -> None:
        """Refuse a question about several things at once: its answer could be yes and no."""
        one_resource = "" if self.resource == "*" else self.resource
        if set(self.action + one_resource) & {"*", "?"}:
            message = f"request: must name one action and one resource, got {self}"
            raise PolicyError(message)

    def __str__(self) -> str:
        """Return who asks for what."""
        return f"{self.principal} asks for {self.action} on {self.resource}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision and what it rests on."""

    decision: Decision
    statements: tuple[Statement, ...]
    """The statements that decide: all that deny, or all that allow."""

    @property
    def is_allowed(self) -> bool:
        """Say whether the request may pass."""
        return self.decision is Decision.ALLOWED

    def __str__(self) -> str:
        """Return the decision and where it comes from."""
        return f"{self.decision.value} by {', '.join(map(str, self.statements)) or 'default'}"


def evaluate(documents: Sequence[PolicyDocument], request: Request) -> Verdict:
    """Return what comes of a request under documents of its principal and its resource.

    Raises:
        PolicyError: a document says something that this cannot judge.
    """
    statements = [item for document in documents for item in document.statements]
    context = _context(request)
    applying = [item for item in statements if _applies(item, request, context)]
    for effect, decision in ((Effect.DENY, Decision.DENIED), (Effect.ALLOW, Decision.ALLOWED)):
        found = tuple(item for item in applying if item.effect is effect)
        if found:
            return Verdict(decision, found)
    return Verdict(Decision.NOT_ALLOWED, ())


def _context(request: Request) -> conditions.Context:
    """Return the request's context with the keys that every signed request has."""
    own: dict[str, str | tuple[str, ...]] = {}
    if request.principal_type is PrincipalType.AWS:
        own["aws:PrincipalArn"] = request.principal
        for _, account in _account_names(request)[:1]:
            own["aws:PrincipalAccount"] = account
    return {
        key.lower(): (value,) if isinstance(value, str) else value
        for key, value in {**own, **request.context}.items()
    }


def _applies(statement: Statement, request: Request, context: conditions.Context) -> bool:
    def lookup(key: str) -> str | None:
        values = context.get(key.lower(), ())
        return values[0] if len(values) == 1 else None

    def is_action(pattern: str) -> bool:
        return fits(pattern, request.action, ignore_case=True)

    def is_resource(pattern: str) -> bool:
        return fits(pattern, request.resource, lookup)

    return (
        _listed(statement.actions, is_action)
        and (statement.resources is None or _listed(statement.resources, is_resource))
        and _is_principal(statement, request)
        and conditions.holds(statement, context)
    )


def _listed(patterns: Patterns, fits_one: Callable[[str], bool]) -> bool:
    return any(fits_one(pattern) for pattern in patterns.values) is not patterns.negated


def _is_principal(statement: Statement, request: Request) -> bool:
    """Say whether a statement is about who asks; one of an identity's own documents always is.

    A statement that names the account is about all of its principals where it denies. Where it
    allows, it leaves the decision to their own documents, so by itself it grants nothing.
    `NotPrincipal` spares whoever is named with their account (IAM User Guide, "NotPrincipal").
    """
    if statement.principals is None:
        return True
    names = statement.principals.names
    own = (request.principal_type.value, request.principal)
    is_named = own in names or ("*", "*") in names
    is_named = is_named or (("AWS", "*") in names and request.principal_type is PrincipalType.AWS)
    is_account_named = any(name in names for name in _account_names(request))
    if statement.principals.negated:
        return not (is_named and (is_account_named or not _account_names(request)))
    return is_named or (is_account_named and statement.effect is Effect.DENY)


def _account_names(request: Request) -> tuple[tuple[str, str], ...]:
    """Return the two ways to name the account of an AWS principal."""
    parts = request.principal.split(":", ARN_PARTS - 1)
    if request.principal_type is not PrincipalType.AWS or len(parts) != ARN_PARTS:
        return ()
    root = ":".join((*parts[: ARN_PARTS - 1], "root"))
    return (("AWS", parts[ACCOUNT_PART]), ("AWS", root))
