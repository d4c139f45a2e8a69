"""Read the engine's event log (pulumi v3.259.0, sdk/go/common/apitype/events.go)."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from infra.rehearsal.engine.results import (
    Diagnostic,
    ResourceEvent,
    ResourceState,
    Step,
    StepStatus,
)

Event: TypeAlias = "Mapping[str, object]"

COLOUR = re.compile(r"<\{%.*?%\}>")
"""The engine's own colour directives, which `--color=never` leaves in the event log."""
PLUGIN_ON_PATH = re.compile(r"using pulumi-(language|resource)-\S+ from \$PATH at ")
"""A warning for people who did not mean it; a rehearsal puts its plugins there on purpose."""
STATUS = {
    "resourcePreEvent": StepStatus.STARTED,
    "resOutputsEvent": StepStatus.DONE,
    "resOpFailedEvent": StepStatus.FAILED,
}


class EventLog:
    """Reads a growing event log, event by event, and adds them up."""

    def __init__(self, path: Path) -> None:
        """Start at the beginning of a file that need not exist yet."""
        self._path = path
        self._offset = 0
        self._partial = b""
        self._steps: dict[tuple[str, str], Step] = {}
        self._started: dict[tuple[str, str], float] = {}
        self.diagnostics: list[Diagnostic] = []
        self.changes: dict[str, int] = {}

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step so far, in the order of their start."""
        return tuple(self._steps.values())

    def read(self) -> list[ResourceEvent]:
        """Return what happened to resources since the last call."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                data = file.read()
        except FileNotFoundError:
            return []
        self._offset += len(data)
        *lines, self._partial = (self._partial + data).split(b"\n")
        news = (self._note(json.loads(line)) for line in lines if line.strip())
        return [event for event in news if event is not None]

    def _note(self, event: Event) -> ResourceEvent | None:
        for kind, status in STATUS.items():
            if kind in event:
                metadata = mapping(mapping(event[kind])["metadata"])
                return self._note_step(metadata, status, number(event.get("timestamp")))
        if "diagnosticEvent" in event:
            self._note_diagnostic(mapping(event["diagnosticEvent"]))
        if "policyEvent" in event:
            self._note_policy(mapping(event["policyEvent"]))
        if "summaryEvent" in event:
            counts = mapping(mapping(event["summaryEvent"]).get("resourceChanges"))
            self.changes = {op: int(number(count)) for op, count in counts.items()}
        return None

    def _note_step(self, metadata: Event, status: StepStatus, time: float) -> ResourceEvent:
        op, urn, type_ = (text(metadata.get(key)) for key in ("op", "urn", "type"))
        key = (op, urn)
        started = self._started.setdefault(key, time)
        self._steps[key] = Step(
            op=op,
            urn=urn,
            type=type_,
            status=status,
            changed=_changed(metadata),
            seconds=time - started,
            old=_state(metadata.get("old")),
            new=_state(metadata.get("new")),
        )
        return ResourceEvent(op, urn, type_, status)

    def _note_diagnostic(self, event: Event) -> None:
        message = COLOUR.sub("", text(event.get("message"))).strip()
        if event.get("ephemeral") or not message or PLUGIN_ON_PATH.search(message):
            return
        severity = text(event.get("severity"))
        self.diagnostics.append(Diagnostic(severity, text(event.get("urn")), message))

    def _note_policy(self, event: Event) -> None:
        severity = "error" if event.get("enforcementLevel") == "mandatory" else "warning"
        policy = text(event.get("policyName"))
        message = f"{policy}: {COLOUR.sub('', text(event.get('message')))}"
        urn = text(event.get("resourceUrn"))
        self.diagnostics.append(Diagnostic(severity, urn, message.strip(), policy))


def _changed(metadata: Event) -> tuple[str, ...]:
    paths = metadata.get("detailedDiff") or metadata.get("diffs") or ()
    return tuple(sorted(text(path) for path in paths)) if isinstance(paths, (dict, list)) else ()


def _state(value: object) -> ResourceState | None:
    if not isinstance(value, dict):
        return None
    return ResourceState(
        id=text(value.get("id")),
        parent=text(value.get("parent")),
        provider=text(value.get("provider")),
        inputs=mapping(value.get("inputs")),
        outputs=mapping(value.get("outputs")),
    )


def mapping(value: object) -> Mapping[str, object]:
    """Return a JSON object; an absent one is empty."""
    return value if isinstance(value, dict) else {}


def text(value: object) -> str:
    """Return a JSON string; an absent one is empty."""
    return value if isinstance(value, str) else ""


def number(value: object) -> float:
    """Return a JSON number; an absent one is 0."""
    return float(value) if isinstance(value, (int, float)) else 0.0
