"""Earlier identities of resources: what an alias says, and what follows from those above it.

Owns the URNs that the engine would accept for a resource of the state. A child of an aliased parent
is known under the parent's earlier URN too, and under its earlier name where the child's name
begins with it (pulumi/pulumi v3.259.0, sdk/python `inherited_child_alias`).
"""

from collections.abc import Iterator

from infra.graph.model import Graph, Resource, child_urn


def earlier_urns(graph: Graph) -> dict[str, tuple[str, ...]]:
    """Return the earlier URNs of every resource, by URN, parents first."""
    found: dict[str, tuple[str, ...]] = {}
    by_urn = {item.urn: item for item in graph.resources}
    for item in graph.resources:  # parents are declared before their children
        urns = dict.fromkeys(_own(item, graph))
        parent = by_urn.get(item.parent or "")
        for earlier in found.get(item.parent or "", ()):
            name = item.name
            if parent and name.startswith(parent.name):
                name = earlier.split("::", maxsplit=3)[3] + name.removeprefix(parent.name)
            urns[child_urn(graph.stack, graph.project, earlier, item.type, name)] = None
            urns[child_urn(graph.stack, graph.project, earlier, item.type, item.name)] = None
        urns.pop(item.urn, None)
        found[item.urn] = tuple(urns)
    return found


def _own(item: Resource, graph: Graph) -> Iterator[str]:
    for alias in item.aliases:
        if alias.startswith("urn:"):
            yield alias
            continue
        parts = dict(part.split("=", 1) for part in alias.split(" ") if "=" in part)
        parent = parts.get("parent", item.parent)
        yield child_urn(
            parts.get("stack", graph.stack),
            parts.get("project", graph.project),
            None if parent == "(none)" else parent,
            parts.get("type", item.type),
            parts.get("name", item.name),
        )
