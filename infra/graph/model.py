"""What a program declares, as plain frozen data.

Owns the words for a resource graph. A graph comes from the recorder (`infra.graph.recorder`) or
from the engine's own log (`infra.graph.engine_log`), and reads the same from both. Values keep
their wire form (`infra.wire`): camelCase names, secrets and unknowns wrapped.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from infra.wire import SECRET, SIGNATURE_KEY, Properties, Value

STACK_TYPE = "pulumi:pulumi:Stack"
STACK_REFERENCE_TYPE = "pulumi:pulumi:StackReference"
PROVIDER_PREFIX = "pulumi:providers:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource as the program registered it."""

    urn: str
    type: str
    """Type token, `aws:ec2/vpc:Vpc`."""
    name: str
    """Logical name."""
    parent: str | None
    """URN of the parent component; none for children of the stack."""
    custom: bool
    """True for what a provider manages, false for components."""
    remote: bool = False
    """True for components that a provider builds."""
    read: bool = False
    """True for what exists already and is only read."""
    provider: str | None
    """URN of the provider; none for components and providers."""
    providers: Mapping[str, str] = field(default_factory=dict)
    """Package to provider URN, as handed to a component."""
    inputs: Properties
    """Inputs in wire form."""
    outputs: Properties = field(default_factory=dict)
    """A component's registered outputs, or the (symbolic) state of anything else."""
    property_dependencies: Mapping[str, tuple[str, ...]]
    """Input property to the URNs that its value comes from."""
    dependencies: tuple[str, ...]
    """URNs of everything that must exist first."""
    protect: bool = False
    retain_on_delete: bool = False
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    delete_before_replace: bool | None = None
    """None: the provider decides."""
    deleted_with: str | None = None
    """URN whose deletion takes this resource along."""
    custom_timeouts: Mapping[str, str] = field(default_factory=dict)
    """Operation to duration, `{"create": "30m"}`."""
    aliases: tuple[str, ...] = ()
    """Earlier identities: URNs, or `name=…`, `parent=…`, `type=…` parts."""
    additional_secret_outputs: tuple[str, ...] = ()
    import_id: str | None = None
    version: str = ""
    """Version of the SDK that declares the resource."""

    @property
    def is_provider(self) -> bool:
        """Say whether this resource is a provider itself."""
        return self.type.startswith(PROVIDER_PREFIX)

    @property
    def package(self) -> str:
        """Package of the type token; of a provider, the package that it serves."""
        return self.type.rpartition(":")[2] if self.is_provider else self.type.partition(":")[0]

    @property
    def short_type(self) -> str:
        """Last word of the type token; providers carry their package: `aws provider`."""
        return f"{self.package} provider" if self.is_provider else self.type.rpartition(":")[2]

    @property
    def secret_paths(self) -> tuple[str, ...]:
        """Paths of the inputs that are secrets, `stringData.token`."""
        return tuple(_secret_paths(self.inputs, ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoke:
    """One function call to a provider."""

    token: str
    """Function token, `aws:index/getAvailabilityZones:getAvailabilityZones`."""
    arguments: Properties
    provider: str | None
    """URN of the provider."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Everything that one run of the program declared, in the order of the program."""

    project: str
    stack: str
    resources: tuple[Resource, ...]
    invokes: tuple[Invoke, ...] = ()
    outputs: Properties = field(default_factory=dict)
    """Stack outputs."""

    def resource(self, urn: str) -> Resource:
        """Return the resource with that URN. Raises `LookupError` when there is none."""
        for resource in self.resources:
            if resource.urn == urn:
                return resource
        message = f"resource: no such URN in stack {self.stack}, got {urn!r}"
        raise LookupError(message)

    def named(self, name: str, type_token: str | None = None) -> Resource:
        """Return the one resource of that logical name. Raises `LookupError` unless one."""
        found = [
            item
            for item in self.resources
            if item.name == name and type_token in (None, item.type, item.short_type)
        ]
        if len(found) != 1:
            wanted = f"{type_token or 'resource'} {name!r}"
            names = ", ".join(f"{item.short_type} {item.name}" for item in found or self.resources)
            message = f"{wanted}: must name one resource, got {len(found)}; there are: {names}"
            raise LookupError(message)
        return found[0]

    def of_type(self, *type_tokens: str) -> tuple[Resource, ...]:
        """Return the resources of these types; a token may be its last word alone, `Vpc`."""
        return tuple(
            item
            for item in self.resources
            if item.type in type_tokens or item.short_type in type_tokens
        )

    def children(self, parent: Resource | None) -> tuple[Resource, ...]:
        """Return the children of a component, or of the stack."""
        urn = parent.urn if parent else None
        return tuple(item for item in self.resources if item.parent == urn)

    def tree(self) -> Iterator[tuple[int, Resource]]:
        """Yield every resource with its depth, parents first, siblings in program order."""
        by_parent: dict[str | None, list[Resource]] = {}
        for item in self.resources:
            by_parent.setdefault(item.parent, []).append(item)
        waiting = [(0, item) for item in reversed(by_parent.get(None, []))]
        while waiting:
            depth, item = waiting.pop()
            yield depth, item
            waiting += [(depth + 1, child) for child in reversed(by_parent.get(item.urn, []))]


def urn_name(urn: str) -> str:
    """Return the logical name at the end of a URN."""
    return urn.split("::", maxsplit=3)[3]


def child_urn(stack: str, project: str, parent: str | None, type_token: str, name: str) -> str:
    """Return a URN as the engine builds it: the parent's whole type path, without the stack's.

    Source: `NewURN`, pulumi/pulumi v3.259.0, sdk/go/common/resource/urn.
    """
    parent_types = parent.split("::", maxsplit=3)[2] if parent else STACK_TYPE
    path = type_token if parent_types == STACK_TYPE else f"{parent_types}${type_token}"
    return f"urn:pulumi:{stack}::{project}::{path}::{name}"


def _secret_paths(value: Value, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get(SIGNATURE_KEY) == SECRET:
            yield path
            return
        for key, item in value.items():
            yield from _secret_paths(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _secret_paths(item, f"{path}[{index}]")
