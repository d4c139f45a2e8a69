"""`make dashboards`: draw every dashboard into docs/images/dashboards.

The data are a scene on a fixed clock (`scene`), in a real Prometheus: the same pictures each time.
"""

import re
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from components.observability.dashboards.boards import dashboards
from components.observability.rules.cost import SPEND, UNPRICED
from components.observability.rules.groups import rule_groups
from components.observability.rules.objects import group_spec
from components.observability.rules.recording import NODES
from components.observability.rules.rule import RuleGroup
from infra.rehearsal import ladder
from infra.rehearsal.ladder import Programs, SilentProgress
from tests.support import prometheus
from tests.support.observability.answers import BEGIN, lines_of, marks
from tests.support.observability.drawing.picture import picture
from tests.support.observability.recording import END, STEP_SECONDS
from tests.support.observability.scene import scene
from tests.support.observability.stack import everything
from tests.support.prometheus import Server

LEAD = 900
"""Seconds before what is shown, so that it begins with a value."""
RECORDED = ((NODES,), (SPEND, UNPRICED))
"""Series of rules that dashboards show, in the order in which one may use another."""
CONSTANT = re.compile(r"vector\(([0-9.]+)\)")
FOLDER = Path(__file__).parents[3] / "docs" / "images" / "dashboards"


@contextmanager
def playing(programs: Programs, folder: Path) -> Generator[Server]:
    """Start a Prometheus in a folder that has the scene."""
    spec = everything()
    rules = [rule for group in rule_groups(spec) for rule in group.recordings]
    recording = scene()
    for rule in rules:
        # A constant needs no rule to be evaluated, which takes seconds for each.
        if constant := CONSTANT.fullmatch(rule.expr):
            recording.gauge(rule.record, rule.labels, float(constant.group(1)))
    prometheus.blocks(programs, folder, recording.open_metrics())
    groups = [
        RuleGroup("shown", STEP_SECONDS, tuple(rule for rule in rules if rule.record in records))
        for records in RECORDED
    ]
    prometheus.record(
        programs, folder, [group_spec(one, spec) for one in groups], BEGIN - LEAD, END
    )
    with prometheus.running(programs, folder) as server:
        yield server


def pictures(server: Server) -> dict[str, str]:
    """Return each dashboard as SVG, by the name of its file."""
    return {
        f"{board.uid.removeprefix('tokenworks-')}.svg": picture(
            board, lambda panel, of=board: lines_of(server, of, panel), marks()
        )
        for board in dashboards(everything())
    }


def main() -> None:
    """Write the pictures, and name what changed."""
    programs = ladder.install(SilentProgress(), families=ladder.TEST_FAMILIES)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, playing(programs, Path(folder)) as server:
        for name, drawn in pictures(server).items():
            file = FOLDER / name
            if not file.is_file() or file.read_text(encoding="utf-8") != drawn:
                file.write_text(drawn, encoding="utf-8")
                sys.stdout.write(f"changed: docs/images/dashboards/{name}\n")


if __name__ == "__main__":
    main()
