"""A `kubectl` that answers what a test says, in the place of the real one."""

import json
import os
import stat
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from components.observability.names import NAMESPACE
from infra.doctor.prometheus import SERVICE

RULES = f"/api/v1/namespaces/{NAMESPACE}/services/{SERVICE}/proxy/api/v1/rules?type=alert"
_PROGRAM = """#!{python}
import json, sys
answers = json.load(open({answers!r}))
with open({log!r}, "a") as log:
    log.write(json.dumps(sys.argv[1:]) + "\\n")
asked = " ".join(sys.argv[1:])
for start, (status, output) in answers.items():
    if asked.startswith(start):
        print(output, file=sys.stderr if status else sys.stdout)
        sys.exit(status)
print("Error from server (NotFound): " + asked, file=sys.stderr)
sys.exit(1)
"""


class FakeKubectl:
    """It stands first on the PATH, and keeps what it was asked."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._log = folder / "asked"
        self._answers = folder / "answers.json"
        self.answers: dict[str, tuple[int, str]] = {}
        program = folder / "kubectl"
        program.write_text(
            _PROGRAM.format(python=sys.executable, answers=str(self._answers), log=str(self._log))
        )
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        self.save()

    def save(self) -> None:
        self._answers.write_text(json.dumps(self.answers))

    def says(self, start: str, output: str, status: int = 0) -> None:
        """Answer so whatever begins so."""
        self.answers[start] = (status, output)
        self.save()

    def has_rules(self, rules: Mapping[str, Sequence[Mapping[str, object]]], **bad: str) -> None:
        """Have these rules with these active alerts; `bad` are those that cannot be evaluated."""
        said = [
            {"name": name, "type": "alerting", "health": "ok", "alerts": list(alerts)}
            for name, alerts in rules.items()
        ]
        said += [
            {"name": name, "type": "alerting", "health": "err", "lastError": error, "alerts": []}
            for name, error in bad.items()
        ]
        data = {"status": "success", "data": {"groups": [{"name": "all", "rules": said}]}}
        self.says(f"get --raw {RULES}", json.dumps(data))

    def asked(self) -> list[list[str]]:
        """Return every call."""
        if not self._log.exists():
            return []
        return [json.loads(line) for line in self._log.read_text().splitlines()]


def active(state: str = "firing", **labels: str) -> dict[str, object]:
    """Return an alert that is true now."""
    return {
        "labels": {"alertname": "X", **labels},
        "annotations": {"summary": f"something of {labels}"},
        "state": state,
        "activeAt": "2026-11-27T12:00:00Z",
        "value": "1e+00",
    }
