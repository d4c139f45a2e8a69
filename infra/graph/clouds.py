"""Both clouds side by side: `docs/clouds.md`, held against the recorded graphs.

Owns the document and its proof: every resource type, function and chart that the stacks of only one
cloud use is in a row of `clouds_concepts`; every entry of a row is in a recorded graph; a row with
one side only has a reason. As a module, writes the document.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from infra.graph.clouds_concepts import CONCEPTS
from infra.graph.concept import Concept
from infra.graph.model import Graph
from infra.graph.record import PROJECT_FOLDER, record_stack
from infra.spec.files import load_stack_file, stack_names
from infra.wire import Value, plain, plain_properties

DOCUMENT = PROJECT_FOLDER / "docs" / "clouds.md"
CLOUDS = ("aws", "gcp")
_HEAD = """\
# The same platform on both clouds

What a platform needs of a cloud, and by which resources each gives it.
`make golden` writes this file from the recorded graphs; rows: `infra/graph/clouds_concepts*.py`.
A type that only the stacks of one cloud use, and that no row names, fails a test.
So does a row with one side and no reason.
`type` (`setting`) is a setting of a resource; functions are calls that only read.

| concept | AWS | Google Cloud | what differs, and why |
|---|---|---|---|
"""
_CLUSTER = {"kubernetesVersion": "1.35", "endpointAccess": ["203.0.113.0/24"]}
_LOGS = {"pagerduty": {}, "logs": {"store": "cloud"}}
_POOL = {"gpu": "H100", "gpusPerNode": 8}
_WITH_EVERYTHING: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "aws": (
        "aws-prod",
        {
            "cluster": _CLUSTER
            | {
                "admins": ["arn:aws:iam::123456789012:role/admin"],
                "modelDeployers": ["arn:aws:iam::123456789012:role/ci"],
            },
            "observability": _LOGS | {"metrics": {"managed": True}},
            "gpuPools": [
                _POOL
                | {"name": "fast", "onDemand": {"max": 1}, "efa": True, "placementGroup": True},
                _POOL
                | {
                    "name": "block",
                    "onDemand": {"min": 2, "max": 2},
                    "reservation": {
                        "id": "cr-0123456789abcdef0",
                        "kind": "capacity-block",
                        "zone": "us-east-1a",
                    },
                },
            ],
        },
    ),
    "gcp": (
        "gcp-prod",
        {
            "cluster": _CLUSTER
            | {
                "admins": ["user:admin@example.com"],
                "modelDeployers": ["serviceAccount:ci@example-llm-prod.iam.gserviceaccount.com"],
            },
            "observability": _LOGS,
            "gpuPools": [
                _POOL
                | {
                    "name": "close",
                    "spot": {"max": 1},
                    "flexStart": {"max": 1},
                    "placementGroup": True,
                },
                _POOL
                | {
                    "name": "reserved",
                    "onDemand": {"max": 1},
                    "reservation": {
                        "id": "h100",
                        "kind": "capacity-reservation",
                        "zone": "us-central1-a",
                    },
                },
            ],
        },
    ),
}
"""Cloud to one of its stacks with what no stack file of ours switches on."""


@cache
def recorded(cloud: str) -> tuple[Graph, ...]:
    """Return the graphs of all stacks of a cloud, and of one with everything that it may have."""
    stack, sections = _WITH_EVERYTHING[cloud]
    config = {f"tokenworks:{name}": json.dumps(value) for name, value in sections.items()}
    own = [name for name in stack_names() if load_stack_file(name).cloud.provider == cloud]
    return (*map(record_stack, own), record_stack(stack, config=config))


def entries(graphs: Iterable[Graph]) -> dict[str, list[Value]]:
    """Return what graphs are made of, as rows spell it, each with the inputs that it was given."""
    found: dict[str, list[Value]] = {}
    for graph in graphs:
        for item in graph.resources:
            if item.custom:
                inputs = dict(plain_properties(item.inputs))
                found.setdefault(_spelled(item.type, inputs), []).append(inputs)
        for invoke in graph.invokes:
            found.setdefault(f"fn {_short(invoke.token)}", []).append(None)
    return found


def problems(
    concepts: Sequence[Concept], aws: Mapping[str, list[Value]], gcp: Mapping[str, list[Value]]
) -> list[str]:
    """Return what is wrong with the rows, one sentence each; empty when nothing is."""
    found: list[str] = []
    for concept in concepts:
        for cloud, names, seen in (("aws", concept.aws, aws), ("gcp", concept.gcp, gcp)):
            found += [
                f"{concept.name}: no stack of {cloud} has {name!r}"
                for name in names
                if not _is_seen(name, seen)
            ]
        if not (concept.aws and concept.gcp) and not concept.differs:
            found.append(f"{concept.name}: is on one cloud only, and says no reason")
    for cloud, ours, others in (("aws", aws, gcp), ("gcp", gcp, aws)):
        named = {_kind(name) for concept in concepts for name in getattr(concept, cloud)}
        found += [
            f"{name}: only stacks of {cloud} have it, and no row names it"
            for name in sorted(ours.keys() - others.keys() - named)
        ]
    return found


def document(concepts: Sequence[Concept] = CONCEPTS) -> str:
    """Return the text of the document."""
    rows = [
        f"| {concept.name} | {_cell(concept.aws)} | {_cell(concept.gcp)} | {concept.differs} |\n"
        for concept in concepts
    ]
    return _HEAD + "".join(rows)


def _cell(names: Sequence[str]) -> str:
    return "<br>".join(map(_named, names)) or "none"


def _named(name: str) -> str:
    first, _, rest = name.partition(" ")
    if first in ("fn", "chart"):
        return f"{'function' if first == 'fn' else first} `{rest}`"
    return f"`{first}` (`{rest}`)" if rest else f"`{first}`"


def _kind(name: str) -> str:
    """Return an entry without its setting."""
    first, _, _ = name.partition(" ")
    return name if first in ("fn", "chart") else first


def _is_seen(name: str, seen: Mapping[str, list[Value]]) -> bool:
    if name in seen:
        return True
    kind, _, path = name.partition(" ")
    return bool(path) and any(_has(inputs, path.split(".")) for inputs in seen.get(kind, []))


def _has(value: Value, path: Sequence[str]) -> bool:
    if not path:
        return value is not None
    if isinstance(value, list):
        return any(_has(item, path) for item in value)
    return isinstance(value, dict) and _has(plain(value.get(path[0])), path[1:])


def _spelled(type_token: str, inputs: Mapping[str, Value]) -> str:
    if type_token.startswith("kubernetes:helm"):
        return f"chart {inputs.get('chart')}"
    return _short(type_token)


def _short(token: str) -> str:
    """Return `eks.NodeGroup` for `aws:eks/nodeGroup:NodeGroup`; Kubernetes has no module."""
    package, module, name = token.split(":")
    if package == "kubernetes":
        return name
    return f"{module.partition('/')[0]}.{name}"


def main() -> None:
    """Write the document; a row that does not hold is told, and nothing is written."""
    wrong = problems(CONCEPTS, *(entries(recorded(cloud)) for cloud in CLOUDS))
    if wrong:
        sys.stderr.write("\n".join(wrong) + "\n")
        sys.exit(1)
    changed = not DOCUMENT.is_file() or DOCUMENT.read_text(encoding="utf-8") != document()
    DOCUMENT.write_text(document(), encoding="utf-8")
    path = Path(DOCUMENT).relative_to(PROJECT_FOLDER)
    sys.stdout.write(f"{'changed' if changed else 'unchanged'}: {path}\n")


if __name__ == "__main__":
    main()
