"""The workflows of GitHub and the pipeline of GitLab, read into jobs and shell steps.

Owns what a shell step is and with which environment it runs. Does not own what it should do.
An expression, `${{ … }}`, is looked up by its text in what a test says it is: there is no second
reader of GitHub's language here, and a test that forgets one fails.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

from infra.wire import Properties, Value

ROOT = Path(__file__).parents[3]
WORKFLOWS = ROOT / ".github" / "workflows"
GITLAB = ROOT / ".gitlab-ci.yml"
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}", re.DOTALL)
GITLAB_WORDS = frozenset({"default", "workflow", "stages", "variables", "include"})
"""Top-level keys of a pipeline that are no jobs."""


@dataclass(frozen=True, slots=True)
class ShellStep:
    """One script that a runner runs."""

    file: str
    job: str
    name: str
    script: str
    shell: str
    environment: Mapping[str, str] = field(hash=False)
    """As written, expressions and all: of workflow, job and step."""
    identity: bool
    """Whether the job may say who it is: only then is there a place to ask for a token."""

    def __str__(self) -> str:
        return f"{self.file}/{self.job}/{self.name}"


def mapping(value: Value) -> Properties:
    """Return a value that is a map; an absent one is empty."""
    assert value is None or isinstance(value, dict), value
    return value or {}


def mappings(value: Value) -> list[Properties]:
    """Return a value that is a list of maps."""
    assert isinstance(value, list), value
    return [mapping(item) for item in value]


def texts(value: Value) -> list[str]:
    """Return a value that is a text or a list of them."""
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


@cache
def workflows() -> dict[str, Properties]:
    """Return every workflow by its file name; `on`, which YAML takes for a truth, is a text."""
    found: dict[str, Properties] = {}
    for path in sorted(WORKFLOWS.glob("*.y*ml")):
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
        found[path.name] = {"on" if key is True else key: value for key, value in read.items()}
    assert found
    return found


def jobs(file: str) -> dict[str, Properties]:
    """Return the jobs of a workflow."""
    return {name: mapping(job) for name, job in mapping(workflows()[file]["jobs"]).items()}


def permissions(file: str, job: Properties) -> Value:
    """Return what the token of a job may: the job's own word, else the workflow's."""
    return job["permissions"] if "permissions" in job else workflows()[file].get("permissions")


def steps_of(job: Properties) -> list[Properties]:
    """Return the steps of a job; one that calls another workflow has none."""
    return mappings(job.get("steps") or [])


def github_steps() -> list[ShellStep]:
    """Return every shell step of every workflow."""
    found = []
    for file, workflow in workflows().items():
        defaults = mapping(mapping(workflow.get("defaults")).get("run"))
        for name, job in jobs(file).items():
            rights = permissions(file, job)
            for step in steps_of(job):
                if "run" not in step:
                    continue
                environment = mapping(workflow.get("env")) | mapping(job.get("env"))
                environment |= mapping(step.get("env"))
                found.append(
                    ShellStep(
                        file,
                        name,
                        str(step.get("name")),
                        str(step["run"]),
                        str(step.get("shell") or defaults.get("shell")),
                        {key: str(value) for key, value in environment.items()},
                        isinstance(rights, dict) and rights.get("id-token") == "write",
                    )
                )
    return found


@cache
def pipeline() -> Properties:
    """Return the pipeline of GitLab."""
    return mapping(yaml.safe_load(GITLAB.read_text(encoding="utf-8")))


@cache
def gitlab_jobs() -> dict[str, Properties]:
    """Return its jobs with what they extend, the nearer word first; templates are left out."""
    whole = pipeline()

    def complete(name: str) -> Properties:
        own = mapping(whole[name])
        base: Properties = {}
        for parent in texts(own.get("extends")):
            base = _over(base, complete(parent))
        return _over(base, {key: value for key, value in own.items() if key != "extends"})

    return {
        name: complete(name)
        for name in whole
        if name not in GITLAB_WORDS and not name.startswith(".")
    }


def _over(base: Properties, own: Properties) -> Properties:
    """Merge maps as GitLab's `extends` does: maps are merged, all else is replaced."""
    merged = dict(base)
    for key, value in own.items():
        before = merged.get(key)
        both = isinstance(before, dict) and isinstance(value, dict)
        merged[key] = _over(mapping(before), mapping(value)) if both else value
    return merged


def gitlab_steps() -> list[ShellStep]:
    """Return the script of every job: what precedes it, and its lines, in one shell as there."""
    whole, found = pipeline(), []
    default = mapping(whole.get("default"))
    for name, job in gitlab_jobs().items():
        before = job["before_script"] if "before_script" in job else default.get("before_script")
        lines = [*texts(before), *texts(job["script"])]
        environment = mapping(whole.get("variables")) | mapping(job.get("variables"))
        found.append(
            ShellStep(
                GITLAB.name,
                name,
                "script",
                "\n".join(lines),
                "bash",
                {key: str(value) for key, value in environment.items()},
                "id_tokens" in job,
            )
        )
    return found


def step(file: str, job: str, name: str = "script") -> ShellStep:
    """Return one shell step.

    Raises:
        KeyError: there is none, or more than one.
    """
    there = gitlab_steps() if file == GITLAB.name else github_steps()
    found = [one for one in there if (one.file, one.job, one.name) == (file, job, name)]
    if len(found) != 1:
        message = f"{file}/{job}/{name}: {len(found)} steps"
        raise KeyError(message)
    return found[0]


def resolve(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its expressions as a test says they are."""
    return EXPRESSION.sub(lambda match: values[match.group(1)], text)
