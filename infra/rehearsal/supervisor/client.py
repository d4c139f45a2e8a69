"""The rehearsal's end of the pipe to its supervisor."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psutil

from infra.rehearsal.processes.trees import kill_tree
from infra.rehearsal.supervisor.errors import ChildEndedError, SupervisorError
from infra.rehearsal.supervisor.kept import end_stale_children, find_kept
from infra.rehearsal.supervisor.state import ChildSpec

START_SECONDS = 10.0
"""How long the supervisor may take to answer; it takes some tens of milliseconds."""
STOP_SECONDS = 20.0
"""How long the end of all children may take, their graces included."""


class Supervisor:
    """Starts children in the supervisor process. As a context manager it ends them all."""

    def __init__(self, directory: Path) -> None:
        """Start the supervisor process; its state file and nothing else goes into `directory`.

        Raises:
            SupervisorError: another supervisor already works in that directory.
        """
        if find_kept(directory) is not None:
            message = f"{directory}: another rehearsal runs here; stop it first"
            raise SupervisorError(message)
        end_stale_children(directory)
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._directory = directory
        self._changed = threading.Condition()
        self._started: dict[str, int] = {}
        self._ended: dict[str, ChildEndedError] = {}
        self._refused: dict[str, str] = {}
        self._specs: dict[str, ChildSpec] = {}
        self._is_kept = False
        self._process = subprocess.Popen(  # noqa: S603 - this very project's module
            [sys.executable, "-I", "-m", "infra.rehearsal.supervisor", str(directory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen, name="supervisor", daemon=True)
        self._listener.start()

    def start(self, child: ChildSpec) -> int:
        """Start one child; return its process id. Ready is another question.

        A name may be started again once its child has ended.

        Raises:
            SupervisorError: it cannot be started.
        """
        with self._changed:  # what an earlier child of this name did is no answer to this order
            for answers in (self._started, self._ended, self._refused):
                answers.pop(child.name, None)
            self._specs[child.name] = child
        self._order({"start": child.to_json()})
        self._await(lambda: child.name in self._started or child.name in self._refused, child.name)
        if child.name in self._refused:
            message = f"{child.name}: cannot be started, {self._refused.pop(child.name)}"
            raise SupervisorError(message)
        return self._started[child.name]

    def restart(self, name: str, change: Callable[[ChildSpec], ChildSpec]) -> None:
        """Kill a child and start it with something changed; no `check` may run meanwhile.

        Raises:
            SupervisorError: it does not end, or cannot be started again.
        """
        os.kill(self._started[name], signal.SIGKILL)
        self._await(lambda: name in self._ended, name)
        self.start(change(self._specs[name]))

    def check(self) -> None:
        """Say nothing while everything runs.

        Raises:
            ChildEndedError: a child ended that was not asked to.
            SupervisorError: the supervisor itself ended.
        """
        with self._changed:
            for error in self._ended.values():
                raise error
        if not self._is_kept and self._process.poll() is not None:
            raise self._gone()

    def keep(self) -> None:
        """Let the children run on after this process; `find_kept` finds them again."""
        self._order({"keep": True})
        self._await(lambda: self._is_kept, "keep")
        self._close()
        self._hang_up()
        self._process.returncode = 0  # not ours to wait for any more, nor to warn about

    def stop(self) -> None:
        """End all children and the supervisor. Returns once they are gone; may be called twice."""
        if self._is_kept:
            return
        self._close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            kill_tree(psutil.Process(self._process.pid))
            self._process.wait()
        self._hang_up()
        end_stale_children(self._directory)

    def __enter__(self) -> Self:
        """Return this supervisor."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """End all children, unless they are kept."""
        self.stop()

    def _order(self, order: dict[str, object]) -> None:
        pipe = _pipe(self._process.stdin)
        try:
            pipe.write(json.dumps(order).encode() + b"\n")
            pipe.flush()
        except (BrokenPipeError, ValueError) as error:
            raise self._gone() from error

    def _gone(self) -> SupervisorError:
        code = self._process.poll()
        return SupervisorError(f"{self._directory}: the supervisor ended (exit code {code})")

    def _await(self, condition: Callable[[], bool], what: str) -> None:
        with self._changed:
            answered = self._changed.wait_for(condition, timeout=START_SECONDS)
        if not answered:
            message = f"{what}: the supervisor did not answer within {START_SECONDS:.0f} s"
            raise SupervisorError(message)

    def _listen(self) -> None:
        pipe = _pipe(self._process.stdout)
        for line in pipe:
            with self._changed:
                self._note(json.loads(line))
                self._changed.notify_all()

    def _note(self, answer: dict[str, object]) -> None:
        match answer:
            case {"started": str(name), "pid": int(pid)}:
                self._ended.pop(name, None)
                self._started[name] = pid
            case {"refused": str(name), "reason": str(reason)}:
                self._refused[name] = reason
            case {"ended": str(name), "code": int(code), "tail": str(tail)}:
                self._ended[name] = ChildEndedError(name, code, self._specs[name].log, tail)
            case {"kept": True}:
                self._is_kept = True

    def _hang_up(self) -> None:
        """Let the listener finish: a kept supervisor has let go of its end, an ended one too."""
        self._listener.join(START_SECONDS)
        _pipe(self._process.stdout).close()

    def _close(self) -> None:
        with contextlib.suppress(BrokenPipeError):
            _pipe(self._process.stdin).close()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        message = "supervisor: was started without pipes"
        raise SupervisorError(message)
    return pipe
