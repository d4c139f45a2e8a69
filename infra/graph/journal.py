"""What happened while the program ran, in order: the raw material of a graph and of its checks.

Owns two views of one run. The monitor's view (requests, in the order in which values became known)
and the program's view (constructors and `register_outputs` calls, in the order of the code). Only
the second one can say that a resource was created after its component was finished.
"""

import asyncio
from dataclasses import dataclass, field

import pulumi

from infra.graph.model import STACK_TYPE, Invoke, Resource
from infra.wire import Properties


@dataclass(frozen=True, slots=True)
class Construction:
    """One resource constructor that ran."""

    resource: pulumi.Resource
    type: str
    is_late: bool
    """The parent had registered its outputs already."""
    is_in_apply: bool
    """It ran in a callback of an Output, not in the program's own flow."""


@dataclass(slots=True)
class Journal:
    """Collects one run. Not thread-safe: the recorder lets one thread talk to the monitor."""

    program_task: "asyncio.Task[object] | None" = None
    constructions: list[Construction] = field(default_factory=list)
    finished: set[int] = field(default_factory=set)
    """Identities of the components whose outputs were registered, in program order."""
    classes: dict[str, type] = field(default_factory=dict)
    """Type token to the SDK class that the program used for it."""
    resources: list[Resource] = field(default_factory=list)
    outputs: list[tuple[str, Properties]] = field(default_factory=list)
    """URN and registered outputs; one entry for each registration."""
    invokes: list[Invoke] = field(default_factory=list)
    transforms: list[str] = field(default_factory=list)
    """URNs, or the word stack, that carry transforms, which only an engine runs."""
    urns: dict[int, str] = field(default_factory=dict)
    """Identity of a constructed resource to its URN, once known."""

    def constructed(
        self, arguments: pulumi.ResourceTransformationArgs
    ) -> pulumi.ResourceTransformationResult | None:
        """Note a constructor. Runs as a stack transformation: for every one, in program order."""
        parent = arguments.opts.parent
        self.classes[arguments.type_] = type(arguments.resource)
        self.constructions.append(
            Construction(
                resource=arguments.resource,
                type=arguments.type_,
                is_late=parent is not None and id(parent) in self.finished,
                is_in_apply=asyncio.current_task() is not self.program_task,
            )
        )
        return None

    def noted(self, urn: str | None) -> Resource | None:
        """Return a resource that was registered already."""
        return next((item for item in self.resources if item.urn == urn), None)

    async def resolve_urns(self) -> None:
        """Learn the URN of every constructed resource. Call when the program has finished."""
        for item in self.constructions:
            urn = await item.resource.urn.future()
            if item.type != STACK_TYPE and urn is not None:
                self.urns[id(item.resource)] = urn
