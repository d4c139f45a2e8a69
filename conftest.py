"""Runs the examples of the documentation: `console` blocks are executed, `sh` blocks are not."""

import os
import signal
import subprocess
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, OutputChecker
from pathlib import Path

from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

ROOT = Path(__file__).parent
TIMEOUT_SECONDS = 120


def run_console_block(example: Example) -> str | None:
    """Run each `$ command` and compare what it prints with the lines below; `...` matches all."""
    command, expected = None, ""
    for line in [*example.parsed.splitlines(), "$ true"]:
        if not line.startswith("$ "):
            expected += line + "\n"
            continue
        if command is not None and (problem := _mismatch(command, expected)):
            return problem
        command, expected = line.removeprefix("$ "), ""
    return None


def _mismatch(command: str, expected: str) -> str | None:
    environment = {**os.environ, "PATH": f"{ROOT}/.venv/bin:{os.environ['PATH']}", "COLUMNS": "100"}
    done = subprocess.run(  # noqa: S602 - the documentation's own commands, shown to a shell's user
        command,
        shell=True,
        cwd=ROOT,
        env=environment,
        text=True,
        timeout=TIMEOUT_SECONDS,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if OutputChecker().check_output(expected, done.stdout, ELLIPSIS | NORMALIZE_WHITESPACE):
        return None
    return f"$ {command}\nexpected:\n{expected}\ngot:\n{done.stdout}"


def pytest_configure() -> None:
    """Hear Ctrl-C: a shell ignores it for what runs behind it, and programs inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


pytest_collect_file = Sybil(
    parsers=[CodeBlockParser("console", run_console_block), PythonCodeBlockParser()],
    patterns=["*.md"],
).pytest()
