"""The flat twin: plain source that declares what the program declares."""

from pathlib import Path

import pytest

from benchmarks.equal import differences
from benchmarks.flat import NotFlatError, flat_program
from benchmarks.projects import write_flat_project, write_real_project
from benchmarks.trace import trace_stack
from infra.graph.model import Graph
from infra.graph.record import record_stack
from infra.spec.files import load_stack_file
from tests.support.stacks import STACKS
from tests.unit.benchmarks.samples import PROGRAM, STACK, write_sample


@pytest.fixture(name="graphs", scope="module")
def _graphs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Graph, Graph]:
    folder = tmp_path_factory.mktemp("sample")
    real = write_sample(folder / "real")
    flat = write_flat_project(folder / "flat", STACK, real)
    return record_stack(STACK, folder=real), record_stack(STACK, folder=flat)


@pytest.fixture(name="source", scope="module")
def _source(tmp_path_factory: pytest.TempPathFactory) -> str:
    return flat_program(trace_stack(STACK, write_sample(tmp_path_factory.mktemp("s") / "real")))


def _is_whole(stack: str) -> bool:
    """Say whether a stack stands alone and has pools and models of its own to be enlarged."""
    spec = load_stack_file(stack)
    return spec.extends is None and bool(spec.models)


WHOLE = [stack for stack in STACKS if _is_whole(stack)]


@pytest.mark.thorough
@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("stack", WHOLE)
def test_the_flat_twin_of_a_stack_declares_the_same(stack: str, times: int, tmp_path: Path) -> None:
    real = write_real_project(tmp_path / "real", stack, times)
    flat = write_flat_project(tmp_path / "flat", stack, real)

    ours, twin = record_stack(stack, folder=real), record_stack(stack, folder=flat)

    assert list(differences(ours, twin)) == []
    groups = [*twin.of_type("NodeGroup"), *twin.of_type("NodePool")]
    assert len(groups) == 1 + 2 * times, "the stack did not grow"


def test_the_flat_twin_of_a_sample_declares_the_same(graphs: tuple[Graph, Graph]) -> None:
    assert list(differences(*graphs)) == []


def test_the_flat_twin_has_no_components(graphs: tuple[Graph, Graph]) -> None:
    ours, flat = graphs

    assert not all(item.custom for item in ours.resources)
    assert all(item.custom and item.parent is None for item in flat.resources)


def test_a_value_from_another_resource_is_its_output_again(source: str) -> None:
    assert "vpc_id=net_vpc.id," in source
    assert "namespace=home_namespace.metadata.name," in source


def test_an_output_inside_a_text_is_joined_with_it(source: str) -> None:
    expected = """\
    user_data=pulumi.Output.concat(
        'subnet=',
        net_subnet.id,
        '\\nvpc=',
        net_vpc.arn,
    ),"""
    assert expected in source


def test_a_number_that_became_a_text_becomes_one_again(source: str) -> None:
    assert "version=template_launchtemplate.latest_version.apply(str)," in source


def test_a_value_that_only_looks_like_an_output_stays_as_it_is(source: str) -> None:
    assert "'a.b/c': 'home'," in source


def test_a_child_waits_for_what_its_component_waits_for(graphs: tuple[Graph, Graph]) -> None:
    ours, flat = graphs

    assert ours.named("net", "Vpc").dependencies == ()
    assert flat.named("net", "Vpc").dependencies == (flat.named("logs").urn,)


def test_a_secret_is_a_secret_in_the_flat_twin(graphs: tuple[Graph, Graph]) -> None:
    _, flat = graphs

    assert flat.named("token").secret_paths == ("data.token",)


def test_what_only_an_import_would_create_is_refused(tmp_path: Path) -> None:
    program = PROGRAM.replace("protect=True", "import_='/logs'")

    with pytest.raises(NotFlatError, match="logs"):
        flat_program(trace_stack(STACK, write_sample(tmp_path / "real", program)))
