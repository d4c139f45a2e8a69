"""Images of ours, from their Dockerfiles to the registry of a platform.

Owns the order of things, and what a person is told: what is missing here, what is unresolved, which
digest belongs into the lock file. Does not own the commands (`steps`), the programs (`tools`), nor
the password (`login`).
"""

import json
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.catalog import releases
from infra.cloud_error import CloudApiError
from infra.images import steps
from infra.images.login import registry_login
from infra.images.steps import Image, Step
from infra.images.tools import Engine, MissingToolsError, Scanner, Tools, find_tools, run_here
from infra.spec.stack import StackSpec

OUTPUT = "imageRepositories"
"""Output of a stack with the layer `foundation` (infra/layers/foundation.py)."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
Say = Callable[[str], None]


class ImagesError(ValueError):
    """Images could not be made; the message says which, why, and what to do."""


class NotReadyError(ImagesError):
    """Nothing was begun: something is missing."""


@dataclass(frozen=True)
class Workshop:
    """Where images are made."""

    project: Path
    """Root of the checkout."""
    out: Path
    """Folder for lists of what is in images."""
    say: Say
    """Takes a line for the person who waits."""
    key: str = ""
    """What images are signed with; empty for the identity of whoever runs it."""
    repositories: str = ""
    """Image to the address of its repository, as JSON; empty where the stack is asked."""


def names(project: Path) -> list[str]:
    """Return the images that this checkout has.

    Raises:
        NotReadyError: the lock file gives one of them no tag.
    """
    found = sorted(path.parent.name for path in project.glob("images/*/Dockerfile"))
    untagged = [name for name in found if name not in releases.read_lock().own]
    if untagged:
        message = "\n".join(
            f"images/{name}: must have a tag, under `own` in infra/catalog/releases.lock.yaml"
            for name in untagged
        )
        raise NotReadyError(message)
    return found


def plan(project: Path, chosen: Sequence[str], stack: str) -> list[str]:
    """Return what would be run for images, one line a command; <> is what only a cloud knows."""
    tools = Tools(Engine.DOCKER, Scanner.GRYPE)
    out, lines = Path("dist", "images"), []
    for name in chosen:
        image = Image(name, f"<{OUTPUT}.{name} of {stack}>", releases.own_image(name).tag)
        made = steps.before_push(image, tools, out)
        pushed = [steps.push(image, tools, out), *steps.after_push(image, "<digest>", out, "")]
        lines.append(f"{name}:")
        lines += [f"  {' '.join(step.command)}" for step in (*made, *pushed)]
        lines += _unresolved(project, image)
    return lines


def make_images(spec: StackSpec, chosen: Sequence[str], shop: Workshop) -> None:
    """Build, scan, push and sign images.

    Args:
        spec: the stack whose registry they go to.
        chosen: names of images.
        shop: where they are made.

    Raises:
        NotReadyError: something is missing here; nothing was begun.
        ImagesError: a step failed; what came after it was not done.
    """
    try:
        tools = find_tools(run_here, reads_stack=not shop.repositories)
    except MissingToolsError as error:
        message = f"not on this machine:\n{error}"
        raise NotReadyError(message) from error
    repositories = _repositories(spec.name, shop)
    missing = [name for name in chosen if name not in repositories]
    if missing:
        message = f"{spec.name}: has no repository for {', '.join(missing)}; `pulumi up` makes them"
        raise NotReadyError(message)
    images = [Image(name, repositories[name], releases.own_image(name).tag) for name in chosen]
    shop.out.mkdir(parents=True, exist_ok=True)
    hosts = sorted({image.repository.partition("/")[0] for image in images})
    try:
        for host in hosts:
            _log_in(spec, host, tools.engine)
        for image in images:
            _make(image, tools, shop)
    finally:
        for host in hosts:  # a password in a file of the engine's is good for hours
            subprocess.run(  # noqa: S603  a command of ours
                [tools.engine, "logout", host], capture_output=True, check=False
            )


def _make(image: Image, tools: Tools, shop: Workshop) -> None:
    for line in _unresolved(shop.project, image):
        shop.say(line)
    for step in (*steps.before_push(image, tools, shop.out), steps.push(image, tools, shop.out)):
        _run(image, step, shop)
    digest = _digest(image, tools.engine, shop)
    for step in steps.after_push(image, digest, shop.out, shop.key):
        _run(image, step, shop)
    shop.say(
        f"{image.name}: pushed and signed as {image.repository}@{digest}\n"
        f"  infra/catalog/releases.lock.yaml, own.{image.name}.digest: {digest}"
    )


def _run(image: Image, step: Step, shop: Workshop) -> None:
    shop.say(f"{image.name}: {step.what}: {' '.join(step.command)}")
    done = subprocess.run(step.command, cwd=shop.project, check=False)  # noqa: S603  ours
    if done.returncode != 0:
        message = (
            f"{image.name}: {step.what} ended with {done.returncode}; nothing after it was done"
        )
        raise ImagesError(message)


def _digest(image: Image, engine: Engine, shop: Workshop) -> str:
    if engine is Engine.PODMAN:
        said = steps.digest_file(image, shop.out).read_text(encoding="utf-8")
    else:
        command = steps.ask_digest(image).command
        done = subprocess.run(  # noqa: S603  as above
            command, capture_output=True, text=True, check=False
        )
        said = "\n".join(
            one for one in json.loads(done.stdout or "[]") if one.startswith(f"{image.repository}@")
        )
    if found := _DIGEST.search(said):
        return found.group()
    message = f"{image.name}: pushed, but {engine} says no digest, so nothing is signed; push again"
    raise ImagesError(message)


def _repositories(stack: str, shop: Workshop) -> Mapping[str, str]:
    text = shop.repositories or _ask_stack(stack, shop.project)
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        message = (
            f"repositories: must be an object of names and addresses, got {text!r}; "
            f"`pulumi stack output {OUTPUT} --json` writes it"
        )
        raise NotReadyError(message)
    return {str(name): str(address) for name, address in found.items()}


def _ask_stack(stack: str, project: Path) -> str:
    done = subprocess.run(  # noqa: S603  a command of ours
        ["pulumi", "stack", "output", OUTPUT, "--json", "--stack", stack],  # noqa: S607  from PATH
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        message = (
            f"{stack}: gives no {OUTPUT}; a stack with the layer `foundation` has them once it is "
            f"up. Pulumi says: {done.stderr.strip()}"
        )
        raise NotReadyError(message)
    return done.stdout


def _log_in(spec: StackSpec, host: str, engine: Engine) -> None:
    try:
        login = registry_login(spec.cloud)
    except CloudApiError as error:
        message = f"{spec.name}: no password for {host}: {error}"
        raise NotReadyError(message) from error
    done = subprocess.run(  # noqa: S603  a command of ours; the password is no argument
        [engine, "login", "--username", login.user, "--password-stdin", host],
        input=login.password,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        message = f"{spec.name}: {engine} cannot log in to {host}: {done.stderr.strip()}"
        raise NotReadyError(message)


def _unresolved(project: Path, image: Image) -> list[str]:
    text = (project / image.dockerfile).read_text(encoding="utf-8")
    return [
        f"  unresolved: base {base} has no digest as yet" for base in steps.unresolved_bases(text)
    ]
