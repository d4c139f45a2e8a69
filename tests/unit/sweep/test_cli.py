"""The command as a person runs it, with an engine that writes down what it is told."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from infra.cli import app
from infra.wire import Properties
from tests.unit.sweep.test_backend import answers, commands, project, provider
from tests.unit.sweep.test_judge import TAGS, state, vpc

__all__ = ["project"]
DAY = "2026-11-01"
"""Past on any day on which this runs."""


def expired(*, protect: bool = False) -> Properties:
    """Return the state of a preview stack whose day has come."""
    tags: Properties = {**TAGS, "tokenworks.dev/expires": DAY}
    its = vpc(outputs={"tagsAll": tags}, protect=protect)
    return state(provider(region="eu-west-1"), its, expires=DAY)


def sweep(project: Path, *options: str) -> tuple[int, list[str]]:
    """Run it; return its exit code and what it said."""
    done = CliRunner().invoke(app, ["sweep", *options, "--project", str(project)])
    return done.exit_code, done.output.splitlines()


def test_a_sweep_only_says_what_it_would_take(project: Path) -> None:
    answers(project, "ls", [{"name": "organization/tokenworks/pr-7"}])
    answers(project, "export", expired())

    code, said = sweep(project)

    assert (code, said) == (
        0,
        [
            "pr-7: expired, on 2026-11-01, 3 resources",
            "nothing was changed; `tokenworks sweep --apply` removes what has expired",
        ],
    )
    assert commands(project) == ["stack ls --json", "stack export --stack pr-7"]


def test_with_apply_it_goes_and_each_step_is_said(project: Path) -> None:
    answers(project, "ls", [{"name": "pr-7"}])
    answers(project, "export", expired())

    code, said = sweep(project, "--apply")

    assert (code, said) == (
        0,
        ["  pr-7: network", "pr-7: expired, on 2026-11-01, 3 resources; removed"],
    )


@pytest.mark.parametrize("options", [(), ("--apply",)])
def test_what_is_refused_or_does_not_go_fails_the_command(
    project: Path, options: tuple[str, ...]
) -> None:
    answers(project, "ls", [{"name": "pr-7"}])
    answers(project, "export", expired(protect=True))

    code, said = sweep(project, *options)

    assert (code, said) == (1, ["pr-7: refused, expired on 2026-11-01, but vpc is protected"])


def test_a_backend_that_does_not_answer_is_no_empty_one(project: Path) -> None:
    answers(project, "ls", "", ends=255, complains="error: no bucket")

    assert sweep(project) == (2, ["error: pulumi stack ls: error: no bucket"])
