"""Run one command, and end all that it started once it ends or the owner is gone.

`python -m infra.rehearsal.processes.guard COMMAND …`. Standard input is the lifeline: the owner
holds its other end. `i` interrupts the command as Ctrl-C would; end of file, whatever ended the
owner, ends the command and its whole tree. The exit code is the command's, 128 + N for signal N.
"""

import os
import signal
import subprocess
import sys

from infra.rehearsal.processes.parent import adopt_orphans, end_with_parent
from infra.rehearsal.processes.reaper import Reaper
from infra.rehearsal.processes.trees import kill_group

LIFELINE = 0
INTERRUPT = b"i"
KILLED = 128 + signal.SIGKILL
NOT_FOUND = 127
"""The exit code of a shell for a command that it cannot start."""


def main(command: list[str]) -> int:
    """Run the command; return its exit code."""
    adopt_orphans()
    reaper = Reaper()
    try:
        child = subprocess.Popen(  # noqa: S603 - the owner's own command
            command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent(),  # noqa: PLW1509 - the guard has one thread
        )
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        return NOT_FOUND
    code = _follow(reaper, child.pid)
    child.returncode = code  # reaped by the reaper: Popen must not wait for it again
    kill_group(child.pid)
    reaper.end_all()
    return code


def _follow(reaper: Reaper, pid: int) -> int:
    """Return the command's exit code, or `KILLED` when the owner is gone."""
    while not reaper.asked_to_end:
        ended = reaper.ended()
        if pid in ended:
            return ended[pid]
        if reaper.wait([LIFELINE], timeout_seconds=1.0):
            message = os.read(LIFELINE, 1)
            if not message:
                return KILLED
            if message == INTERRUPT:
                os.kill(pid, signal.SIGINT)
    return KILLED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
