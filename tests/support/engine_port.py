"""A port that answers as vLLM's does: its counter of tokens, and completions of one token."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from components.serving import health_check
from components.serving.health_check import TOKENS

PROGRAM = Path(health_check.__file__)


@dataclass
class Engine:
    """What vLLM's port says, and what it was asked."""

    tokens: int = 0
    status: int = 200
    seconds: float = 0.0
    completion_tokens: int = 1
    others: int = 0
    """Tokens of others that come while a completion is waited for."""
    late: int = 0
    """Looks at the counter, after a completion was asked for, until it shows those."""
    asked: list[dict[str, object]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    counts: bool = True
    port: int = 0
    folder: Path = Path()

    def check(self, seconds: float = 5, **environment: str) -> tuple[int, str]:
        """Return exit status and log of the program."""
        done = subprocess.run(
            [sys.executable, PROGRAM, f"--port={self.port}", f"--seconds={seconds}"],
            env={"TMPDIR": str(self.folder), **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stderr

    def metrics(self) -> str:
        if not self.counts:
            return "# nothing\n"
        if self.asked and self.late:
            self.late -= 1
            self.tokens += 0 if self.late else self.others
        return f'# TYPE {TOKENS} counter\n{TOKENS}{{engine="0",model_name="m"}} {self.tokens}.0\n'

    def complete(self, body: dict[str, object]) -> str:
        self.asked.append(body)
        self.tokens += 0 if self.late else self.others
        time.sleep(self.seconds)
        if self.status == 200:
            self.tokens += self.completion_tokens
        return json.dumps({"usage": {"completion_tokens": self.completion_tokens}})
