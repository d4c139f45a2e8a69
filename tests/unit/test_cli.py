"""The command line as a person meets it: exit codes, reports, and nothing started by mistake."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.spec.files import STACKS_FOLDER
from tests.support.projects import make_project, stack_config

TOKENWORKS = Path(sys.executable).with_name("tokenworks")
FIVE_PARTS = ("got:", "allowed:", "next:")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(TOKENWORKS), *arguments],
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def ten_mistakes() -> dict[str, object]:
    config = stack_config()
    config["tokenworks:cloud"] = {"provider": "aws", "region": "us-east-9", "zones": 7}
    config["tokenworks:cluster"] = {"kubernetesVersion": "1.29", "endpointAccess": ["10.0.0.1/8"]}
    config["tokenworks:gpuPools"] = [
        {"name": "l4", "gpu": "L5", "onDemand": {"min": 4, "max": 1}, "diskGib": 5}
    ]
    config["tokenworks:models"] = [
        {
            "name": "qwen2.5-7b",
            "source": "Qwen/Qwen2.5-7B-Instruct",
            "pool": "l40s",
            "context": -1,
            "replicas": {"min": 1, "max": 5},
        }
    ]
    return config


def test_ten_mistakes_are_ten_reports_in_one_go_and_nothing_starts(tmp_path: Path) -> None:
    project = make_project(tmp_path / "it", {"aws-dev": ten_mistakes()})

    done = run("rehearse", "aws-dev", "--project", str(project))

    assert done.returncode == 2
    headline, *reports = done.stderr.strip().split("\n\n")
    assert headline == "stack aws-dev: 10 mistakes"
    assert {report.split(":")[0] for report in reports} == {
        "cloud.zones",
        "cloud.region",
        "cluster.kubernetesVersion",
        "cluster.endpointAccess[0]",
        "gpuPools[l4].onDemand",
        "gpuPools[l4].diskGib",
        "gpuPools[l4].gpu",
        "models[qwen2.5-7b].context",
        "models[qwen2.5-7b].replicas.max",
        "models[qwen2.5-7b].pool",
    }
    for report in reports:
        assert all(part in report for part in FIVE_PARTS), report
    assert not (project / ".rehearsal").exists()
    assert done.stdout == ""


def test_the_command_line_starts_without_the_form_of_stack_files() -> None:
    heavy = ("pydantic", "yaml", "boto3", "google.auth", "pulumi", "urllib3", "infra.spec.stack")
    program = f"import sys, infra.cli; print([one for one in {heavy!r} if one in sys.modules])"

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "command", [["lock", "aws-dev", "--look"], ["destroy", "aws-dev", "--look"]]
)
def test_credentials_that_are_not_there_are_said_in_one_line(
    command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")

    done = run(*command)

    assert done.returncode == 2
    assert done.stderr == (
        "credentials: ProfileNotFound: The config profile (nobody) could not be found\n"
    )


@pytest.mark.parametrize(
    "command",
    [
        ["explain"],
        pytest.param(["rehearse"], marks=pytest.mark.thorough),
        pytest.param(["render", "--out", "there"], marks=pytest.mark.thorough),
    ],
)
def test_a_stack_that_is_not_there_is_a_mistake_too(command: list[str], tmp_path: Path) -> None:
    done = run(
        command[0], "aws-deb", *[str(tmp_path / a) if a == "there" else a for a in command[1:]]
    )

    assert done.returncode == 2
    assert "did you mean aws-dev?" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.thorough
def test_explain_as_json_has_value_and_origin_of_every_setting() -> None:
    settings = {
        item["setting"]: item for item in json.loads(run("explain", "aws-dev", "--json").stdout)
    }

    assert settings["gpuPools[l4].machineType"] == {
        "setting": "gpuPools[l4].machineType",
        "value": "g6.2xlarge",
        "origin": "catalogue (1 x L4)",
    }


@pytest.mark.thorough
def test_render_writes_every_object_and_says_how_many(tmp_path: Path) -> None:
    done = run("render", "aws-dev", "--out", str(tmp_path / "rendered"))

    assert done.returncode == 0, done.stderr
    files = [path for path in (tmp_path / "rendered").rglob("*.yaml") if path.is_file()]
    assert done.stdout.startswith(f"{len(files)} files in ")


@pytest.mark.thorough
def test_render_leaves_a_folder_alone_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")

    done = run("render", "aws-dev", "--out", str(tmp_path))

    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.thorough
def test_a_token_without_credentials_is_refused_with_the_next_step() -> None:
    done = run("kube-token", "--cluster", "c", "--region", "us-east-1")

    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "credentials" in done.stderr


def test_a_translation_is_proposed_and_nothing_is_written() -> None:
    before = sorted(STACKS_FOLDER.iterdir())

    ran = run("translate", "aws-dev", "--to", "gcp", "--project", "my-project")

    assert ran.returncode == 0, ran.stderr
    assert "cloud.region: us-east-1 -> us-east4" in ran.stdout
    assert "project: my-project" in ran.stdout
    assert sorted(STACKS_FOLDER.iterdir()) == before


@pytest.mark.thorough
def test_a_translation_is_not_written_over_a_stack_that_is_there() -> None:
    ran = run("translate", "aws-dev", "--to", "gcp", "--write")

    assert ran.returncode == 2
    assert "Pulumi.gcp-dev.yaml: there already" in ran.stderr


@pytest.mark.thorough
def test_a_stack_that_is_on_the_cloud_already_is_not_translated() -> None:
    ran = run("translate", "gcp-dev", "--to", "gcp")

    assert (ran.returncode, ran.stdout) == (2, "")
    assert "gcp-dev is on gcp already" in ran.stderr
