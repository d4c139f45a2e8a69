"""Policies of resources: what is in them beside us stays, what is ours is as it should be.

Owns the comparison, and the policy that is written. Google replaces a policy whole, and guards it
by the etag of the one that was read.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from infra.iam.gcp.bindings import EVERYBODY, Binding
from infra.replies import block, blocks, optional_text, texts
from infra.wire import Properties, Value

VERSION = 3
"""Policies with conditions; others are shown without them unless somebody asks for this version."""
CONVENIENCE = ("projectEditor:", "projectViewer:")
"""What Cloud Storage grants on a new bucket to editors and viewers of its project: to write and to
read what is in it (Cloud Storage, "IAM roles", 2026)."""


@dataclass(frozen=True)
class Grant:
    """One member's grant, as a policy has it."""

    role: str
    member: str
    title: str = ""
    expression: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes a binding one."""
        return self.role, self.title, self.expression


Ours = Callable[[Grant], bool]
"""Says whether a grant is for the bootstrap to give and to take."""


def grants_in(policy: Properties) -> list[Grant]:
    """Return the grants of a policy, member by member."""
    return [
        Grant(
            role=optional_text(binding, "role"),
            member=member,
            title=optional_text(binding, "condition.title"),
            expression=optional_text(binding, "condition.expression"),
        )
        for binding in blocks(policy, "bindings")
        for member in texts(binding, "members")
    ]


def grants_of(bindings: Iterable[Binding], scope: str) -> list[Grant]:
    """Return the grants on one resource."""
    return [
        Grant(
            role=one.role,
            member=one.member,
            title=one.condition.title if one.condition else "",
            expression=one.condition.expression if one.condition else "",
        )
        for one in bindings
        if one.scope == scope
    ]


def mended(policy: Properties, wanted: Collection[Grant], ours: Ours) -> Properties | None:
    """Return the policy as it should be; None where it is so.

    What is kept of others keeps its conditions whole, descriptions too.
    """
    found = grants_in(policy)
    kept = [one for one in found if not ours(one) and one not in wanted]
    if {*kept, *wanted} == {*found}:
        return None
    conditions = {
        (optional_text(one, "role"), *_parts(block(one, "condition"))): block(one, "condition")
        for one in blocks(policy, "bindings")
    }
    members: dict[tuple[str, str, str], list[Value]] = {}
    for one in (*kept, *wanted):
        members.setdefault(one.key, []).append(one.member)
    bindings: list[Value] = [
        {"role": key[0], "members": who} | _condition(key, conditions.get(key, {}))
        for key, who in members.items()
    ]
    return {**policy, "version": VERSION, "bindings": bindings}


def _no_role(_role: str) -> bool:
    return False


def of_accounts(
    addresses: Sequence[str], *, with_everybody: bool, kept: Callable[[str], bool] = _no_role
) -> Ours:
    """Return what knows the grants to some service accounts, gone ones of the same address too.

    Args:
        addresses: their addresses.
        with_everybody: whether grants to everybody, and to whoever edits or views the project,
            count as ours, too: to be taken away.
        kept: says of a role whether somebody else grants it to them.
    """
    members = tuple(f"serviceAccount:{address}" for address in addresses)
    gone = tuple(f"deleted:{member}?" for member in members)

    def ours(grant: Grant) -> bool:
        if grant.member in members or grant.member.startswith(gone):
            return not kept(grant.role)
        return with_everybody and (
            grant.member in EVERYBODY or grant.member.startswith(CONVENIENCE)
        )

    return ours


def whole(_grant: Grant) -> bool:
    """Count every grant of a policy as ours."""
    return True


def _parts(condition: Properties) -> tuple[str, str]:
    return optional_text(condition, "title"), optional_text(condition, "expression")


def _condition(key: tuple[str, str, str], before: Properties) -> Properties:
    _role, title, expression = key
    if not expression:
        return {}
    return {"condition": before or {"title": title, "expression": expression}}
