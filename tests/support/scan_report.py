"""What a scan saw of each stack and what it did not, as docs/scan.md. As a module: scan and write.

Owns the page and its counts; findings and suppressions are `scan`'s.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.graph.render import render
from tests.support.graphs import graph_of
from tests.support.manifests import Pod, pods_of
from tests.support.scan import ROOT, Scan, Suppression, mistakes, read_suppressions, scan
from tests.support.stacks import STACKS

PAGE = ROOT / "docs" / "scan.md"
HEAD = """\
# What a security scanner says about the Kubernetes objects

Written by `make scan`; a stale page fails a test.
[checkov](https://www.checkov.io) runs all its default checks for Kubernetes over what `tokenworks
render` writes for each stack, offline, from the environment that [`.ci/checkov`](../.ci/checkov)
locks. Nothing but what stands below may fail.

## What it sees

`tokenworks render` writes a chart as its values, so that checkov never sees the pods of a chart.
The rehearsal knows them by its placeholders: this table counts their pod templates
(a Deployment or DaemonSet has one, however many pods run of it). Neither column counts what a cloud
runs by itself: EKS add-ons, and all that GKE brings.

| stack | pod templates seen | of charts, not seen | share not seen | charts |
|---|---|---|---|---|
"""


def render_all(folder: Path, stacks: Sequence[str] = STACKS) -> dict[str, Path]:
    """Write the objects of each stack into a folder of its own."""
    for stack in stacks:
        render(graph_of(stack), folder / stack)
    return {stack: folder / stack for stack in stacks}


def page(suppressions: Sequence[Suppression]) -> str:
    """Return docs/scan.md."""
    pods = {stack: pods_of(stack) for stack in STACKS}
    rows = [_row(stack, pods[stack]) for stack in STACKS]
    rows.append(_row("all", tuple(pod for of_stack in pods.values() for pod in of_stack)))
    lines = ["", f"## What may fail: {len(suppressions)} checks", ""]
    for one in suppressions:
        lines += [f"**{one.check}**: {one.reason} It stands for:", ""]
        lines += [*(f"- `{resource}`" for resource in one.resources), ""]
    return HEAD + "\n".join([*rows, *lines]).rstrip() + "\n"


def _row(stack: str, pods: Sequence[Pod]) -> str:
    unseen = [pod for pod in pods if pod.owner.chart]
    charts = ", ".join(sorted({str(pod.owner.chart) for pod in unseen}))
    share = f"{100 * len(unseen) / len(pods):.0f} %" if pods else "no pods"
    return f"| {stack} | {len(pods) - len(unseen)} | {len(unseen)} | {share} | {charts or 'none'} |"


def summary(scans: Sequence[Scan], wrong: Sequence[str]) -> str:
    """Return what a person reads in the terminal."""
    lines = [f"{one.stack}: {one.passed} checks hold, {len(one.findings)} do not" for one in scans]
    lines += wrong or ["nothing but what .ci/checkov/suppressions.yaml allows"]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Scan all stacks, write the page, return 1 when something must be mended."""
    suppressions = read_suppressions()
    with TemporaryDirectory() as folder:
        scans = scan(render_all(Path(folder)))
    wrong = mistakes(scans, suppressions)
    PAGE.write_text(page(suppressions), encoding="utf-8")
    sys.stdout.write(summary(scans, wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
