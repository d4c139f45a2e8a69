"""Our stack files in a folder of a test, to be changed at will."""

import re
import shutil
from pathlib import Path

from infra.spec.files import STACKS_FOLDER


def copied_stacks(folder: Path) -> Path:
    """Copy every stack file into a folder that is made; return it."""
    shutil.copytree(STACKS_FOLDER, folder)
    return folder


def added_lines(before: str, after: str) -> list[str]:
    """Return the lines that are only in the second text, which must have all else as it was."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    start = next((i for i, line in enumerate(old) if new[i : i + 1] != [line]), len(old))
    count = len(new) - len(old)
    assert old == new[:start] + new[start + count :]
    return new[start : start + count]


def without_tenants(text: str) -> str:
    """Return the text of a stack file without the section `tenants`, and what needs tenants."""
    apart = re.sub(r"    sharedHost: true\n", "", text)
    return re.sub(r"  tokenworks:tenants:\n(?:    .*\n)+\n?", "", apart)
