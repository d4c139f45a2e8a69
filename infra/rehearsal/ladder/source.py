"""Third rung: `go build` from the pinned `go.mod`.

The user's own Go settings (proxy, caches, toolchain) hold; what is built is fixed by `go.mod` and
`go.sum`. One family after the other: Go itself uses every core.
"""

import os
import shutil
import subprocess
from collections import deque
from pathlib import Path

from infra.rehearsal.ladder.catalogue import Family
from infra.rehearsal.ladder.progress import Progress
from infra.rehearsal.ladder.results import Installed, Rung, RungRefusedError
from infra.rehearsal.ladder.versions import verified_version
from infra.rehearsal.processes.guarded import GuardedProcess

ERROR_LINES = 15
GO_NEEDED = "1.26"
"""The `go` line of every go.mod here."""


def build(family: Family, into: Path, progress: Progress) -> list[Installed]:
    """Build the family's programs into a folder.

    Ends the build and all of its compilers when this process ends, however that happens.

    Raises:
        RungRefusedError: no Go, or the build failed; the end of its output is in the message.
    """
    go = shutil.which("go")
    if go is None:
        message = f"Go is not installed: Go {GO_NEEDED} or newer from https://go.dev/dl builds it"
        raise RungRefusedError(message)
    tail: deque[str] = deque(maxlen=ERROR_LINES)
    with GuardedProcess(
        _command(go, family, into),
        cwd=family.folder,
        # A go.work above the checkout would replace the pinned go.mod, or refuse the build.
        env={**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"},
        stdout=subprocess.PIPE,
    ) as process:
        for line in process.output:
            text = line.decode(errors="replace").rstrip()
            tail.append(text)
            progress.line(family.name, text)
        code = process.wait()
    if code != 0:
        message = f"go build ended with exit code {code}:\n" + "\n".join(tail)
        raise RungRefusedError(message)
    return _collect(family, into)


def _command(go: str, family: Family, into: Path) -> list[str]:
    return [
        *(go, "build", "-v", "-mod=readonly", "-trimpath"),
        *(("-tags", family.tags) if family.tags else ()),
        *("-ldflags", family.stamps),
        *("-o", f"{into}{os.sep}"),
        *(program.package for program in family.programs),
    ]


def _collect(family: Family, into: Path) -> list[Installed]:
    built = []
    for program in family.programs:
        path = into / program.name
        if program.built_name is not None:
            (into / program.built_name).replace(path)
        version = verified_version(family, program, path)
        built.append(Installed(program.name, path, version, Rung.SOURCE))
    return built
