"""The recorded graph against the log of a real preview of the same program."""

import runpy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from infra.graph.compare import Difference, compare
from infra.graph.engine_log import EngineLogError, read_log
from infra.graph.model import Graph, Resource
from infra.graph.recorder import record_program
from infra.wire import SECRET, SIGNATURE_KEY, UNKNOWN

SAMPLES = Path(__file__).resolve().parents[2] / "support" / "samples"
LOG = SAMPLES / "engine_preview.jsonl"
PROGRAM = SAMPLES / "engine_preview_program.py"


@pytest.fixture(scope="module", name="real")
def _real() -> Graph:
    return read_log(LOG)


@pytest.fixture(scope="module", name="recorded")
def _recorded() -> Graph:
    return record_program(
        lambda: runpy.run_path(str(PROGRAM), run_name="__main__"), stack="dev", project="sample"
    )


def _changed(graph: Graph, name: str, change: Callable[[Resource], Resource]) -> Graph:
    resources = tuple(change(item) if item.name == name else item for item in graph.resources)
    return replace(graph, resources=resources)


def test_a_real_preview_is_read_into_a_graph(real: Graph) -> None:
    assert (real.project, real.stack) == ("sample", "dev")
    assert real.named("sample-subnet").inputs["vpcId"] == UNKNOWN
    assert real.named("sample-subnet").protect
    assert real.outputs == {"region": "us-east-1"}
    assert [item.token.rpartition(":")[2] for item in real.invokes] == ["getAvailabilityZones"]


def test_provider_ids_are_ignored(real: Graph, recorded: Graph) -> None:
    assert real.named("sample-vpc").provider == recorded.named("sample-vpc").provider


def test_the_recorded_graph_equals_the_real_preview(recorded: Graph, real: Graph) -> None:
    assert compare(recorded, real) == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda item: replace(item, type="aws:ec2/vpc:Vpc"), "type"),
        (lambda item: replace(item, parent=None), "parent"),
        (lambda item: replace(item, provider="urn:other"), "provider"),
        (lambda item: replace(item, protect=False), "protect"),
        (lambda item: replace(item, custom_timeouts={"create": "9m"}), "custom_timeouts"),
        (lambda item: replace(item, aliases=("name=old",)), "aliases"),
        (lambda item: replace(item, ignore_changes=()), "ignore_changes"),
        (lambda item: replace(item, dependencies=()), "dependencies"),
        (lambda item: replace(item, property_dependencies={}), "property_dependencies"),
        (
            lambda item: replace(item, inputs=item.inputs | {"cidrBlock": "10.9.0.0/24"}),
            "inputs.cidrBlock",
        ),
        (lambda item: replace(item, inputs=item.inputs | {"extra": 1}), "inputs.extra"),
        (lambda item: replace(item, inputs={"vpcId": item.inputs["vpcId"]}), "inputs.cidrBlock"),
    ],
)
def test_any_change_of_a_resource_is_a_difference(
    recorded: Graph, real: Graph, change: Callable[[Resource], Resource], path: str
) -> None:
    differences = compare(_changed(recorded, "sample-subnet", change), real)

    assert path in [item.path for item in differences]
    assert {item.urn for item in differences} == {real.named("sample-subnet").urn}


def test_a_resource_on_one_side_only_is_a_difference(recorded: Graph, real: Graph) -> None:
    fewer = replace(recorded, resources=recorded.resources[:-1])
    urn = recorded.resources[-1].urn

    assert compare(fewer, real) == [Difference(urn, "resource", "absent", "declared")]
    assert compare(recorded, replace(real, resources=real.resources[:-1])) != []


def test_a_value_unknown_in_the_preview_must_have_been_declared(
    recorded: Graph, real: Graph
) -> None:
    without = _changed(
        recorded,
        "sample-subnet",
        lambda item: replace(
            item, inputs={key: value for key, value in item.inputs.items() if key != "vpcId"}
        ),
    )

    assert [(item.path, item.real) for item in compare(without, real)] == [
        ("inputs.vpcId", "unknown")
    ]


def test_text_around_a_symbol_must_be_the_same(recorded: Graph, real: Graph) -> None:
    """The preview knew the ARN (its provider gave one); ours is a symbol inside the same JSON."""
    policy = '{"vpc": "${sample-vpc.arn}", "name": "another"}'

    differences = compare(
        _changed(
            recorded,
            "sample-role",
            lambda item: replace(item, inputs={"assumeRolePolicy": policy}),
        ),
        real,
    )

    assert [item.path for item in differences] == ["inputs.assumeRolePolicy"]


def test_a_difference_inside_a_secret_is_named_without_its_value(
    recorded: Graph, real: Graph
) -> None:
    secret = {SIGNATURE_KEY: SECRET, "value": {"token": "other-marker"}}

    differences = compare(
        _changed(
            recorded,
            "sample-secret",
            lambda item: replace(item, inputs=item.inputs | {"stringData": secret}),
        ),
        real,
    )

    assert [item.path for item in differences] == ["inputs.stringData"]
    assert "marker" not in str(differences[0])


def test_a_secret_that_is_no_secret_in_the_other_graph_is_a_difference(
    recorded: Graph, real: Graph
) -> None:
    plain = {"token": "marker"}

    differences = compare(
        _changed(
            recorded,
            "sample-secret",
            lambda item: replace(item, inputs=item.inputs | {"stringData": plain}),
        ),
        real,
    )

    assert [(item.path, item.recorded, item.real) for item in differences] == [
        ("inputs.stringData", "no secret", "a secret")
    ]


def test_a_log_of_two_previews_is_refused(tmp_path: Path) -> None:
    twice = tmp_path / "log"
    twice.write_text(LOG.read_text(encoding="utf-8") * 2, encoding="utf-8")

    with pytest.raises(EngineLogError, match="must hold one preview, got several"):
        read_log(twice)


def test_a_log_without_a_preview_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "log"
    empty.touch()

    with pytest.raises(EngineLogError, match="no stack registration"):
        read_log(empty)
