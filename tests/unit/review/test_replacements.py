"""The tables of what replaces: complete for our stacks, and in agreement with the rehearsal."""

import re
from pathlib import Path

import pulumi_aws
import pulumi_gcp
import pytest

from infra.graph import schema
from infra.rehearsal.kubernetes import diff
from infra.review.replacements import Effect, cloud_rows, judge
from tests.support.review import resource

GOLDENS = Path(__file__).parents[2] / "golden"
SDKS = {"aws": pulumi_aws, "gcp": pulumi_gcp}
GROUPS = {"": "v1", "apps": "apps/v1", "batch": "batch/v1"}


def cloud_types() -> set[str]:
    text = "".join(file.read_text(encoding="utf-8") for file in GOLDENS.glob("*.yaml"))
    return set(re.findall(r"^  type: ((?:aws|gcp):\S+)$", text, flags=re.MULTILINE))


def test_every_type_of_our_stacks_has_a_row_with_a_source() -> None:
    rows = cloud_rows()

    assert cloud_types() - rows.keys() == set()
    files = (".go", ".yaml@")
    assert [t for t, row in rows.items() if not any(file in row.source for file in files)] == []


@pytest.mark.parametrize("token", sorted(cloud_rows()))
def test_the_names_of_a_row_are_those_of_the_sdk(token: str) -> None:
    package, module, name = token.split(":")
    sdk_class = getattr(getattr(SDKS[package], module.split("/")[0]), name)
    arguments = schema.arguments_class(sdk_class)
    assert arguments is not None
    known = schema.fields(arguments)
    row = cloud_rows()[token]

    strange = {
        path for path in (*row.replaces, *row.updates, *row.may) if path.split(".")[0] not in known
    }

    assert strange == set()


@pytest.mark.parametrize("token", sorted(cloud_rows()))
def test_no_property_of_a_row_stands_twice(token: str) -> None:
    row = cloud_rows()[token]
    named = [*row.replaces, *row.updates, *row.may]

    assert len(named) == len(set(named))


def test_the_kubernetes_table_is_that_of_the_rehearsal() -> None:
    """Both were read from the same provider; one of them alone must not go stale."""
    for (group, kind), places in diff.IMMUTABLE.items():
        version = GROUPS.get(group, f"{group}/v1")
        thing = resource("kubernetes:x:X", "x", {"apiVersion": version, "kind": kind})
        for place in (*places, *diff.IDENTITY):
            path = ".".join(map(str, place))
            assert judge(thing, path).effect is Effect.REPLACE, (kind, path)


@pytest.mark.parametrize(
    ("inputs", "provider", "effect"),
    [
        ({}, {}, Effect.REPLACE),
        ({}, {"enableConfigMapMutable": "true"}, Effect.UPDATE),
        ({"immutable": True}, {"enableConfigMapMutable": "true"}, Effect.REPLACE),
    ],
)
def test_the_content_of_a_config_map_follows_the_provider(
    inputs: dict[str, bool], provider: dict[str, str], effect: Effect
) -> None:
    config_map = resource(
        "kubernetes:core/v1:ConfigMap", "c", {"apiVersion": "v1", "kind": "ConfigMap", **inputs}
    )
    by = resource("pulumi:providers:kubernetes", "k", {**provider})

    assert judge(config_map, "data.x", by).effect is effect
