"""Writes a pinned list from what a program answers.

`python -m tests.support.metric_list FILE SOURCE …`: FILE is a list in `infra/catalog/metrics`,
whose head stays but for date and mark; SOURCE is a file or URL with the answer, and several are put
together. Version and source in the head are for a person to set. Review the diff: a name that went
is a rule or a panel that is blind.
"""

import csv
import io
import sys
import urllib.request
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from infra.catalog.metric_lists import COLUMNS, FOLDER, Mark, Metric
from tests.support import exposition

TIMEOUT_SECONDS = 30


def list_text(head: str, metrics: Iterable[Metric]) -> str:
    """Return a list's text below its head."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for one in sorted(metrics, key=lambda metric: metric.name):
        rows.writerow([one.name, one.kind.value, " ".join(sorted(one.labels)), one.help])
    return head + text.getvalue()


def rewritten(before: str, *answers: str, today: str) -> str:
    """Return a list as a running program gives it today, under the head that it has."""
    fresh = {"date": today, "mark": Mark.READ_LIVE.value}
    head = []
    for line in before.splitlines():
        if line.startswith("#"):
            key = line.removeprefix("#").partition(":")[0].strip()
            head.append(f"# {key}: {fresh[key]}" if key in fresh else line)
    return list_text("\n".join(head) + "\n", exposition.metrics(*answers))


def _read(source: str) -> str:
    if not source.startswith("http://"):
        return Path(source).read_text(encoding="utf-8")
    with urllib.request.urlopen(source, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - http, as checked
        return answer.read().decode()


def main(arguments: list[str]) -> None:
    """Rewrite a list."""
    name, *sources = arguments
    path = FOLDER / name
    today = datetime.now(UTC).date().isoformat()
    text = rewritten(path.read_text(encoding="utf-8"), *map(_read, sources), today=today)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
