"""What a change does to the resources of one stack.

Owns the words, and the comparison of two graphs: which resource is which (URNs, aliases), which
properties differ, and what the tables of `replacements` make of that. A replacement that makes
others replace themselves is followed in `cascade`. Components are not counted: nothing is made.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from infra.graph.model import Graph, Resource
from infra.review.aliases import earlier_urns
from infra.review.cascade import follows
from infra.review.kinds import CONTROL_PLANES, NODES, ROLLING, is_gpu, is_stateful
from infra.review.properties import PropertyChange, property_changes
from infra.review.replacements import Effect, Verdict, gravest, judge, knows

NO_SOURCE = "no source says what replaces this type"


class Action(StrEnum):
    """What happens to a resource."""

    REPLACE = "replace"
    DELETE = "delete"
    MAY_REPLACE = "may replace"
    REFUSED = "refused"
    """An update that the API server refuses."""
    CREATE = "create"
    UPDATE = "update"
    STATE = "change in the state only"
    """The engine's own notes change, no cloud hears of it: protection, time limits, a new name."""


_ACTIONS = {
    Effect.REPLACE: Action.REPLACE,
    Effect.MAY_REPLACE: Action.MAY_REPLACE,
    Effect.REFUSED: Action.REFUSED,
    Effect.UPDATE: Action.UPDATE,
}


@dataclass(frozen=True, kw_only=True)
class ResourceChange:
    """What happens to one resource."""

    action: Action
    resource: Resource
    """As it will be; of a deleted one, as it was."""
    properties: tuple[PropertyChange, ...] = ()
    reasons: tuple[str, ...] = ()
    """Why it is more than an update."""
    notes: tuple[str, ...] = ()
    """What else a reader must know: protection, retention, a new name."""
    stateful: bool = False
    """Whether it holds what nobody can make again."""
    gpu: bool = False
    """Whether it buys or uses GPUs."""

    @property
    def turns_over(self) -> bool:
        """Whether it is updated in place, and that is more than its properties say."""
        return self.action is Action.UPDATE and bool(self.notes)

    @property
    def is_grave(self) -> bool:
        """Whether it stands above the fold."""
        ends = (Action.REPLACE, Action.DELETE, Action.MAY_REPLACE, Action.REFUSED)
        return self.action is Action.REFUSED or (
            self.action in ends and (self.stateful or self.gpu or bool(self.notes))
        )


def changes(base: Graph | None, head: Graph | None) -> tuple[ResourceChange, ...]:
    """Return what happens to every resource, the gravest first; a side is None for no stack."""
    before = _by_urn(base)
    after = _by_urn(head)
    providers = {urn: item for urn, item in after.items() if item.is_provider}
    matches = _matched(head, before)
    found = {
        urn: change
        for urn, item in after.items()
        if (change := _changed(before.get(matches.get(urn, "")), item, providers))
    }
    kept = set(matches.values())
    found |= {
        urn: change
        for urn, item in before.items()
        if urn not in kept and (change := _deleted(item))
    }
    if head:
        found = followed(head, found)
    return tuple(sorted(found.values(), key=_weight))


def followed(head: Graph, found: dict[str, ResourceChange]) -> dict[str, ResourceChange]:
    """Return the changes with those that follow from a replacement, until none follows."""
    waiting = [urn for urn, one in found.items() if one.action is Action.REPLACE]
    providers = {item.urn: item for item in head.resources if item.is_provider}
    result = dict(found)
    while waiting:
        cause = result[waiting.pop()].resource
        for item in head.resources:
            change = result.get(item.urn)
            if not item.custom or item.read or (change and change.action is Action.REPLACE):
                continue
            verdict = follows(item, cause, providers.get(item.provider or ""))
            if verdict is None or (change and change.action is _ACTIONS[verdict.effect]):
                continue
            if change and verdict.effect is not Effect.REPLACE:
                continue
            because = f"follows {cause.short_type} {cause.name}, which is replaced"
            reason = f"{because}: {verdict.reason}" if verdict.reason else because
            result[item.urn] = _change(
                _ACTIONS[verdict.effect],
                item,
                change.properties if change else (),
                (reason,),
                (*(change.notes if change else ()), *_guards(item, _ACTIONS[verdict.effect])),
            )
            if verdict.effect is Effect.REPLACE:
                waiting.append(item.urn)
    return result


def _weight(change: ResourceChange) -> tuple[bool, int, str, str]:
    order = list(Action)
    return (
        not change.is_grave,
        order.index(change.action),
        change.resource.type,
        change.resource.name,
    )


def _by_urn(graph: Graph | None) -> dict[str, Resource]:
    return {item.urn: item for item in graph.resources} if graph else {}


def _matched(head: Graph | None, before: Mapping[str, Resource]) -> dict[str, str]:
    """Return new URN to the one that the resource has now: its own, or that of an alias."""
    matches: dict[str, str] = {}
    taken: set[str] = set()
    known = earlier_urns(head) if head else {}
    for urn, earlier in known.items():
        for candidate in (urn, *earlier):
            if candidate in before and candidate not in taken:
                matches[urn] = candidate
                taken.add(candidate)
                break
    return matches


def _changed(
    old: Resource | None, new: Resource, providers: Mapping[str, Resource]
) -> ResourceChange | None:
    if not new.custom or new.read:
        return None
    if old is None:
        notes = (f"imported: {new.import_id}",) if new.import_id else ()
        return _change(Action.CREATE, new, notes=notes)
    differing = tuple(property_changes(old, new))
    verdicts = [(one, _verdict(one, new, providers.get(new.provider or ""))) for one in differing]
    verdict = gravest(found for _, found in verdicts)
    state = tuple(_state_changes(old, new))
    if not differing:
        return _change(Action.STATE, new, notes=state) if state else None
    action = _ACTIONS[verdict.effect]
    reasons = dict.fromkeys(
        found.reason for _, found in verdicts if found.effect is verdict.effect and found.reason
    )
    if action is Action.MAY_REPLACE and not knows(new):
        reasons = {NO_SOURCE: None}
    notes = (*state, *_guards(old, action), *_rolls(new, differing, action))
    return _change(action, new, differing, tuple(reasons), notes)


def _verdict(change: PropertyChange, new: Resource, provider: Resource | None) -> Verdict:
    """Say what one changed property does; `replaceOnChanges` of the program goes first."""
    for pattern in new.replace_on_changes:
        if pattern == "*" or change.path_is_under(pattern):
            return Verdict(Effect.REPLACE, f"`replaceOnChanges: {pattern}`")
    return judge(new, change.place, provider)


def _state_changes(old: Resource, new: Resource) -> Iterator[str]:
    if old.urn != new.urn:
        yield f"known before as {old.short_type} {old.name}"
    if old.protect and not new.protect:
        yield "protection is taken away"
    elif new.protect and not old.protect:
        yield "protected from now on"
    if old.retain_on_delete != new.retain_on_delete:
        yield "kept on delete from now on" if new.retain_on_delete else "no longer kept on delete"


def _guards(old: Resource, action: Action) -> Iterator[str]:
    if action in (Action.REPLACE, Action.DELETE, Action.MAY_REPLACE):
        if old.protect:
            yield "protected: the engine refuses until protection is off"
        if old.retain_on_delete:
            yield "the old one stays in the cloud"


def _rolls(new: Resource, differing: tuple[PropertyChange, ...], action: Action) -> Iterator[str]:
    """Say where an update in place still means other machines, or another control plane."""
    if action is not Action.UPDATE:
        return
    rolls = any(one.path_is_under(place) for one in differing for place in ROLLING)
    if new.short_type in NODES and rolls:
        yield "every node is replaced, some at a time"
    version = CONTROL_PLANES.get(new.type, "")
    for one in differing:
        if version and one.path_is_under(version):
            yield f"its control plane goes from {one.before} to {one.after}"


def _deleted(old: Resource) -> ResourceChange | None:
    if not old.custom or old.read:
        return None
    return _change(Action.DELETE, old, notes=tuple(_guards(old, Action.DELETE)))


def _change(
    action: Action,
    resource: Resource,
    properties: tuple[PropertyChange, ...] = (),
    reasons: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
) -> ResourceChange:
    return ResourceChange(
        action=action,
        resource=resource,
        properties=properties,
        reasons=reasons,
        notes=notes,
        stateful=is_stateful(resource),
        gpu=is_gpu(resource),
    )
