"""The workflow that builds and pushes images: what it may do, and whose code it runs."""

import re

import yaml

from infra.wire import Properties, Value
from tests.support.dockerfiles import DOCKERFILES, ROOT, copied
from tests.support.manifests import maps

WORKFLOWS = ROOT / ".github" / "workflows"
IMAGES = WORKFLOWS / "images.yml"
FORTY = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")


def _jobs() -> dict[str, Properties]:
    return yaml.safe_load(IMAGES.read_text(encoding="utf-8"))["jobs"]


def _steps() -> list[tuple[str, Properties]]:
    return [(name, step) for name, job in _jobs().items() for step in maps(job["steps"])]


def test_the_code_of_a_change_gets_a_token_that_reads_and_nothing_else() -> None:
    build = _jobs()["build"]

    assert build["if"] == "github.event_name == 'pull_request'"
    assert build["permissions"] == {"contents": "read"}
    assert "vars." not in yaml.safe_dump(build)
    assert "secrets." not in IMAGES.read_text(encoding="utf-8")


def test_only_whoever_is_let_into_the_environment_can_say_who_they_are_to_a_cloud() -> None:
    whole = yaml.safe_load(IMAGES.read_text(encoding="utf-8"))
    push = _jobs()["push"]

    assert whole["permissions"] == {}
    assert push["permissions"] == {"actions": "read", "contents": "read", "id-token": "write"}
    assert push["environment"] == "images"
    assert push["if"] == "github.event_name == 'workflow_dispatch'"


def test_actions_are_pinned_by_commit_and_programs_by_version() -> None:
    used = [str(step["uses"]) for _, step in _steps() if "uses" in step]
    installed = re.findall(r"go install (\S+)", IMAGES.read_text(encoding="utf-8"))

    assert used
    assert all(FORTY.fullmatch(action) for action in used)
    assert len(installed) == 3
    assert all(re.search(r"@v\d+\.\d+\.\d+$", program) for program in installed)


def test_nothing_that_somebody_typed_becomes_a_part_of_a_script() -> None:
    def scripts(value: Value) -> str:
        return str(value or "")

    assert not [name for name, step in _steps() if "${{" in scripts(step.get("run"))]


def test_every_file_of_an_image_starts_the_workflow() -> None:
    paths = yaml.safe_load(IMAGES.read_text(encoding="utf-8"))[True]["pull_request"]["paths"]

    elsewhere = {file for path in DOCKERFILES.values() for file in copied(path)}
    elsewhere = {file for file in elsewhere if not file.startswith("images/")}

    assert "images/**" in paths
    assert elsewhere
    assert elsewhere <= {*paths}
