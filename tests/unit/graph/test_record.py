"""Running the program of a project folder as the language host does."""

import os
import sys
from pathlib import Path

import pytest

from infra.graph.record import project_file, record_stack, stack_config
from infra.graph.strict import GraphError
from infra.spec.mistakes import SpecError
from infra.wire import SECRET, SIGNATURE_KEY

PULUMI_YAML = """
name: sample
runtime: python
main: program
stackConfigDir: stacks
config:
  pulumi:disable-default-providers: {value: ["*"]}
  size: {type: integer, default: 2}
  region: us-east-1
"""
PROGRAM = """
import os
import sys

import pulumi

import beside

config = pulumi.Config("sample")
pulumi.export("cwd", os.path.basename(os.getcwd()))
pulumi.export("path", os.path.basename(sys.path[0]))
pulumi.export("name", __name__)
pulumi.export("beside", beside.VALUE)
pulumi.export("size", config.get_int("size"))
pulumi.export("zones", config.get_object("zones"))
pulumi.export("stack", f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}")
if config.get("extends"):
    base = pulumi.StackReference(f"organization/sample/{config.require('extends')}")
    pulumi.export("base size", base.require_output("size"))
if config.get("token"):
    pulumi.export("token", config.require_secret("token"))
if config.get_bool("broken"):
    raise RuntimeError("broken by configuration")
"""


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    (tmp_path / "program").mkdir()
    (tmp_path / "stacks").mkdir()
    (tmp_path / "Pulumi.yaml").write_text(PULUMI_YAML, encoding="utf-8")
    (tmp_path / "program" / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "program" / "beside.py").write_text("VALUE = 'here'\n", encoding="utf-8")
    _stack(tmp_path, "base", "config:\n  sample:size: 5\n  zones: [1, {a: true}]\n")
    _stack(tmp_path, "top", "config:\n  sample:extends: base\n")
    return tmp_path


def _stack(folder: Path, name: str, text: str) -> None:
    (folder / "stacks" / f"Pulumi.{name}.yaml").write_text(text, encoding="utf-8")


@pytest.fixture(autouse=True)
def _forget_the_programs_module() -> None:
    sys.modules.pop("beside", None)


def test_the_program_runs_in_its_folder_as_main(folder: Path) -> None:
    outputs = record_stack("base", folder=folder).outputs

    assert (outputs["cwd"], outputs["path"], outputs["name"]) == ("program", "program", "__main__")
    assert outputs["beside"] == "here"
    assert outputs["stack"] == "organization/sample/base"


def test_configuration_is_what_the_engine_would_hand_over(folder: Path) -> None:
    config, secrets = stack_config("base", project_file(folder))

    assert config == {
        "pulumi:disable-default-providers": '["*"]',
        "sample:region": "us-east-1",
        "sample:size": "5",
        "sample:zones": '[1, {"a": true}]',
    }
    assert secrets == ()


def test_defaults_of_the_project_file_hold_where_the_stack_says_nothing(folder: Path) -> None:
    assert record_stack("top", folder=folder).outputs["size"] == 2


def test_values_given_to_the_recording_replace_those_of_the_file(folder: Path) -> None:
    assert record_stack("base", config={"size": "7"}, folder=folder).outputs["size"] == 7


def test_an_encrypted_value_is_a_secret_that_nobody_decrypts(folder: Path) -> None:
    _stack(folder, "secret", "config:\n  sample:token: {secure: 'v1:abc'}\n")

    token = record_stack("secret", folder=folder).outputs["token"]

    assert token == {SIGNATURE_KEY: SECRET, "value": "[secret]"}


def test_a_stack_that_extends_another_reads_its_recorded_outputs(folder: Path) -> None:
    assert record_stack("top", folder=folder).outputs["base size"] == 5


def test_stacks_that_extend_each_other_in_a_circle_are_refused(folder: Path) -> None:
    _stack(folder, "base", "config:\n  sample:extends: top\n")

    with pytest.raises(ValueError, match=r"got top → base → top$"):
        record_stack("top", folder=folder)


def test_a_stack_without_a_file_is_refused(folder: Path) -> None:
    with pytest.raises(SpecError, match="there is no"):
        record_stack("nowhere", folder=folder)


def test_a_recording_leaves_folder_path_and_environment_as_they_were(folder: Path) -> None:
    before = (Path.cwd(), list(sys.path), dict(os.environ), sys.modules["__main__"])

    record_stack("top", folder=folder)
    with pytest.raises(RuntimeError, match="broken by configuration"):
        record_stack("base", config={"broken": "true"}, folder=folder)

    assert (Path.cwd(), list(sys.path), dict(os.environ), sys.modules["__main__"]) == before


def test_violations_name_the_stack(folder: Path) -> None:
    program = folder / "program" / "__main__.py"
    program.write_text("import pulumi_aws as aws\naws.ec2.Eip('lonely')\n", encoding="utf-8")

    with pytest.raises(GraphError, match="stack base: 1 violation"):
        record_stack("base", folder=folder)
