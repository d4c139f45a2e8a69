"""The programs that make images, as they are on this machine.

Owns which ones are needed, whether each of them works, and the report where some do not. Does not
own what they are told to do (`steps`).
"""

import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

Run = Callable[[Sequence[str]], "Answer"]
ANSWER_SECONDS = 30
"""For one program to say that it is there; one that waits for a daemon for ever is not."""
_NOT_FOUND, _TIMED_OUT = 127, 124  # as a shell and `timeout` have them


class Engine(StrEnum):
    """Container engines, in the order in which they are taken."""

    DOCKER = "docker"
    PODMAN = "podman"


class Scanner(StrEnum):
    """Vulnerability scanners, in the order in which they are taken."""

    GRYPE = "grype"
    TRIVY = "trivy"


@dataclass(frozen=True, slots=True)
class Answer:
    """How a program ended, and what it said."""

    status: int
    text: str


@dataclass(frozen=True, slots=True)
class Tools:
    """What images are made with here."""

    engine: Engine
    scanner: Scanner


class MissingToolsError(ValueError):
    """Something that images are made with is not here; one line for each."""


ENGINE_PROBES = {
    # Not `version`, which a client without a daemon also has.
    Engine.DOCKER: (("docker", "info"), ("docker", "buildx", "version")),
    Engine.PODMAN: (("podman", "info"),),
}
SCANNER_PROBES = {
    # grype finds what is vulnerable, syft lists what is in an image; trivy does both.
    Scanner.GRYPE: (("grype", "version"), ("syft", "version")),
    Scanner.TRIVY: (("trivy", "--version"),),
}
PULUMI = "Pulumi"
OTHER_PROBES = {
    "signer": ("cosign", "version"),
    PULUMI: ("pulumi", "version"),
}
HINTS = {
    "container engine": "Docker with buildx, or Podman",
    "scanner": "grype with syft, or trivy",
    "signer": "cosign 3",
    PULUMI: "the official pulumi, which reads the stack's outputs",
}


def find_tools(run: Run, *, reads_stack: bool = True) -> Tools:
    """Return what is here.

    Args:
        run: asks a program.
        reads_stack: whether the addresses of the repositories are still to be read off the stack.

    Raises:
        MissingToolsError: something is missing, or does not work; it names all of them.
    """
    engines = {one: _why_not(run, probes) for one, probes in ENGINE_PROBES.items()}
    scanners = {one: _why_not(run, probes) for one, probes in SCANNER_PROBES.items()}
    engine = next((one for one, why in engines.items() if not why), None)
    scanner = next((one for one, why in scanners.items() if not why), None)
    missing = []
    if engine is None:
        missing.append(_line("container engine", engines.values()))
    if scanner is None:
        missing.append(_line("scanner", scanners.values()))
    missing += [
        _line(what, [why])
        for what, probe in OTHER_PROBES.items()
        if (reads_stack or what != PULUMI) and (why := _why_not(run, [probe]))
    ]
    if engine is None or scanner is None or missing:
        raise MissingToolsError("\n".join(missing))
    return Tools(engine, scanner)


def run_here(command: Sequence[str]) -> Answer:
    """Ask a program of this machine whether it works."""
    if shutil.which(command[0]) is None:
        return Answer(_NOT_FOUND, "not on PATH")
    try:
        done = subprocess.run(  # noqa: S603  a command of this module
            list(command),
            capture_output=True,
            text=True,
            timeout=ANSWER_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return Answer(_TIMED_OUT, f"no answer in {ANSWER_SECONDS} s")
    # `docker info` says on standard error that its daemon does not answer, and on the other output
    # much about itself.
    return Answer(done.returncode, done.stderr.strip() or done.stdout.strip())


def _why_not(run: Run, probes: Sequence[Sequence[str]]) -> str:
    for probe in probes:
        answer = run(probe)
        if answer.status == _NOT_FOUND:
            return f"{probe[0]}: {answer.text}"
        if answer.status != 0:
            said = answer.text.splitlines()[-1] if answer.text else f"ends with {answer.status}"
            return f"{' '.join(probe)}: {said}"
    return ""


def _line(what: str, reasons: Iterable[str]) -> str:
    return f"{what}: {HINTS[what]} ({'; '.join(reasons)})"
