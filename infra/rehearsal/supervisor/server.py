"""The supervisor's loop: one thread that waits for orders, for ended children and for the owner.

Orders on standard input, one JSON object a line: `{"start": CHILD}`, `{"keep": true}`. End of file
without `keep` ends everything. Answers on standard output: `started`, `refused`, `ended`, `kept`.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from infra.rehearsal.processes.identity import ProcessIdentity
from infra.rehearsal.processes.parent import adopt_orphans, end_with_parent
from infra.rehearsal.processes.reaper import SWEEP_SECONDS, Reaper
from infra.rehearsal.supervisor.errors import SupervisorError
from infra.rehearsal.supervisor.state import (
    STATE_FILE,
    ChildSpec,
    ChildState,
    SupervisorState,
    log_tail,
)

ORDERS = 0
ANSWERS = 1


class Server:
    """Children by name, from the first order to the end of the last child."""

    def __init__(self, directory: Path) -> None:
        """Take over the signals, and write the state file."""
        adopt_orphans()
        self._directory = directory
        self._reaper = Reaper()
        self._tie = end_with_parent()
        self._specs: dict[str, ChildSpec] = {}
        self._children: dict[str, ChildState] = {}
        self._buffer = b""
        self._kept = False
        self._me = _identity(os.getpid())
        self._write_state()

    def serve(self) -> None:
        """Follow orders until the owner is gone or the supervisor is asked to end; then end all."""
        try:
            while not self._reaper.asked_to_end and self._step():
                pass
        finally:
            self._end_all()

    def _step(self) -> bool:
        """Wait once; return False when the owner, or a kept supervisor's state file, is gone."""
        ready = self._reaper.wait([] if self._kept else [ORDERS], timeout_seconds=1.0)
        if self._kept and not self._state_is_mine():
            return False
        self._note_ended()
        if not ready:
            return True
        data = os.read(ORDERS, 65_536)
        if not data:
            return self._kept
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            self._follow(json.loads(line))
        return True

    def _follow(self, order: dict[str, dict[str, object]]) -> None:
        if "start" in order:
            self._start(ChildSpec.from_json(order["start"]))
        elif "keep" in order:
            self._kept = True
            self._answer({"kept": True})
            _detach()

    def _start(self, spec: ChildSpec) -> None:
        try:
            with spec.log.open("ab") as log:
                child = subprocess.Popen(  # noqa: S603 - the owner's own command
                    spec.command,
                    env=dict(spec.environment),
                    cwd=spec.directory,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    preexec_fn=self._tie,  # noqa: PLW1509 - the supervisor has one thread
                )
        except OSError as error:
            self._answer({"refused": spec.name, "reason": f"{error.strerror}: {error.filename}"})
            return
        identity = _identity(child.pid)
        child.returncode = 0  # the reaper reaps; Popen must neither wait nor warn
        self._specs[spec.name] = spec
        self._children[spec.name] = ChildState(spec.name, identity, spec.log, exit_code=None)
        self._write_state()
        self._answer({"started": spec.name, "pid": child.pid})

    def _note_ended(self) -> None:
        codes = self._reaper.ended()
        for name, child in list(self._children.items()):
            if child.exit_code is None and child.identity.pid in codes:
                code = codes[child.identity.pid]
                self._children[name] = ChildState(name, child.identity, child.log, code)
                self._write_state()
                self._answer({"ended": name, "code": code, "tail": log_tail(child.log)})

    def _end_all(self) -> None:
        """SIGTERM to those with something to save, then SIGKILL to everything below."""
        running = [self._specs[name] for name, c in self._children.items() if c.exit_code is None]
        for spec in running:
            if spec.grace_seconds > 0:
                os.kill(self._children[spec.name].identity.pid, signal.SIGTERM)
        deadline = time.monotonic() + max((spec.grace_seconds for spec in running), default=0.0)
        graceful = {self._children[s.name].identity.pid for s in running if s.grace_seconds > 0}
        while graceful and time.monotonic() < deadline:
            self._reaper.wait([], timeout_seconds=SWEEP_SECONDS)
            graceful -= self._reaper.ended().keys()
        self._reaper.end_all()
        if self._state_is_mine():
            (self._directory / STATE_FILE).unlink(missing_ok=True)

    def _write_state(self) -> None:
        SupervisorState(self._me, tuple(self._children.values())).write(self._directory)

    def _state_is_mine(self) -> bool:
        """Say whether this supervisor can still be found; not after `rm -rf`, nor after a next."""
        try:
            state = SupervisorState.read(self._directory)
        except (OSError, SupervisorError):
            return False
        return state is not None and state.supervisor == self._me

    def _answer(self, answer: dict[str, object]) -> None:
        try:
            os.write(ANSWERS, json.dumps(answer).encode() + b"\n")
        except BrokenPipeError:
            return  # the owner is gone; end of file on the orders follows


def _identity(pid: int) -> ProcessIdentity:
    return ProcessIdentity.of(pid) or ProcessIdentity.of_ended(pid)


def _detach() -> None:
    """Let go of the owner's pipes and terminal: a kept supervisor stands alone."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (ORDERS, ANSWERS, sys.stderr.fileno()):
        os.dup2(nothing, descriptor)
    os.close(nothing)
