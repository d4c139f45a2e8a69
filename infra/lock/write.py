"""Answers into the text of a lock file: its comments and order stay, lines of answers change.

Pure. Owns the form of the lines. An edited text is read again before anybody keeps it.
"""

import re
from collections.abc import Sequence
from datetime import date

from infra.lock.answers import Resolved
from infra.lock.resolve import Verdict

SECTION = re.compile(r"^(\w+):\s*$")
ROW = re.compile(r"^  ([\w.-]+):(?: (&|\*)unresolved)?\s*$")
DIGEST = re.compile(r"^    digest: null\s*$")
DIGEST_NOTES = re.compile(r"^    digest(Source|Date): ")
ADDONS = "addons"
OPEN_ADDON = ("    version: null", "    source: not asked yet")


class LockTextError(ValueError):
    """The text has not the form that is edited here."""


def with_answers(text: str, verdicts: Sequence[Verdict], today: date) -> str:
    """Return a lock file's text with the answers to what it left open.

    Raises:
        LockTextError: a row is not found where it must be.
    """
    news = {(one.section, one.name): one.news for one in verdicts if one.news is not None}
    head, addons = _split(text)
    lines, missed = _with_digests(head, news, today)
    wanted = {name: answer for (section, name), answer in news.items() if section == ADDONS}
    written = _with_versions(addons, wanted, today) if wanted else addons
    if missed:
        message = f"no line `digest: null` of {', '.join(sorted(missed))}"
        raise LockTextError(message)
    return "\n".join([*lines, *written]) + "\n"


def _split(text: str) -> tuple[list[str], list[str]]:
    lines = text.splitlines()
    start = next((i for i, line in enumerate(lines) if line.startswith(f"{ADDONS}:")), len(lines))
    return lines[:start], lines[start:]


def _with_digests(
    lines: Sequence[str], news: dict[tuple[str, str], Resolved], today: date
) -> tuple[list[str], set[str]]:
    open_rows = {key for key in news if key[0] != ADDONS}
    section, row, written = "", "", []
    for line in lines:
        if found := SECTION.match(line):
            section = found[1]
        elif found := ROW.match(line):
            row = found[1]
        answer = news.get((section, row))
        if answer is None or (section, row) not in open_rows:
            written.append(line)
        elif DIGEST.match(line):
            open_rows.discard((section, row))
            written += [
                f"    digest: {answer.value}",
                f"    digestSource: {answer.source}",
                f"    digestDate: {today}",
            ]
        elif not DIGEST_NOTES.match(line):
            written.append(line)
    return written, {f"{section} {name}" for section, name in open_rows}


def _with_versions(lines: Sequence[str], news: dict[str, Resolved], today: date) -> list[str]:
    """Write add-ons anew: those that are open share one row, the first of them (an anchor)."""
    written, row, anchored, skips = [], "", False, False
    dated = next((line for line in lines if line.startswith("    sourceDate: ")), "")
    for line in lines:
        found = ROW.match(line)
        if found is None:
            if not skips or not line.startswith("    "):
                written.append(line)
            continue
        row, skips = found[1], False
        if row in news:
            answer, skips = news[row], True
            written += [
                f"  {row}:",
                f"    version: {answer.value}",
                f"    source: {answer.source}",
                f"    sourceDate: {today}",
            ]
        elif found[2] is None:
            written.append(line)
        elif anchored:
            written.append(f"  {row}: *unresolved")
        else:
            anchored, skips = True, True
            written += [f"  {row}: &unresolved", *OPEN_ADDON, dated]
    return written
