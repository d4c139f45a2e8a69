"""The real programs of a rehearsal, found or installed.

Owns: which programs in which versions (`catalogue`), the three rungs, the fastest first (`on_path`,
`release`, `source`), the per-user cache (`cache`), and the walk down the ladder (`ladder`).
Does not own: starting the programs.

Why a ladder: the rehearsal must run from a clean clone on a machine where nothing but Python, or
Python and Go, can be had, and must say which of the three it was.

`python -m infra.rehearsal.ladder` installs all of it with what tests alone run, and nothing else.
"""

from infra.rehearsal.ladder.cache import cache_folder
from infra.rehearsal.ladder.catalogue import PROMETHEUS, TEST_FAMILIES
from infra.rehearsal.ladder.ladder import LadderError, install
from infra.rehearsal.ladder.progress import Progress, SilentProgress
from infra.rehearsal.ladder.results import Installed, Programs, Rung

__all__ = [
    "PROMETHEUS",
    "TEST_FAMILIES",
    "Installed",
    "LadderError",
    "Programs",
    "Progress",
    "Rung",
    "SilentProgress",
    "cache_folder",
    "install",
]
