"""A review of a branch in a repository of its own: all of it, and the reports when it cannot be."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from infra.cli import app
from infra.review.trees import APART, ReviewError, compared_trees

ROOT = Path(__file__).parents[3]
MARKER = "marker-of-a-secret-0123456789"
SECONDS = 30.0
"""What a review of all stacks may take on two cores of its own."""
FOLDERS = ("components", "infra", "policies", "stacks")


def git(folder: Path, *arguments: str) -> str:
    """Run git without anybody's configuration."""
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    who = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    done = subprocess.run(
        ["git", "-C", str(folder), *who, *arguments],  # noqa: S607 - whichever git there is
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with this project in one commit, `main`."""
    folder = tmp_path_factory.mktemp("repository")
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Pulumi.yaml", "pyproject.toml", "uv.lock"):
        shutil.copy(ROOT / name, folder / name)
    with_secret(folder / "stacks" / "Pulumi.aws-dev.yaml", f"v1:{MARKER}")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=base")
    return folder


@pytest.fixture
def branch(project: Path) -> Iterator[Path]:
    """Give the repository on a branch of its own, and put it back."""
    git(project, "checkout", "--quiet", "-B", "change", "main")
    yield project
    git(project, "reset", "--quiet", "--hard", "main")
    git(project, "clean", "--quiet", "--force", "-d")


def edit(file: Path, *changes: tuple[str, str]) -> None:
    """Change a file; a text that is not there is a mistake of the test."""
    text = file.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text, (file, before)
        text = text.replace(before, after, 1)
    file.write_text(text, encoding="utf-8")


def with_secret(file: Path, ciphertext: str) -> None:
    """Put an encrypted setting of another program into a stack file; ours are never secrets."""
    text = file.read_text(encoding="utf-8")
    token = f"  elsewhere:token: {{secure: '{ciphertext}'}}\n"
    file.write_text(text.replace("config:\n", f"config:\n{token}", 1), encoding="utf-8")


def review(project: Path, *arguments: str, base: str = "main") -> tuple[int, str, str]:
    """Run the command; return exit code, comment and report."""
    done = CliRunner().invoke(
        app, ["review", "--base", base, "--project", str(project), *arguments]
    )
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.thorough
def test_a_branch_with_a_pool_a_model_and_a_version_is_reviewed_in_time(
    branch: Path, tmp_path: Path
) -> None:
    stacks = branch / "stacks"
    for cloud in ("aws", "gcp"):
        edit(
            stacks / f"Pulumi.{cloud}-prod.yaml",
            ('kubernetesVersion: "1.35"', 'kubernetesVersion: "1.36"'),
        )
        edit(stacks / f"Pulumi.{cloud}-prod-models.yaml", ("context: 32768", "context: 16384"))
    edit(
        stacks / "Pulumi.aws-prod.yaml",
        ("gpusPerNode: 4", "gpusPerNode: 8"),
        ("spot: {min: 0, max: 4}", "spot: {min: 0, max: 8}"),
    )
    edit(stacks / "Pulumi.aws-dev.yaml", (MARKER, MARKER[::-1]))
    # Code that every program loads: all eight stacks are recorded, in both trees.
    edit(branch / "components" / "__init__.py", ('"""', '"""Changed. '))
    git(branch, "commit", "--quiet", "--all", "--message=change")
    report = tmp_path / "report.html"

    started = time.monotonic()
    code, text, problems = review(branch, "--html", str(report))
    seconds = time.monotonic() - started
    waited = os.getloadavg()[0] / (os.cpu_count() or 1)

    assert code == 1, problems + text  # the larger pool is past the budget of its stack file
    assert seconds < SECONDS * max(1.0, waited), f"{seconds:.1f} s at {waited:.1f} waiting a core"
    above = text.partition("<details>")[0]
    assert re.search(r"<code>aws-prod</code> policy <code>\w+-within-budget</code>", above)
    for name in ("l40s-on-demand", "l40s-spot"):
        assert f"**replace** NodeGroup <code>{name}</code>" in above
    assert re.search(r"<code>aws-prod</code> \|.*\| \*\*\+[\d,]+\*\*", text)
    assert "L40S 4-28 → 8-88" in text
    assert "context: 32768 → 16384" in text
    assert "<code>minMasterVersion</code> <code>1.35</code> → <code>1.36</code>" in text
    assert "secret <code>elsewhere:token</code> changed" in text
    assert MARKER not in text + report.read_text(encoding="utf-8")
    assert MARKER[::-1] not in text + report.read_text(encoding="utf-8")


@pytest.mark.thorough
def test_mistakes_of_one_stack_leave_the_others_their_review(branch: Path) -> None:
    stacks = branch / "stacks"
    edit(stacks / "Pulumi.gcp-dev.yaml", ("gpu: L4", "gpu: L5"))

    code, text, _ = review(branch)

    assert code == 1
    assert "<code>gcp-dev</code> does not load" in text
    assert "changes that no commit holds" in text


@pytest.mark.thorough
def test_a_base_whose_program_fails_is_one_report(branch: Path) -> None:
    program = branch / "infra" / "__main__.py"
    program.write_text("raise RuntimeError('broken on purpose')\n", encoding="utf-8")
    git(branch, "commit", "--quiet", "--all", "--message=broken")
    broken = git(branch, "rev-parse", "HEAD")
    git(branch, "checkout", "--quiet", "main", "--", "infra/__main__.py")

    code, text, problems = review(branch, base=broken)

    assert (code, text) == (2, "")
    assert "aws-dev: the base's program must run" in problems
    assert "gcp-prod: the base's program must run" in problems
    assert "broken on purpose" in problems


def test_a_change_of_documents_touches_no_stack(branch: Path) -> None:
    (branch / "README.md").write_text("# new\n", encoding="utf-8")

    code, text, problems = review(branch)

    assert code == 0, problems
    assert "No stack changes" in text
    assert "<code>aws-dev</code>" in text


def test_a_reference_that_names_nothing_is_one_report(project: Path) -> None:
    code, text, problems = review(project, base="no-such-branch")

    assert (code, text) == (2, "")
    assert "base: must name a commit of this repository, got 'no-such-branch'" in problems


def test_an_option_is_no_reference(project: Path) -> None:
    code, _, problems = review(project, base="--output=/tmp/x")

    assert code == 2
    assert "base: must name a commit" in problems


def test_a_folder_without_a_repository_is_one_report(tmp_path: Path) -> None:
    with (
        pytest.raises(ReviewError, match="must lie in a git repository"),
        compared_trees("main", tmp_path),
    ):
        pass


def test_what_a_program_does_not_load_is_what_a_review_leaves_out() -> None:
    """`APART` says which code cannot change a graph; a program must not load any of it."""
    script = (
        "import sys, logging; logging.disable(50)\n"
        "from infra.graph.record import record_stack\n"
        "record_stack('gcp-dev')\n"
        "print(*sorted(name for name in sys.modules if name.startswith('infra.')))"
    )
    done = subprocess.run(
        ["python", "-W", "ignore", "-c", script],  # noqa: S607 - the one that runs the tests
        cwd=ROOT,
        env={**os.environ, "PATH": f"{ROOT}/.venv/bin:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )

    loaded = {name.split(".")[1] for name in done.stdout.split()}

    assert loaded & set(APART) == set()
