"""What our components use of AWS is simulated, and every row of the table can be trusted."""

import ast
import importlib
from pathlib import Path

import pulumi
import pytest

import components.aws
from infra.rehearsal.aws.catalogue import TYPES
from infra.rehearsal.aws.invokes import FUNCTIONS
from infra.rehearsal.cloud.schema import resource_schema

COMPONENTS = Path(next(iter(components.aws.__path__)))


def _used() -> list[str]:
    """Return dotted names under `aws.` that the components call, for example `ec2.Vpc`."""
    found: set[str] = set()
    for path in COMPONENTS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                if name.startswith("aws.") and not name.endswith("Args"):
                    found.add(name.removeprefix("aws."))
    return sorted(found)


def test_the_components_use_aws_at_all() -> None:
    assert "ec2.Vpc" in _used()
    assert "eks.Cluster" in _used()


@pytest.mark.parametrize("name", _used())
def test_what_a_component_uses_is_simulated(name: str) -> None:
    if name == "Provider":
        return
    home, _dot, last = name.rpartition(".")
    module = importlib.import_module(f"pulumi_aws.{home}" if home else "pulumi_aws")
    used = getattr(module, last)
    if isinstance(used, type) and issubclass(used, pulumi.CustomResource):
        assert used.pulumi_type in TYPES
    else:
        words = last.removesuffix("_output").split("_")
        camel = words[0] + "".join(word.capitalize() for word in words[1:])
        assert f"aws:{home or 'index'}/{camel}:{camel}" in FUNCTIONS


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_a_row_names_only_properties_that_the_sdk_has(kind: str) -> None:
    row, schema = TYPES[kind], resource_schema(kind)
    mentioned = {*row.elsewhere, *row.settings, *row.kept, *row.in_place} - {"tagsAll"}
    mentioned |= row.computed_blocks | ({row.autoname} if row.autoname else set())

    assert mentioned <= schema.inputs.keys()
    assert row.volatile <= schema.outputs.keys()
    assert ("tags" in schema.inputs) == (row.tags is not None) == (row.retag is not None)
