"""Stack files on disk."""

from pathlib import Path

import pytest

from infra.spec.files import load_stack_file, read_stack_file, stack_names
from infra.spec.mistakes import Mistake, SpecError


def refused(folder: Path, text: str, name: str = "aws-dev") -> Mistake:
    """Return the mistake of reading a file with this text."""
    (folder / "Pulumi.aws-dev.yaml").write_text(text)
    with pytest.raises(SpecError) as caught:
        read_stack_file(name, folder)
    (mistake,) = caught.value.mistakes
    return mistake


def test_a_value_knows_its_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.a.yaml").write_text(
        "config:\n  tokenworks:models:\n    - name: a\n      replicas: {min: 1,\n        max: 2}\n"
    )

    read = read_stack_file("a", tmp_path)

    assert read.place(("models", 0, "name")) == "stacks/Pulumi.a.yaml:3"
    assert read.place(("models", 0, "replicas", "max")) == "stacks/Pulumi.a.yaml:5"


def test_an_absent_value_is_where_its_group_is(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.a.yaml").write_text("config:\n\n  tokenworks:cloud: {provider: aws}\n")

    assert read_stack_file("a", tmp_path).place(("cloud", "region")) == "stacks/Pulumi.a.yaml:3"


def test_a_setting_that_is_written_twice_is_refused(tmp_path: Path) -> None:
    mistake = refused(tmp_path, "config:\n  tokenworks:cloud:\n    zones: 2\n    zones: 3\n")

    assert (mistake.setting, mistake.got) == ("cloud.zones", "lines 3 and 4")


def test_a_file_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    mistake = refused(tmp_path, "config: {}", name="aws-dve")

    assert mistake.problem == "there is no stacks/Pulumi.aws-dve.yaml"
    assert (mistake.allowed, mistake.next_step) == ("one of: aws-dev", "did you mean aws-dev?")


@pytest.mark.parametrize("text", ["config: [", "config:\n\ttokenworks:cloud: {}", "a: !x {}: :"])
def test_a_file_that_is_not_yaml_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    mistake = refused(tmp_path, text)

    assert mistake.problem == "is not YAML"
    assert mistake.where.startswith("stacks/Pulumi.aws-dev.yaml:")


@pytest.mark.parametrize("text", ["", "- a", "config:", "cloud: {}", "config: []"])
def test_a_file_without_settings_is_refused(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, text).setting == "config"


def test_an_unknown_tag_is_refused_and_not_run(tmp_path: Path) -> None:
    mistake = refused(tmp_path, "config:\n  tokenworks:cloud: !!python/name:os.system x\n")

    assert mistake.problem == "is not YAML"


def test_every_shipped_stack_loads() -> None:
    assert "aws-dev" in stack_names()
    for name in stack_names():
        assert load_stack_file(name).name == name


def test_the_development_stack_is_what_its_issue_asks_for() -> None:
    spec = load_stack_file("aws-dev")
    pool, model = spec.pool("l4"), spec.models[0]

    assert spec.cluster.kubernetes_version == "1.35"
    assert [len(spec.gpu_pools), len(spec.models), len(spec.layers)] == [1, 1, 3]
    assert pool.on_demand is not None
    assert pool.spot is not None
    assert (pool.on_demand.min, pool.on_demand.max) == (0, 1)
    assert (pool.spot.min, pool.spot.max) == (0, 2)
    assert (pool.gpu, pool.machine_type) == ("L4", "g6.2xlarge")
    assert (model.source, model.engine, model.object_name) == (
        "Qwen/Qwen2.5-7B-Instruct",
        "vllm",
        "qwen2-5-7b",
    )
