"""What a stack asks of a managed service, as the tables of this folder have it."""

from infra.graph.model import Graph
from infra.wire import Properties

MARKS = ("tags", "labels", "userLabels")
"""Whose a thing is: `tests/unit/components/test_contract.py` looks at those."""


def asked(graph: Graph, *kinds: str) -> dict[str, Properties]:
    """Return every setting of resources of some kinds (`s3`, `monitoring/alertPolicy`), by name.

    Also `protect`, which is Pulumi's; without the stack's name in front of each name.
    """
    return {
        item.name.removeprefix(f"{graph.stack}-"): {
            **{name: value for name, value in item.inputs.items() if name not in MARKS},
            "protect": item.protect,
        }
        for item in graph.resources
        if item.custom
        and any(f":{kind}/" in item.type or f":{kind}:" in item.type for kind in kinds)
    }
