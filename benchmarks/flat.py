"""The flat twin of a stack's program: the same resources in one file of plain SDK calls.

Owns the way back from a traced graph to source: typed arguments, references between resources,
providers, dependencies and options. No components, no spec, no layers.
What a component waits for, its children wait for: without the component each child says so itself.
Does not prove that the twin declares the same; that is `equal`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping

from benchmarks.source import call, class_path, listed, mapped, python_names, variable
from benchmarks.trace import ID, MARK, Reference, Trace
from infra.graph import schema
from infra.graph.model import Graph, Resource
from infra.wire import SECRET, SIGNATURE_KEY, Properties, Value

_FLAGS = {
    "protect": "protect",
    "retain_on_delete": "retain_on_delete",
    "delete_before_replace": "delete_before_replace",
}
_LISTS = {"ignore_changes": "ignore_changes", "replace_on_changes": "replace_on_changes"}


class NotFlatError(ValueError):
    """The program uses something that the flat twin cannot say yet."""


def flat_program(trace: Trace) -> str:
    """Return the source of a program that declares the custom resources of a traced graph.

    Raises:
        NotFlatError: the graph has something that this module does not know.
        SourceError: a class of the SDK is not where it should be.
    """
    return _Writer(trace).source()


def waits_for(graph: Graph, resource: Resource) -> frozenset[str]:
    """Return the URNs that must exist before a resource, because of itself or of its parents."""
    parent = graph.resource(resource.parent) if resource.parent else None
    inherited = waits_for(graph, parent) if parent else frozenset()
    return inherited | frozenset(resource.dependencies)


class _Writer:
    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._graph = trace.graph
        self._resources = {item.urn: item for item in trace.graph.resources if item.custom}
        self._variables: dict[str, str] = {}
        for urn, item in self._resources.items():
            taken = self._variables.values()
            self._variables[urn] = variable(f"{item.name}_{item.short_type}", taken)

    def source(self) -> str:
        packages = sorted({item.package for item in self._resources.values()})
        return "\n".join(
            [
                f'"""The resources of stack {self._graph.stack}, one after the other."""\n',
                "import pulumi",
                *(f"import pulumi_{package}" for package in packages),
                "",
                *(self._statement(item) for item in self._resources.values()),
                "",
            ]
        )

    def _statement(self, item: Resource) -> str:
        if item.read or item.import_id or item.deleted_with:
            message = f"{item.urn}: only created resources without `deleted_with` can be flat yet"
            raise NotFlatError(message)
        resource_class = self._trace.classes[item.type]
        arguments = [("", repr(item.name)), *self._inputs(item, resource_class)]
        options = dict(self._options(item))
        if options:
            arguments.append(("opts", call("pulumi.ResourceOptions", options.items())))
        return f"{self._variables[item.urn]} = {call(class_path(resource_class), arguments)}"

    def _inputs(self, item: Resource, resource_class: type) -> Iterator[tuple[str, str]]:
        arguments_class = schema.arguments_class(resource_class)
        if arguments_class is None:
            message = f"{item.urn}: {resource_class.__qualname__} declares no inputs"
            raise NotFlatError(message)
        shapes = schema.fields(arguments_class)
        names = python_names(arguments_class)
        for key, value in sorted(item.inputs.items()):
            shape = shapes[key].shape
            given = _decoded(value, shape) if item.is_provider else _in_order(value)
            yield names[key], self._with_deciders(item, key, self._value(given, shape))

    def _with_deciders(self, item: Resource, key: str, text: str) -> str:
        """Return a value that also waits for what the program decided it by.

        Such an output is nowhere in the value: the machine types of a group follow from its zones.
        """
        named = {self._trace.reference(mark).urn for mark in MARK.finditer(repr(item.inputs[key]))}
        deciders = frozenset(item.property_dependencies.get(key, ())) - named
        if not deciders:
            return text
        waited = [("", f"{name}.id") for _urn, name in self._named(deciders)]
        everything = call("pulumi.Output.all", [("", text), *waited])
        return f"{everything}.apply(lambda known: known[0])"

    def _options(self, item: Resource) -> Iterator[tuple[str, str]]:
        if item.provider:
            yield "provider", self._variables[item.provider]
        implied = {urn for urns in item.property_dependencies.values() for urn in urns}
        explicit = waits_for(self._graph, item) - implied
        if explicit:
            # In the order of the program, which is the order of the variables.
            yield "depends_on", listed(name for urn, name in self._named(explicit))
        for option, field in _FLAGS.items():
            if getattr(item, field):
                yield option, repr(getattr(item, field))
        for option, field in _LISTS.items():
            if getattr(item, field):
                yield option, listed(map(repr, getattr(item, field)))
        if item.custom_timeouts:
            timeouts = ((key, repr(value)) for key, value in item.custom_timeouts.items())
            yield "custom_timeouts", call("pulumi.CustomTimeouts", timeouts)

    def _named(self, urns: Iterable[str]) -> Iterator[tuple[str, str]]:
        wanted = frozenset(urns)
        if unknown := wanted - self._variables.keys():
            message = f"{self._graph.stack}: no custom resources to depend on, got {unknown}"
            raise NotFlatError(message)
        return ((urn, name) for urn, name in self._variables.items() if urn in wanted)

    def _value(self, value: Value, shape: schema.Shape) -> str:
        if isinstance(value, dict):
            return self._map(value, shape)
        if isinstance(value, list):
            item_shape = shape.item if isinstance(shape, schema.ListOf) else schema.ANY
            return listed(self._value(item, item_shape) for item in value)
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, int) and (match := MARK.fullmatch(str(value))):
            return self._output(self._trace.reference(match))
        return repr(value)

    def _map(self, value: Properties, shape: schema.Shape) -> str:
        signature = value.get(SIGNATURE_KEY)
        if signature == SECRET:
            return call("pulumi.Output.secret", [("", self._value(value["value"], shape))])
        if signature is not None:
            message = f"a value of kind {signature} (an asset, say) cannot be flat yet"
            raise NotFlatError(message)
        options = shape.options if isinstance(shape, schema.OneOf) else (shape,)
        for option in options:
            if isinstance(option, schema.ObjectOf):
                return self._object(value, option.sdk_class)
        item_shapes = [option.item for option in options if isinstance(option, schema.MapOf)]
        item_shape = item_shapes[0] if item_shapes else schema.ANY
        return mapped({key: self._value(item, item_shape) for key, item in value.items()})

    def _object(self, value: Properties, sdk_class: type) -> str:
        shapes, names = schema.fields(sdk_class), python_names(sdk_class)
        arguments = (
            (names[key], self._value(item, shapes[key].shape)) for key, item in value.items()
        )
        return call(class_path(sdk_class), arguments)

    def _text(self, value: str) -> str:
        parts: list[str] = []
        end = 0
        for match in MARK.finditer(value):
            parts += [repr(value[end : match.start()])] if match.start() > end else []
            reference = self._trace.reference(match)
            # A number inside a text, or alone where a text is wanted, was made one by the program.
            as_text = "" if reference.is_text else ".apply(str)"
            parts.append(self._output(reference) + as_text)
            end = match.end()
        if not parts:
            return repr(value)
        parts += [repr(value[end:])] if value[end:] else []
        return (
            parts[0] if len(parts) == 1 else call("pulumi.Output.concat", (("", p) for p in parts))
        )

    def _output(self, reference: Reference) -> str:
        """Return the expression of an output, `vpc.id` or `cluster.certificate_authority.data`."""
        text = self._variables[reference.urn]
        if reference.path == (ID,):
            return f"{text}.id"
        resource_class = self._trace.classes[self._resources[reference.urn].type]
        shape: schema.Shape = schema.ObjectOf(resource_class)
        for step in reference.path:
            text, shape = _step(text, shape, step)
        return text


def _step(text: str, shape: schema.Shape, step: str | int) -> tuple[str, schema.Shape]:
    """Go one step into an output; maps and free-form values are indexed."""
    if isinstance(shape, schema.ObjectOf) and isinstance(step, str):
        known: Mapping[str, schema.Field] = _outputs(shape.sdk_class)
        return f"{text}.{python_names(shape.sdk_class)[step]}", known[step].shape
    inner = shape.item if isinstance(shape, schema.ListOf | schema.MapOf) else schema.ANY
    return f"{text}[{step!r}]", inner


def _outputs(sdk_class: type) -> Mapping[str, schema.Field]:
    """Return the properties of a resource or of a class of nested outputs."""
    return schema.outputs(sdk_class) or schema.fields(sdk_class)


def _in_order(value: Value) -> Value:
    """Return a value with sorted maps: the wire has no order, and a source should have one."""
    if isinstance(value, dict):
        return {key: _in_order(item) for key, item in sorted(value.items())}
    return [_in_order(item) for item in value] if isinstance(value, list) else value


def _decoded(value: Value, shape: schema.Shape) -> Value:
    """Return an input of a provider as the program gave it: all but texts travel as JSON."""
    is_json = isinstance(value, str) and shape != schema.Scalar("string")
    return json.loads(value) if is_json and isinstance(value, str) else value
