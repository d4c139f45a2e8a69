"""Policy documents as frozen data.

Owns the grammar: every element that AWS knows (IAM User Guide, "JSON policy element reference"),
those that only some kinds of document may have, and the refusal of anything else.
Does not own what a document decides (`evaluate`) or whether it is wise (`audit`).
Only language version 2012-10-17 is read: in the older one, which is AWS's default, variables are
plain text.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn, TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"

VERSION = "2012-10-17"
_DOCUMENT_KEYS = ("Version", "Id", "Statement")
_STATEMENT_KEYS = ("Sid", "Effect", "Condition")
_ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z0-9*?]+", re.IGNORECASE)
_RESOURCE = re.compile(r"\*|arn:.+|\$\{[^}:]+\}.*", re.DOTALL)
_PRINCIPAL_TYPES = ("AWS", "Service", "Federated", "CanonicalUser")
_ACCOUNT = re.compile(r"\d{12}")


class PolicyError(ValueError):
    """A text that is no policy document, or one that AWS or this project would not accept."""


class Effect(StrEnum):
    """What a statement does when it applies."""

    ALLOW = "Allow"
    DENY = "Deny"


class DocumentKind(StrEnum):
    """Where a document is attached, which decides what its statements have to say."""

    IDENTITY = "identity"
    """To a role: without a principal, who is the role itself."""
    TRUST = "trust"
    """As a role's trust: who may take it on. Without a resource, which is the role itself."""
    RESOURCE = "resource"
    """To a bucket, a repository, an endpoint: with principals and resources."""
    KEY = "key"
    """To a KMS key: the resource `*` is that key alone (KMS developer guide, "key policies")."""


@dataclass(frozen=True, slots=True)
class Patterns:
    """The values of an element, or, negated, of its `Not…` form."""

    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Principals:
    """Who a statement is about."""

    names: tuple[tuple[str, str], ...]
    """Type and name, `("Service", "eks.amazonaws.com")`; `("*", "*")` is everybody."""
    negated: bool = False

    @property
    def has_everybody(self) -> bool:
        """Say whether `*` is among them: anybody, with or without an account."""
        return any(name == "*" for _, name in self.names)


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one key."""

    operator: str
    """As written, with prefix and suffix: `ForAnyValue:StringLikeIfExists`."""
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement, which knows where it stands."""

    label: str
    """Document, position and Sid, for messages."""
    effect: Effect
    actions: Patterns
    resources: Patterns | None
    """None in a trust document."""
    principals: Principals | None
    """None in an identity document."""
    conditions: tuple[Condition, ...]

    def __str__(self) -> str:
        """Return where it stands."""
        return self.label


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDocument:
    """A policy document."""

    name: str
    """What it is called in messages."""
    kind: DocumentKind
    statements: tuple[Statement, ...]


def read(text: str | Mapping[str, Json], *, name: str, kind: DocumentKind) -> PolicyDocument:
    """Return a policy document.

    Args:
        text: JSON text, or the same already decoded.
        name: what to call it in messages.
        kind: where it is attached.

    Raises:
        PolicyError: it is none, or says something that AWS would refuse or this does not know.
    """
    content = _decoded(text, name) if isinstance(text, str) else dict(text)
    _only(content, _DOCUMENT_KEYS, name)
    if content.get("Version") != VERSION:
        _refuse(f"{name}: Version", f"must be {VERSION!r}", content.get("Version"))
    statements = content.get("Statement")
    if isinstance(statements, Mapping):
        statements = [statements]
    if not isinstance(statements, list) or not statements:
        _refuse(f"{name}: Statement", "must be a statement or a list of them", statements)
    return PolicyDocument(
        name=name,
        kind=kind,
        statements=tuple(
            _statement(item, f"{name}: statement {index}", kind)
            for index, item in enumerate(statements)
        ),
    )


def _decoded(text: str, name: str) -> Mapping[str, Json]:
    def without_twins(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        keys = [key for key, _ in pairs]
        twins = {key for key in keys if keys.count(key) > 1}
        if twins:
            _refuse(name, "must name each element once", sorted(twins))
        return dict(pairs)

    try:
        content = json.loads(text, object_pairs_hook=without_twins)
    except json.JSONDecodeError as error:
        message = f"{name}: must be JSON, got {error}"
        raise PolicyError(message) from error
    if not isinstance(content, Mapping):
        _refuse(name, "must be an object", content)
    return content


def _statement(content: Json, label: str, kind: DocumentKind) -> Statement:
    if not isinstance(content, Mapping):
        _refuse(label, "must be an object", content)
    sid = content.get("Sid")
    label = f"{label} ({sid})" if sid else label
    pairs = [f"{prefix}{word}" for word in _elements(kind) for prefix in ("", "Not")]
    _only(content, (*_STATEMENT_KEYS, *pairs), label)
    effect = content.get("Effect")
    if effect not in tuple(Effect):
        _refuse(f"{label}: Effect", "must be 'Allow' or 'Deny'", effect)
    actions = _patterns(content, "Action", label, _ACTION)
    resources, principals = None, None
    if kind is not DocumentKind.TRUST:
        resources = _patterns(content, "Resource", label, _RESOURCE)
    if kind is not DocumentKind.IDENTITY:
        principals = _principals(content, label)
    return Statement(
        label=label,
        effect=Effect(effect),
        actions=actions,
        resources=resources,
        principals=principals,
        conditions=_conditions(content.get("Condition", {}), label),
    )


def _elements(kind: DocumentKind) -> tuple[str, ...]:
    match kind:
        case DocumentKind.IDENTITY:
            return ("Action", "Resource")
        case DocumentKind.TRUST:
            return ("Action", "Principal")
        case DocumentKind.RESOURCE | DocumentKind.KEY:
            return ("Action", "Resource", "Principal")


def _chosen(content: Mapping[str, Json], word: str, label: str) -> tuple[Json, bool]:
    """Return the value of an element or of its `Not…` form, and which of the two it was."""
    given = [key for key in (word, f"Not{word}") if key in content]
    if len(given) != 1:
        _refuse(label, f"must have {word} or Not{word}, and not both", given or "neither")
    return content[given[0]], given[0] != word


def _patterns(
    content: Mapping[str, Json], word: str, label: str, form: re.Pattern[str]
) -> Patterns:
    value, negated = _chosen(content, word, label)
    texts = _texts(value, f"{label}: {word}")
    for text in texts:
        if not form.fullmatch(text):
            _refuse(f"{label}: {word}", f"must be {_WANTED[word]}", text)
    return Patterns(texts, negated)


_WANTED = {"Action": "'*' or 'service:Name'", "Resource": "'*' or an ARN"}


def _principals(content: Mapping[str, Json], label: str) -> Principals:
    value, negated = _chosen(content, "Principal", label)
    if value == "*":
        return Principals((("*", "*"),), negated)
    if not isinstance(value, Mapping) or not value:
        _refuse(f"{label}: Principal", "must be '*' or an object", value)
    _only(value, _PRINCIPAL_TYPES, f"{label}: Principal")
    names = tuple(
        (kind, name)
        for kind, given in value.items()
        for name in _texts(given, f"{label}: Principal.{kind}")
    )
    for kind, name in names:
        # AWS takes `*` alone, for AWS principals alone, and no part of an ARN as a wildcard.
        if "*" in name and (kind, name) != ("AWS", "*"):
            _refuse(f"{label}: Principal.{kind}", "must be a whole name", name)
        if kind == "AWS" and not (name == "*" or _ACCOUNT.fullmatch(name) or _is_arn(name)):
            _refuse(f"{label}: Principal.AWS", "must be an account or an ARN", name)
    return Principals(names, negated)


def _is_arn(text: str) -> bool:
    return text != "*" and _RESOURCE.fullmatch(text) is not None


def _conditions(content: Json, label: str) -> tuple[Condition, ...]:
    where = f"{label}: Condition"
    if not isinstance(content, Mapping):
        _refuse(where, "must be an object", content)
    conditions = []
    for operator, keys in content.items():
        if not isinstance(keys, Mapping) or not keys:
            _refuse(f"{where}.{operator}", "must name a key and its values", keys)
        for key, value in keys.items():
            texts = _texts(value, f"{where}.{operator}.{key}")
            conditions.append(Condition(operator, key, texts))
    return tuple(conditions)


def _texts(value: Json, where: str) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    if not items:
        _refuse(where, "must have at least one value", items)
    return tuple(_text(item, where) for item in items)


def _text(value: Json, where: str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, (str, int, float)):
        _refuse(where, "must be text, a number or a truth value", value)
    return str(value)


def _only(content: Mapping[str, Json], allowed: tuple[str, ...], where: str) -> None:
    unknown = [key for key in content if key not in allowed]
    if unknown:
        _refuse(where, f"must have no other elements than {', '.join(allowed)}", unknown)


def _refuse(where: str, problem: str, got: object) -> NoReturn:
    message = f"{where}: {problem}, got {got!r}"
    raise PolicyError(message)
