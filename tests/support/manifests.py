"""What a stack puts into its cluster: its own objects, and those that its charts would render.

Owns finding them in a recorded graph, and the pods inside them. Does not own what is right about
them. Charts stand in by their placeholders (`infra.rehearsal.charts`), which refuse a chart that
they do not know: an unknown workload would otherwise pass every test unseen.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from infra.graph import kubernetes_objects
from infra.graph.model import Graph, Resource
from infra.rehearsal.charts import objects_of
from infra.rehearsal.charts.objects import part
from infra.wire import Properties, Value, plain, plain_properties
from tests.support.graphs import graph_of


@dataclass(frozen=True, slots=True)
class Manifest:
    """One object, as it is sent to the API server; symbols stand for what only an update knows."""

    body: Properties
    namespace: str
    """Empty for what has none."""
    chart: str | None = None
    """Chart that renders it; None for an object of our own."""

    @property
    def kind(self) -> str:
        return str(self.body["kind"])

    @property
    def name(self) -> str:
        return str(part(self.body, "metadata").get("name"))

    @property
    def title(self) -> str:
        """Namespace, kind and name, `models Deployment llama`."""
        return f"{self.namespace} {self.kind} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod, or the template of pods."""

    owner: Manifest
    metadata: Properties
    spec: Properties

    @property
    def labels(self) -> Properties:
        return part(self.metadata, "labels")

    @property
    def containers(self) -> list[Properties]:
        """Every container, those that run first included."""
        return [*maps(self.spec.get("initContainers")), *maps(self.spec.get("containers"))]


@dataclass(frozen=True, slots=True)
class Release:
    """A Helm release as the program declares it."""

    chart: str
    version: str
    repository: str
    name: str
    namespace: str
    values: Properties


@cache
def manifests_of(stack: str) -> tuple[Manifest, ...]:
    """Return every object that a stack puts into its cluster, by itself or through a chart."""
    graph = graph_of(stack)
    return (*objects_in(graph), *(item for made in releases_in(graph) for item in rendered(made)))


def pods_of(stack: str) -> tuple[Pod, ...]:
    """Return every pod of a stack."""
    return tuple(pod for manifest in manifests_of(stack) for pod in pods_in(manifest))


def objects_in(graph: Graph) -> tuple[Manifest, ...]:
    """Return the objects of a graph, without those of charts."""
    return tuple(
        _own(graph, item) for item in graph.resources if kubernetes_objects.is_object(item)
    )


def releases_in(graph: Graph) -> tuple[Release, ...]:
    """Return the Helm releases of a graph."""
    return tuple(
        _release(graph, item) for item in graph.resources if kubernetes_objects.is_release(item)
    )


def rendered(release: Release) -> tuple[Manifest, ...]:
    """Return the objects that stand for a release."""
    made = objects_of(
        release.chart, release.version, release.name, release.namespace, release.values
    )
    return tuple(
        Manifest(body, str(part(body, "metadata").get("namespace") or ""), release.chart)
        for body in made
    )


def pods_in(manifest: Manifest) -> Iterator[Pod]:
    """Yield what looks like a pod, wherever it stands: no list of kinds can miss one."""
    for template in _templates(manifest.body):
        yield Pod(manifest, part(template, "metadata"), part(template, "spec"))


def maps(value: Value) -> list[Properties]:
    """Return the maps of a list; nothing is an empty list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def texts(value: Value) -> list[str]:
    """Return a list as texts; nothing is an empty list."""
    return [str(item) for item in value] if isinstance(value, list) else []


def _own(graph: Graph, resource: Resource) -> Manifest:
    where = kubernetes_objects.namespace(resource, _provider(graph, resource))
    return Manifest(plain_properties(resource.inputs), where or "")


def _release(graph: Graph, resource: Resource) -> Release:
    inputs = plain_properties(resource.inputs)
    if inputs.get("valueYamlFiles"):
        message = f"{resource.name}: values must be in the program, got files"
        raise ValueError(message)
    # A chart of a registry is named by its whole address, and has no repository beside it.
    folder, _, chart = str(inputs["chart"]).rpartition("/")
    return Release(
        chart=chart,
        version=str(inputs.get("version") or ""),
        repository=str(part(inputs, "repositoryOpts").get("repo") or folder),
        name=kubernetes_objects.name(resource),
        namespace=str(kubernetes_objects.namespace(resource, _provider(graph, resource))),
        values=part(inputs, "values"),
    )


def _provider(graph: Graph, resource: Resource) -> Resource | None:
    return graph.resource(resource.provider) if resource.provider else None


def _templates(value: Value) -> Iterator[Properties]:
    value = plain(value)
    if isinstance(value, dict):
        if maps(part(value, "spec").get("containers")):
            yield value
            return
        for item in value.values():
            yield from _templates(item)
    elif isinstance(value, list):
        for item in value:
            yield from _templates(item)
