"""Which stacks belong to one environment."""

from pathlib import Path

import pytest

from infra.spec.mistakes import SpecError
from infra.spec.stacks import load_environment

BASE = """\
config:
  tokenworks:environment: prod
  tokenworks:layers: [foundation, platform]
  tokenworks:cloud: {provider: aws, region: us-east-1}
  tokenworks:gpuPools: [{name: l4, gpu: L4, spot: {max: 1}}]
  tokenworks:observability: {pagerduty: {}}
"""
MODELS = """\
config:
  tokenworks:extends: base
  tokenworks:models: [{name: m, source: o/m, weightsGib: 2, pool: l4, context: 4096}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A base, two stacks that extend it, and one that has nothing to do with it."""
    for name, text in {
        "base": BASE,
        "models-a": MODELS,
        "models-b": MODELS,
        "other": BASE,
    }.items():
        write(tmp_path, name, text)
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    (folder / f"Pulumi.{name}.yaml").write_text(text)


def names(stack: str, folder: Path) -> list[str]:
    return [spec.name for spec in load_environment(stack, folder)]


def test_a_base_brings_every_stack_that_extends_it(folder: Path) -> None:
    assert names("base", folder) == ["base", "models-a", "models-b"]


def test_a_stack_brings_what_it_stands_on_and_no_neighbour(folder: Path) -> None:
    assert names("models-b", folder) == ["base", "models-b"]


def test_a_stack_of_its_own_is_its_own_environment(folder: Path) -> None:
    assert names("other", folder) == ["other"]


def test_mistakes_of_all_stacks_are_reported_at_once(folder: Path) -> None:
    write(folder, "models-a", MODELS.replace("pool: l4", "pool: l5"))
    write(folder, "models-b", MODELS.replace("context: 4096", "context: 1"))

    with pytest.raises(SpecError) as refused:
        load_environment("base", folder)

    assert [mistake.setting for mistake in refused.value.mistakes] == [
        "models[m].pool",
        "models[m].context",
    ]
    assert "stack models-a: 1 mistake" in str(refused.value)
    assert "stack models-b: 1 mistake" in str(refused.value)


def test_a_file_that_cannot_be_read_is_nobodys_neighbour(folder: Path) -> None:
    write(folder, "broken", "config: [")

    assert names("base", folder) == ["base", "models-a", "models-b"]
