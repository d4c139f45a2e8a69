"""Runbooks as a program reads them: what confirms an alert.

Owns the form of the section `How to confirm`: one `promql` block, which answers something while the
alert is true, and one `sh` block, with a command a line. `$model` and the like are labels of the
alert.
"""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SECTION = "## How to confirm"
_BLOCK = re.compile(r"^```(promql|sh)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LABEL = re.compile(r"\$([a-z_]+)")
"""A label of the alert, in a query or a command."""


class RunbookError(ValueError):
    """A runbook that is not there, or does not say how to confirm its alert."""


@dataclass(frozen=True)
class Runbook:
    """How an alert is confirmed."""

    path: str
    """Where it is in the repository."""
    query: str
    """PromQL that answers something while the alert is true."""
    commands: tuple[str, ...]
    """Lines for a shell."""


def read(project: Path, path: str) -> Runbook:
    """Return a runbook.

    Raises:
        RunbookError: It is not there, or has no query or no command.
    """
    file = project / path
    if not file.is_file():
        message = f"{path}: there is no such runbook; write it, or name another in the alert"
        raise RunbookError(message)
    _, _, after = file.read_text(encoding="utf-8").partition(f"\n{SECTION}\n")
    section = after.partition("\n## ")[0]
    blocks = {kind: text.strip() for kind, text in _BLOCK.findall(section)}
    missing = [kind for kind in ("promql", "sh") if not blocks.get(kind)]
    if missing:
        message = f"{path}: says no {' and no '.join(missing)} under `{SECTION}`; write a block"
        raise RunbookError(message)
    return Runbook(path, blocks["promql"], tuple(blocks["sh"].splitlines()))


def for_shell(command: str, labels: Mapping[str, str]) -> str:
    """Return a command for one alert; what a label holds stays one word, whatever it is.

    Raises:
        KeyError: The alert has no such label.
    """
    return LABEL.sub(lambda found: shlex.quote(labels[found[1]]), command)


def for_prometheus(query: str, labels: Mapping[str, str]) -> str:
    """Return a query for one alert.

    Raises:
        KeyError: The alert has no such label.
    """

    def value(found: re.Match[str]) -> str:
        return labels[found[1]].replace("\\", "\\\\").replace('"', '\\"')

    return LABEL.sub(value, query)
