"""What the present code would take away from a platform that a release built.

Owns which resources an upgrade must leave in their place, and how a loss is told: the URN, the
properties, why, and for a thing that went with its name the component that lost its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from infra.graph.kubernetes_objects import RELEASE_TYPE
from infra.graph.model import Graph, Resource
from infra.review.aliases import earlier_urns
from infra.review.changes import Action, ResourceChange, changes
from infra.review.kinds import CONTROL_PLANES, NODES, is_gpu, is_stateful
from infra.upgrade.kept import without_secrets

HELP = "docs/upgrading/release.md"
ENDS = (Action.REPLACE, Action.DELETE, Action.MAY_REPLACE, Action.REFUSED)
"""What no source vouches for counts as well."""


@dataclass(frozen=True, kw_only=True)
class Loss:
    """One resource that would not stay as it is."""

    stack: str
    urn: str
    """As the release knows it."""
    what: str
    """What it is to a platform."""
    action: str
    """What would happen: `replace`, `delete`, `may replace`, …."""
    properties: tuple[str, ...] = ()
    """Paths of the properties that differ."""
    reasons: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the lines that a person reads."""
        lines = [f"{self.stack}: {self.action} of {self.what}", f"  {self.urn}"]
        if self.properties:
            lines.append(f"  because of {', '.join(self.properties)}")
        return "\n".join([*lines, *(f"  {reason}" for reason in self.reasons)])


def losses(release: Graph, present: Graph) -> list[Loss]:
    """Return everything that an upgrade must not touch and would; the gravest first."""
    before, after = without_secrets(release), without_secrets(present)
    found = changes(before, after)
    names = _Names.of(before, after)
    created = [one.resource for one in found if one.action is Action.CREATE]
    return [
        _loss(release.stack, one, what, names, created)
        for one in found
        if one.action in ENDS and (what := stays(one.resource))
    ]


def stays(item: Resource) -> str:
    """Return what a resource is to a platform, or nothing where an upgrade may make it anew."""
    if item.type in CONTROL_PLANES:
        return "the control plane"
    if item.short_type in NODES:
        return "a pool of GPU nodes" if is_gpu(item) else "a pool of nodes"
    if item.type == RELEASE_TYPE:
        return "a chart, with the kinds and disks that it brought"
    return "a thing that holds what nobody can make again" if is_stateful(item) else ""


@dataclass(frozen=True)
class _Names:
    """Which resources of the release the present program still knows."""

    release: Graph
    known: frozenset[str]
    """URNs that it declares, and those that its aliases name."""

    @classmethod
    def of(cls, release: Graph, present: Graph) -> "_Names":
        aliases = earlier_urns(present)
        return cls(release, frozenset({*aliases, *(u for urns in aliases.values() for u in urns)}))

    def lost_component(self, item: Resource) -> Resource | None:
        """Return the highest thing above a resource that nobody declares any more."""
        by_urn = {one.urn: one for one in self.release.resources}
        lost, parent = None, by_urn.get(item.parent or "")
        while parent is not None:
            lost = parent if parent.urn not in self.known else lost
            parent = by_urn.get(parent.parent or "")
        return lost


def _loss(
    stack: str, change: ResourceChange, what: str, names: _Names, created: list[Resource]
) -> Loss:
    item = change.resource
    reasons = change.reasons
    if change.action is Action.DELETE:
        reasons = tuple(_why_gone(item, names.lost_component(item), created))
    return Loss(
        stack=stack,
        urn=item.urn,
        what=f"{what}, {item.short_type} {item.name}",
        action=change.action.value,
        properties=tuple(one.path for one in change.properties),
        reasons=(*reasons, *change.notes),
    )


def _why_gone(item: Resource, lost: Resource | None, created: list[Resource]) -> Iterator[str]:
    if lost is not None:
        yield f"with the component above it, which is declared under this name no more: {lost.urn}"
    else:
        yield "nothing is declared under this name any more"
    same = [one for one in created if one.type == item.type]
    if same:
        now = max(same, key=lambda one: _shared(one, item))
        yield f"renamed? Then it needs an alias ({HELP}); the same type is now {now.urn}"


def _shared(one: Resource, other: Resource) -> int:
    """Return how many inputs two resources have in common."""
    return sum(one.inputs.get(key) == value for key, value in other.inputs.items())
