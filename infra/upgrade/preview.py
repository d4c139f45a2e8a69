"""What an engine's preview would take away from a platform.

Owns the engine's words for the end of a resource. Does not own running it: whoever ran it hands
over the steps.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Protocol

from infra.graph.model import Resource, urn_name
from infra.upgrade.proof import Loss, stays

ENDS = {
    "replace": "replace",
    "create-replacement": "replace",
    "delete-replaced": "replace",
    "delete": "delete",
    "discard": "delete",
}
"""The engine's steps after which a resource is another one, or none (pulumi v3.259.0,
pkg/resource/deploy/step.go, as remembered)."""


class PlannedStep(Protocol):
    """One step of a preview."""

    @property
    def op(self) -> str:
        """The engine's word."""

    @property
    def urn(self) -> str:
        """URN of the resource."""

    @property
    def type(self) -> str:
        """Type token."""

    @property
    def changed(self) -> tuple[str, ...]:
        """Paths of the inputs that differ."""


def preview_losses(
    stack: str, steps: Iterable[PlannedStep], protected: Collection[str]
) -> list[Loss]:
    """Return everything that an upgrade must not touch and would, each once.

    Args:
        stack: name of the stack.
        steps: of a preview on the state of the release.
        protected: URNs that the state protects.
    """
    found: dict[str, Loss] = {}
    for loss in _losses(stack, steps, protected):
        known = found.get(loss.urn)
        if known is None or not known.properties:
            found[loss.urn] = loss
    return list(found.values())


def _losses(stack: str, steps: Iterable[PlannedStep], protected: Collection[str]) -> Iterator[Loss]:
    for step in steps:
        item = _resource(step, protect=step.urn in protected)
        if step.op in ENDS and (what := stays(item)):
            yield Loss(
                stack=stack,
                urn=step.urn,
                what=f"{what}, {item.short_type} {item.name}",
                action=ENDS[step.op],
                properties=step.changed,
                reasons=("the engine's preview says so",),
            )


def _resource(step: PlannedStep, *, protect: bool) -> Resource:
    return Resource(
        urn=step.urn,
        type=step.type,
        name=urn_name(step.urn),
        parent=None,
        custom=True,
        provider=None,
        inputs={},
        property_dependencies={},
        dependencies=(),
        protect=protect,
    )
