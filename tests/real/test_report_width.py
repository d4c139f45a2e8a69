"""The HTML reports in a real browser: nothing makes a reader scroll sideways."""

import html
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.cost.document import AS_OF
from infra.cost.estimate import estimate
from infra.cost.model import Estimate
from infra.cost.resources import from_graph
from infra.review.changes import changes
from infra.review.html import Sight, page, sight_page
from infra.review.model import Outcome, PolicyResult
from infra.spec.files import load_stack_file
from tests.support.graphs import graph_of
from tests.support.review import graph, resource, review_of, stack_review

pytestmark = pytest.mark.real

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
PHONE, DESK = 390, 1440
STACK = "gcp-prod"
LONG = "arn:aws:iam::123456789012:role/" + "a-name-without-a-space-" * 20
LONG_WORD = "x" * 400


def bill() -> Estimate:
    """Return what the widest of our stacks costs."""
    cloud = load_stack_file(STACK).cloud
    resources = from_graph(graph_of(STACK))
    return estimate(resources, stack=STACK, cloud=cloud.provider, region=cloud.region, as_of=AS_OF)


def findings() -> tuple[PolicyResult, ...]:
    """Return a failing rule whose every text is too long for a line."""
    return (
        PolicyResult(
            rule="month-within-budget",
            outcome=Outcome.FAILS,
            message=LONG,
            resources=(LONG_WORD,),
            is_new=True,
        ),
    )


def a_review() -> str:
    """Return the report about a change of long names and long values."""
    sides = [
        graph(
            resource("aws:eks/nodeGroup:NodeGroup", LONG_WORD, {"instanceTypes": [machine]}),
            resource("aws:iam/role:Role", "role", {"arn": f"{machine}{LONG}"}),
        )
        for machine in ("g6.xlarge", "g6.2xlarge")
    ]
    spec = load_stack_file(STACK)
    one = stack_review(changes(*sides), spec=spec, head_cost=bill(), policies=findings())
    return page(review_of(one))


def a_rehearsal() -> str:
    """Return the report of a rehearsal with a model that stands in many places."""
    spec = load_stack_file(STACK)
    sight = Sight(figures=(("USD a month", "71,794.61"),), models={}, lines=(LONG, LONG_WORD))
    return sight_page([spec], {STACK: bill()}, {STACK: findings()}, sight)


@pytest.mark.skipif(BROWSER is None, reason="not run: chromium is not installed")
@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("report", [a_review, a_rehearsal], ids=["review", "rehearsal"])
def test_a_report_is_no_wider_than_the_screen(
    report: Callable[[], str], width: int, tmp_path: Path
) -> None:
    assert sideways(report(), width, tmp_path) == 0


@pytest.mark.skipif(BROWSER is None, reason="not run: chromium is not installed")
def test_the_measurement_sees_a_page_that_is_too_wide(tmp_path: Path) -> None:
    wide = "<!doctype html><body style='margin:0'><div style='width:600px'>wide</div>"

    assert sideways(wide, PHONE, tmp_path) == 600 - PHONE


def sideways(text: str, width: int, folder: Path) -> int:
    """Return how many pixels a reader can scroll sideways in a frame of that width."""
    # A frame, because a window of a headless browser has a least width of its own.
    host = folder / "host.html"
    frame = f'<iframe id="f" style="width:{width}px;height:900px;border:0"'
    script = (
        "<script>f.onload=()=>{const page=f.contentDocument.documentElement;"
        "document.title='w'+(page.scrollWidth-page.clientWidth)}</script>"
    )
    host.write_text(
        f'<!doctype html>{frame} srcdoc="{html.escape(text)}"></iframe>{script}', encoding="utf-8"
    )
    assert BROWSER is not None
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000"]
    command = [BROWSER, *flags, f"--user-data-dir={folder / 'profile'}", "--dump-dom", str(host)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    found = re.search(r"<title>w(\d+)</title>", done.stdout)
    assert found is not None, done.stdout[:500]
    return int(found[1])
