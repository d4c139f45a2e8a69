"""The two clouds side by side: the document says what the recorded graphs say."""

from dataclasses import replace

import pytest

from infra.graph import clouds
from infra.graph.clouds_concepts import CONCEPTS
from infra.graph.concept import Concept
from infra.wire import Value

thorough = pytest.mark.thorough
"""Every stack of both clouds is recorded once more, with two that have everything."""


@pytest.fixture(scope="module")
def seen() -> tuple[dict[str, list[Value]], dict[str, list[Value]]]:
    aws, gcp = (clouds.entries(clouds.recorded(cloud)) for cloud in clouds.CLOUDS)
    return aws, gcp


Seen = tuple[dict[str, list[Value]], dict[str, list[Value]]]


@thorough
def test_every_row_holds_and_nothing_of_one_cloud_is_without_a_row(seen: Seen) -> None:
    assert clouds.problems(CONCEPTS, *seen) == []


def test_the_document_is_what_the_rows_say() -> None:
    written = clouds.DOCUMENT.read_text(encoding="utf-8")

    assert written == clouds.document(), "run `make golden` and review docs/clouds.md"


@thorough
@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("window for upgrades", None),
        ("flow logs", "ec2.FlowLog"),
        ("autoscaler of nodes", "chart cluster-autoscaler"),
        ("zones", "fn index.getAvailabilityZones"),
        ("logs", "logging.ProjectSink"),
    ],
)
def test_a_row_that_is_missing_leaves_what_it_named_unexplained(
    name: str, lost: str | None, seen: Seen
) -> None:
    found = clouds.problems([row for row in CONCEPTS if row.name != name], *seen)

    assert any(lost in item for item in found) if lost else not found


@thorough
def test_a_concept_of_one_cloud_needs_a_reason(seen: Seen) -> None:
    one_sided = [row for row in CONCEPTS if not (row.aws and row.gcp)]
    assert one_sided

    for row in one_sided:
        without = [replace(row, differs="") if item is row else item for item in CONCEPTS]
        assert clouds.problems(without, *seen) == [
            f"{row.name}: is on one cloud only, and says no reason"
        ]


@thorough
@pytest.mark.parametrize(
    "entry", ["eks.Nodegroup", "eks.NodeGroup capacity", "chart unheard-of", "fn ec2.getNothing"]
)
def test_an_entry_that_no_stack_has_is_found(entry: str, seen: Seen) -> None:
    row = Concept("made up", (entry,), ("container.NodePool",))

    assert clouds.problems([*CONCEPTS, row], *seen) == [f"made up: no stack of aws has {entry!r}"]


def test_rows_have_names_of_their_own() -> None:
    names = [row.name for row in CONCEPTS]

    assert len(names) == len(set(names))
