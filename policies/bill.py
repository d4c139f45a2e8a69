"""The bill of the resources that rules see.

Owns the way from a rule's values to those of `infra.cost`, which prices them.
"""

from collections.abc import Sequence

from infra.cost.demand import of_stacks
from infra.cost.estimate import estimate
from infra.cost.model import Estimate
from infra.cost.resources import UNKNOWN as NO_VALUE_YET
from infra.cost.resources import CostResource, Known
from policies.rule import Subject
from policies.scene import Scene
from policies.values import Mark, Plain

_NOT_BILLED = ("tokenworks:", "pulumi:")
"""Components, and what is the engine's own: they cost nothing in any cloud."""


def bill(subjects: Sequence[Subject], scene: Scene) -> Estimate:
    """Return the estimate of a stack; what cannot be read is unpriced by name, never left out."""
    return estimate(
        (_resource(subject) for subject in subjects if not subject.type.startswith(_NOT_BILLED)),
        stack=scene.spec.name,
        cloud=scene.spec.cloud.provider,
        region=scene.spec.cloud.region,
        as_of=scene.now.date(),
        pods=of_stacks(scene.stacks),
    )


def _resource(subject: Subject) -> CostResource:
    return CostResource(
        urn=subject.urn,
        type=subject.type,
        name=subject.name,
        properties={key: _known(value) for key, value in subject.properties.items()},
        dependencies=subject.dependencies,
    )


def _known(value: Plain) -> Known:
    if isinstance(value, Mark):
        return NO_VALUE_YET if value is Mark.UNKNOWN else None
    if isinstance(value, dict):
        return {key: _known(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_known(item) for item in value]
    return value
