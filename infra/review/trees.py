"""The two trees of a review: the present one, and that of the base, out of git.

Owns git: where the repository is, what the reference means, which files differ, the base's files in
a folder of their own. The working tree is never touched.
"""

import io
import subprocess
import tarfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

SHARED = ("Pulumi.yaml", "pyproject.toml", "uv.lock")
"""What every program depends on, beside the code."""
CODE = ("infra", "components")
APART = (
    *("cli", "cli_cost", "cli_destroy", "cli_fit", "cli_review", "cli_sizing", "cost", "destroy"),
    *("entry", "preflight", "recovery", "rehearsal", "review", "translate"),
)
"""Rooms and modules of `infra` that no program of a stack loads (a test records and looks)."""
LOCK = "uv.lock"
STACKS = "stacks"


class ReviewError(ValueError):
    """The two trees cannot be compared. Carries every problem."""

    def __init__(self, problems: Sequence[str]) -> None:
        """Take what is wrong, at least one: each with what to do about it."""
        self.problems = tuple(problems)
        super().__init__("\n".join(f"review: {problem}" for problem in problems))


@dataclass(frozen=True, kw_only=True)
class Trees:
    """What is compared with what."""

    base: Path
    """Folder with the base's files."""
    head: Path
    """Folder of the present tree, as it is on disk."""
    base_commit: str
    head_commit: str
    is_dirty: bool
    """Whether the present tree has changes that no commit holds."""
    changed: tuple[str, ...]
    """Files that differ, relative to the project."""

    @property
    def stacks(self) -> str:
        """Folder of the stack files, relative to the project."""
        return STACKS

    @property
    def lock_changed(self) -> bool:
        """Whether the packages differ: both programs run on the present ones."""
        return LOCK in self.changed

    @property
    def code_changed(self) -> bool:
        """Whether anything differs that the programs of all stacks depend on."""
        return any(_is_shared(PurePosixPath(name)) for name in self.changed)


@contextmanager
def compared_trees(reference: str, project: Path) -> Generator[Trees]:
    """Give both trees; the base's folder is gone afterwards.

    Raises:
        ReviewError: there is no repository, or no such commit in it.
    """
    root = _repository(project)
    base = _commit(root, reference)
    # Paths are relative to the project, which need not be the repository's root.
    inside = project.resolve().relative_to(root)
    changed = _lines(root, "diff", "--name-only", "--no-renames", base, "--", str(inside))
    untracked = _lines(
        root, "ls-files", "--others", "--exclude-standard", "--full-name", "--", str(inside)
    )
    names = {str(PurePosixPath(name).relative_to(inside.as_posix())) for name in changed}
    names |= {str(PurePosixPath(name).relative_to(inside.as_posix())) for name in untracked}
    with TemporaryDirectory(prefix="tokenworks-review-") as folder:
        _extract(root, base, inside, Path(folder))
        yield Trees(
            base=Path(folder) / inside,
            head=project.resolve(),
            base_commit=base,
            head_commit=_commit(root, "HEAD"),
            is_dirty=bool(_lines(root, "status", "--porcelain", "--", str(inside))),
            changed=tuple(sorted(names)),
        )


def _is_shared(name: PurePosixPath) -> bool:
    if str(name) in SHARED:
        return True
    parts = name.parts
    if parts[0] not in CODE or name.suffix in (".md", ".j2"):
        return False
    return parts[0] != "infra" or len(parts) < 2 or parts[1].removesuffix(".py") not in APART  # noqa: PLR2004 - `infra` and what is in it


def _repository(project: Path) -> Path:
    try:
        done = _git(project, "rev-parse", "--show-toplevel")
    except FileNotFoundError as error:
        message = "git: must be installed, got no such program; a base is read out of git"
        raise ReviewError([message]) from error
    if done.returncode != 0:
        message = f"project: must lie in a git repository, got {project}; a base is read out of git"
        raise ReviewError([message])
    return Path(done.stdout.decode().strip()).resolve()


def _commit(root: Path, reference: str) -> str:
    done = _git(
        root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}"
    )
    if done.returncode != 0 or not reference:
        message = (
            f"base: must name a commit of this repository, got {reference!r}; "
            "fetch it first (`git fetch origin BRANCH`; in CI: `fetch-depth: 0`)"
        )
        raise ReviewError([message])
    return done.stdout.decode().strip()


def _extract(root: Path, commit: str, inside: Path, folder: Path) -> None:
    done = _git(root, "archive", "--format=tar", commit, "--", inside.as_posix())
    if done.returncode != 0:
        message = f"base: has no folder {inside} at {commit[:12]}; {done.stderr.decode().strip()}"
        raise ReviewError([message])
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")


def _lines(root: Path, *arguments: str) -> list[str]:
    done = _git(root, "-c", "core.quotePath=false", *arguments)
    if done.returncode != 0:
        raise ReviewError([f"git {arguments[0]}: {done.stderr.decode().strip()}"])
    return done.stdout.decode().splitlines()


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 - git, with arguments of our own
        ["git", "-C", str(folder), *arguments],  # noqa: S607 - whichever git the user has
        capture_output=True,
        check=False,
    )
