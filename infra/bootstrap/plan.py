"""What is bootstrapped: the stacks of one environment, and whose jobs bring them up.

Owns names, and which identities of a forge stand for which role. GitHub names the environment of a
job (docs/delivery.md), GitLab the branch.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from infra.spec.environment import Layer
from infra.spec.mistakes import Mistake, MistakesError

if TYPE_CHECKING:  # the command line loads this for its options, at every start
    from collections.abc import Sequence

    from infra.spec.stack import StackSpec

PROJECT = "tokenworks"
"""Name of the Pulumi project, by which a backend of one's own sorts its files."""
GITHUB, GITLAB = "https://token.actions.githubusercontent.com", "https://gitlab.com"
_REPOSITORY = re.compile(r"[\w.-]+(/[\w.-]+)+")


class Role(StrEnum):
    """The three parts of what may be done."""

    PREVIEW = "preview"
    """Reads everything that a stack is made of, and its state. Writes nothing."""
    FOUNDATION = "foundation"
    """Makes, changes and destroys the stack with network, cluster and nodes."""
    MODELS = "models"
    """Brings models up in a cluster that is there. In the cloud it touches its own state alone."""


@dataclass(frozen=True, kw_only=True)
class Forge:
    """Where the repository is whose jobs come in."""

    issuer: str
    """`https://token.actions.githubusercontent.com`, or the address of a GitLab."""
    repository: str
    """`owner/repository`, or the path of a GitLab project."""

    @property
    def host(self) -> str:
        """The issuer without its scheme, as conditions name it."""
        return self.issuer.removeprefix("https://").rstrip("/")

    def subjects(self, role: Role, stacks: "Stacks") -> tuple[str, ...]:
        """Return the subjects of the tokens that stand for a role; `*` is the rest of a name.

        Sources: docs/delivery.md for GitHub's environments and GitLab's branches; GitLab
        documentation, "OpenID Connect in AWS", for `project_path:…:ref_type:…:ref:…`, as
        remembered.
        """
        if self.issuer != GITHUB:
            branches = ("main", "preview/*") if role is Role.PREVIEW else ("main",)
            form = f"project_path:{self.repository}:ref_type:branch:ref"
            return tuple(f"{form}:{branch}" for branch in branches)
        environments = {
            Role.PREVIEW: tuple(
                f"{name}-{gate}" for name in stacks.names for gate in ("preview", "read")
            ),
            Role.FOUNDATION: (stacks.ground,),
            Role.MODELS: stacks.of_models,
        }[role]
        return tuple(f"repo:{self.repository}:environment:{name}" for name in environments)


@dataclass(frozen=True, kw_only=True)
class Stacks:
    """The stacks of one environment."""

    ground: str
    """The one with the foundation, which names everything."""
    of_models: tuple[str, ...]
    """Those that only have models."""

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return (self.ground, *self.of_models)

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles that somebody takes on; without a stack of models nobody is `models`."""
        return tuple(role for role in Role if role is not Role.MODELS or self.of_models)

    def role_name(self, role: Role) -> str:
        """Return the name of a role of AWS, `tokenworks-aws-prod-preview`."""
        return f"{PROJECT}-{self.ground}-{role}"


def own_files(stack: str) -> tuple[str, ...]:
    """Return how the names of a stack's files begin in a backend of one's own.

    Pulumi 3.259.0, pkg/backend/diy: `store.go`, `lock.go`. `NAME.json` with what follows it, not
    `NAME` with that: it would be other stacks as well.
    """
    return (
        f".pulumi/stacks/{PROJECT}/{stack}.json",
        f".pulumi/history/{PROJECT}/{stack}/",
        f".pulumi/backups/{PROJECT}/{stack}/",
        f".pulumi/locks/organization/{PROJECT}/{stack}/",
    )


def stacks_of(environment: "Sequence[StackSpec]") -> Stacks:
    """Return the stacks of an environment, the first of which has the foundation."""
    ground, *others = environment
    return Stacks(
        ground=ground.name,
        of_models=tuple(spec.name for spec in others if Layer.FOUNDATION not in spec.layers),
    )


def forge(github: str, gitlab: str, gitlab_url: str = GITLAB) -> Forge:
    """Return the forge that was named.

    Raises:
        MistakesError: none was, both were, or a name has another form.
    """
    mistakes = []
    if bool(github) is bool(gitlab):
        mistakes.append(
            Mistake(
                setting="--github, --gitlab",
                problem="name one of the two",
                got="both" if github else "neither",
                allowed="--github OWNER/REPOSITORY, or --gitlab GROUP/PROJECT",
                next_step="say whose jobs may take the roles on",
            )
        )
    for option, value in (("--github", github), ("--gitlab", gitlab)):
        if value and not _REPOSITORY.fullmatch(value):
            mistakes.append(
                Mistake(
                    setting=option,
                    problem="is no repository",
                    got=value,
                    allowed="OWNER/REPOSITORY, letters, digits, `-`, `_` and `.`",
                    next_step="copy it from the address of the repository",
                )
            )
    if not re.fullmatch(r"https://[\w.-]+(:\d+)?", gitlab_url.rstrip("/")):
        mistakes.append(
            Mistake(
                setting="--gitlab-url",
                problem="is no address of a GitLab",
                got=gitlab_url,
                allowed="https://HOST",
                next_step="copy it from the browser",
            )
        )
    if mistakes:
        subject = "bootstrap"
        raise MistakesError(subject, mistakes)
    if github:
        return Forge(issuer=GITHUB, repository=github)
    return Forge(issuer=gitlab_url.rstrip("/"), repository=gitlab)
