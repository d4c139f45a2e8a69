"""Runs while the image is built: whether its base has what the programs in it take for granted.

Called with the folder of the programs and the version of vLLM that stacks are written for.
Ends with all that is wrong, or says nothing.
"""

import importlib.util
import pwd
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

USER, HOME = 2000, "/home/vllm"
"""Of the official image (vllm#40275); pods of the stacks run as this user."""
OLDEST_PYTHON = (3, 11)


def mistakes(programs: Path, wanted: str) -> list[str]:
    """Return what the base lacks."""
    wrong = []
    if sys.version_info < OLDEST_PYTHON:
        wrong.append(f"Python: must be 3.11 or newer, got {sys.version.split()[0]}")
    try:
        found = version("vllm")
    except PackageNotFoundError:
        found = "none"
    if found.partition("+")[0] != wanted:
        wrong.append(f"vLLM: must be {wanted}, got {found}")
    if shutil.which("vllm") is None:
        wrong.append("vllm: no such program on PATH")
    try:
        if (home := pwd.getpwuid(USER).pw_dir) != HOME:
            wrong.append(f"user {USER}: home must be {HOME}, got {home}")
    except KeyError:
        wrong.append(f"user {USER}: the base has none")
    return [*wrong, *missing_modules(programs / "start.py")]


def missing_modules(start: Path) -> list[str]:
    """Return what the start program streams weights with and the base does not have."""
    spec = importlib.util.spec_from_file_location("start", start)
    if spec is None or spec.loader is None:
        return [f"{start}: cannot be read"]
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    names = sorted({name for names in program.STREAMERS.values() for name in names})
    return [f"{name}: not installed" for name in names if not program.is_installed(name)]


def main() -> None:
    """Check, and fail the build with all that is wrong."""
    wrong = mistakes(Path(sys.argv[1]), sys.argv[2])
    if wrong:
        sys.exit("\n".join(["this base is not what the model server is built on:", *wrong]))


if __name__ == "__main__":
    main()
