"""What in a policy document is too wide, without asking a single request.

Owns the rules and their words. Does not own the reasons for what cannot be narrower: whoever
writes policies gives them, one for each action that takes no resource.
Only what allows is looked at: a Deny cannot be too wide for safety.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from infra.iam import conditions
from infra.iam.documents import DocumentKind, Effect, PolicyDocument, Statement

SOURCE_KEYS = ("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths")
"""Keys that say for whom a service acts (IAM User Guide, "The confused deputy problem", 2026)."""


class Severity(StrEnum):
    """How bad a finding is."""

    REFUSE = "refuse"
    """Never right."""
    WARN = "warn"
    """Right where somebody can say why."""


class Rule(StrEnum):
    """What a finding is about."""

    ACTION = "wildcard action"
    RESOURCE = "any resource"
    NOT_ACTION = "NotAction that allows"
    NOT_RESOURCE = "NotResource that allows"
    NOT_PRINCIPAL = "NotPrincipal that allows"
    PRINCIPAL = "anybody"
    DEPUTY = "service without its source"
    OPERATOR = "unknown operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is too wide."""

    rule: Rule
    severity: Severity
    statement: str
    """Document, position and Sid."""
    got: str
    """The value that is too wide."""
    next_step: str

    def __str__(self) -> str:
        """Return one line."""
        return f"{self.statement}: {self.rule.value}, got {self.got}; {self.next_step}"


def audit(document: PolicyDocument, reasons: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return everything in a document that is too wide.

    Args:
        document: the document.
        reasons: action, as `ec2:DescribeInstances`, to why it can only be allowed on `*`.
    """
    return tuple(
        finding
        for statement in document.statements
        for finding in _statement(statement, document.kind, reasons)
    )


def _statement(
    statement: Statement, kind: DocumentKind, reasons: Mapping[str, str]
) -> Iterator[Finding]:
    for condition in statement.conditions:
        if not conditions.is_known(condition):
            next_step = "teach `infra.iam.conditions` what it means"
            yield _finding(Rule.OPERATOR, statement, condition.operator, next_step)
    if statement.effect is Effect.ALLOW:
        yield from _actions(statement)
        yield from _resources(statement, kind, reasons)
        yield from _principals(statement)


def _actions(statement: Statement) -> Iterator[Finding]:
    if statement.actions.negated:
        next_step = "it allows what AWS invents tomorrow; name the actions"
        yield _finding(Rule.NOT_ACTION, statement, _list(statement.actions.values), next_step)
        return
    for action in statement.actions.values:
        if set(action) & {"*", "?"}:
            yield _finding(Rule.ACTION, statement, action, "name the actions")


def _resources(
    statement: Statement, kind: DocumentKind, reasons: Mapping[str, str]
) -> Iterator[Finding]:
    if statement.resources is None:
        return
    values = statement.resources.values
    if statement.resources.negated:
        next_step = "it allows what is made tomorrow; name the resources"
        yield _finding(Rule.NOT_RESOURCE, statement, _list(values), next_step)
        return
    wide = [value for value in values if _is_any(value) and kind is not DocumentKind.KEY]
    unexplained = [action for action in statement.actions.values if not reasons.get(action)]
    for value in wide if unexplained else ():
        next_step = f"name the resources, or write why there are none for {_list(unexplained)}"
        yield _finding(Rule.RESOURCE, statement, value, next_step)


def _is_any(resource: str) -> bool:
    """Say whether a resource leaves open of which service, in whose account or which thing."""
    *address, thing = resource.split(":", 5)
    return resource == "*" or any("*" in part for part in address) or thing[:1] in ("*", "?")


def _principals(statement: Statement) -> Iterator[Finding]:
    principals = statement.principals
    if principals is None:
        return
    if principals.negated:
        names = _list(name for _, name in principals.names)
        yield _finding(Rule.NOT_PRINCIPAL, statement, names, "name who may")
    elif principals.has_everybody and not statement.conditions:
        yield _finding(Rule.PRINCIPAL, statement, "*", "name who may, or add a condition")
    keys = {condition.key.lower() for condition in statement.conditions}
    for kind, name in principals.names:
        if kind == "Service" and keys.isdisjoint(SOURCE_KEYS):
            next_step = "add aws:SourceAccount or aws:SourceArn, where the service sends it"
            yield _finding(Rule.DEPUTY, statement, name, next_step, Severity.WARN)


def _finding(
    rule: Rule, statement: Statement, got: str, next_step: str, severity: Severity = Severity.REFUSE
) -> Finding:
    return Finding(
        rule=rule, severity=severity, statement=statement.label, got=got, next_step=next_step
    )


def _list(values: Iterable[str]) -> str:
    return ", ".join(values)
