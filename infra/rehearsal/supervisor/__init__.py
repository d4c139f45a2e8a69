"""The process that owns the rehearsal's long-living programs.

Owns: starting, watching and ending etcd, the control plane, kwok and the simulated clouds; the
state file by which a kept rehearsal is found again.
Does not own: what those programs are and when they are ready (`control_plane`, the simulated
clouds), nor commands that end by themselves (`processes.guarded`).

Why a process of its own: the rehearsal may end by Ctrl-C, by a crash or by SIGKILL, and in none of
them may anything stay behind. The supervisor notices through the pipe between them and ends all,
unless it was told `keep`. A kept one ends all once its state file is deleted: nobody could find it.
"""

from infra.rehearsal.supervisor.client import Supervisor
from infra.rehearsal.supervisor.errors import ChildEndedError, SupervisorError
from infra.rehearsal.supervisor.kept import KeptSupervisor, find_kept
from infra.rehearsal.supervisor.state import ChildSpec, ChildState

__all__ = [
    "ChildEndedError",
    "ChildSpec",
    "ChildState",
    "KeptSupervisor",
    "Supervisor",
    "SupervisorError",
    "find_kept",
]
