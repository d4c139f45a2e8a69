"""`tokenworks model add`, as a data scientist has it."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from infra.additions.cost import Bill, bills
from infra.additions.model import propose_model
from infra.additions.model_entry import ModelRequest
from infra.cost.estimate import estimate_stack
from infra.spec.files import STACKS_FOLDER, load_stack_file, stack_text
from tests.support import command
from tests.support.projects import make_project
from tests.support.stack_folder import added_lines, copied_stacks

DAY = date(2026, 11, 27)
KNOWN = "Qwen/Qwen3-8B"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    made = make_project(tmp_path / "it", {})
    (made / "stacks").rmdir()
    copied_stacks(made / "stacks")
    return made


def test_a_model_is_added_with_all_that_a_person_needs_to_know(project: Path) -> None:
    before = stack_text("aws-dev", project / "stacks")

    done = command.run("model", "add", "aws-dev", "--source", KNOWN, project=project)

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    added = added_lines(before, stack_text("aws-dev", project / "stacks"))
    assert "".join(f"+{line}" for line in added) in done.stdout
    for word in ("model", "runs on", "memory", "room", "cost", "next", "then"):
        assert re.search(rf"^{word} ", done.stdout, re.MULTILINE), word
    assert "wrote stacks/Pulumi.aws-dev.yaml" in done.stdout
    assert "tokenworks review --base main" in done.stdout
    again = command.run("model", "add", "aws-dev", "--source", KNOWN, project=project)
    assert again.returncode == 2
    assert "is a model of aws-dev already" in again.stderr


def test_a_dry_run_writes_nothing(project: Path) -> None:
    before = stack_text("gcp-dev", project / "stacks")

    done = command.run("model", "add", "gcp-dev", "--source", KNOWN, "--dry-run", project=project)

    assert done.returncode == 0, done.stderr
    assert "+    - name: qwen3-8b" in done.stdout
    assert "nothing was written" in done.stdout
    assert stack_text("gcp-dev", project / "stacks") == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["aws-prod", "--source", KNOWN], "tokenworks model add aws-prod-models"),
        (["aws-dev", "--source", KNOWN, "--context", "40000"], "next:    write context:"),
        (["aws-dve", "--source", KNOWN], "did you mean aws-dev?"),
    ],
)
def test_what_is_refused_ends_with_2_and_changes_nothing(
    arguments: list[str], said: str, project: Path
) -> None:
    before = {file: file.read_bytes() for file in (project / "stacks").iterdir()}

    done = command.run("model", "add", *arguments, project=project)

    assert done.returncode == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert {file: file.read_bytes() for file in (project / "stacks").iterdir()} == before


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("stack", "priced"), [("aws-dev", "aws-dev"), ("aws-prod-models", "aws-prod")]
)
def test_the_cost_is_that_of_the_whole_program_before_and_after(
    stack: str, priced: str, project: Path
) -> None:
    """It is priced without recording the program a second time; that must make no difference."""
    folder = project / "stacks"
    proposal = propose_model(stack, ModelRequest(source=KNOWN, replicas=2), folder)
    after = [proposal.after.spec if one.name == stack else one for one in proposal.environment]
    found = bills(proposal.environment, after, project, DAY)
    assert not isinstance(found, str)
    (bill,) = found
    full_before = estimate_stack(priced, DAY, folder=project)

    (folder / f"Pulumi.{stack}.yaml").write_text(proposal.after.text, encoding="utf-8")
    full_after = estimate_stack(priced, DAY, folder=project)

    assert bill.spec == load_stack_file(priced, STACKS_FOLDER)
    assert bill.before.total == full_before.total
    assert bill.after.total == full_after.total
    assert full_after.total.expected > full_before.total.expected
    if stack != priced:
        assert estimate_stack(stack, DAY, folder=project).total.maximum == Decimal(0)


def test_a_cap_of_the_budget_that_is_broken_is_named() -> None:
    spec = load_stack_file("aws-dev")
    proposal = propose_model("aws-dev", ModelRequest(source=KNOWN), STACKS_FOLDER)
    found = bills([spec], [proposal.after.spec], STACKS_FOLDER.parent, DAY)
    assert not isinstance(found, str)
    low = spec.budget.model_copy(update={"monthly_usd": 600.0, "change_usd": 1.0})

    words = Bill(
        spec=spec.model_copy(update={"budget": low}),
        before=found[0].before,
        after=found[0].after,
    ).words()

    assert any("monthlyUsd: 600; `pulumi up` refuses" in line for line in words)
    assert any("rises by" in line and "budget.changeUsd" in line for line in words)


def test_where_the_clouds_packages_are_missing_the_cost_is_not_known_and_never_zero(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("infra.additions.cost.missing_packages", lambda _cloud: ["boto3"])
    spec = load_stack_file("aws-dev")

    found = bills([spec], [spec], STACKS_FOLDER.parent, DAY)

    assert found == (
        "not known here: boto3 is not installed; `uv sync --inexact --extra aws` brings it"
    )
