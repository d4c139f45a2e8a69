"""`python -m infra.rehearsal.supervisor DIRECTORY`; started by `Supervisor`, not by hand."""

import sys
from pathlib import Path

from infra.rehearsal.supervisor.server import Server

if __name__ == "__main__":
    Server(Path(sys.argv[1])).serve()
