"""Small graphs and reviews, and what a test of the review asks of them."""

from dataclasses import replace
from typing import TYPE_CHECKING

from infra.graph.model import Graph, Resource, child_urn
from infra.review.changes import ResourceChange, changes
from infra.review.model import Review, StackReview
from infra.wire import SECRET, SIGNATURE_KEY, Properties, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

STACK, PROJECT = "dev", "tokenworks"
PARENT = child_urn(STACK, PROJECT, None, "tokenworks:aws:Cluster", "it")


def resource(
    type_token: str, name: str, inputs: Properties | None = None, **options: object
) -> Resource:
    """Return a resource under a component, or wherever `parent` says."""
    given: dict[str, object] = {"parent": PARENT, **options}
    parent = given["parent"]
    bare = Resource(
        urn=child_urn(
            STACK, PROJECT, parent if isinstance(parent, str) else None, type_token, name
        ),
        type=type_token,
        name=name,
        parent=None,
        custom=True,
        provider=None,
        inputs=inputs or {},
        property_dependencies={},
        dependencies=(),
    )
    return replace(bare, **given)


def graph(*resources: Resource) -> Graph:
    """Return a graph of one stack."""
    return Graph(project=PROJECT, stack=STACK, resources=resources)


def only_change(base: Resource | None, head: Resource | None) -> ResourceChange:
    """Return the one thing that happens between two graphs of one resource."""
    sides = [graph(item) if item else graph() for item in (base, head)]
    (found,) = changes(*sides)
    return found


def secret(value: Value) -> Value:
    """Return a value as the engine marks its secrets."""
    return {SIGNATURE_KEY: SECRET, "value": value}


def review_of(
    *found: StackReview, secrets: frozenset[str] = frozenset(), notes: tuple[str, ...] = ()
) -> Review:
    """Return a review of stacks."""
    return Review(
        base="main",
        base_commit="a" * 40,
        head_commit="b" * 40,
        is_dirty=False,
        stacks=found,
        untouched=(),
        notes=notes,
        secrets=secrets,
    )


def stack_review(found: tuple[ResourceChange, ...], **options: object) -> StackReview:
    """Return the review of one stack with these changes."""
    values: Mapping[str, object] = {"stack": STACK, "cloud": "aws", "changes": found, **options}
    return StackReview(**values)  # ty: ignore[invalid-argument-type] - fields of a review
