"""The command line, as its user has it."""

import os
import subprocess
import sys
from pathlib import Path

TOKENWORKS = Path(sys.executable).with_name("tokenworks")


def run(*arguments: str, project: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command and return what it said and how it ended."""
    environment = {**os.environ, "COLUMNS": "200"}
    command = [str(TOKENWORKS), *arguments, *(["--project", str(project)] if project else [])]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
