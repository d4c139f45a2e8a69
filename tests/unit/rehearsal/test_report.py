"""The report of a rehearsal has what the summary says."""

from pathlib import Path

from infra.cost.document import AS_OF
from infra.cost.estimate import estimate
from infra.cost.resources import from_graph
from infra.rehearsal.engine import Diagnostic
from infra.rehearsal.nodes.report import Placement, PoolGpus
from infra.rehearsal.report import write_report
from infra.rehearsal.summary import Sight
from infra.spec.files import load_stack_file
from tests.support.graphs import graph_of

STACK = "aws-dev"


def test_the_report_says_what_came_up_what_it_costs_and_what_policies_say(tmp_path: Path) -> None:
    spec = load_stack_file(STACK)
    bill = estimate(
        from_graph(graph_of(STACK)),
        stack=STACK,
        cloud=spec.cloud.provider,
        region=spec.cloud.region,
        as_of=AS_OF,
    )
    placed = Placement("models/a", "qwen2-5-7b", "node-1", "l4", "spot", running=True)
    sight = Sight(
        types={STACK: ["aws:ec2/vpc:Vpc"] * 129},
        models=spec.models,
        placements=[placed],
        gpus=[PoolGpus("l4", nodes=1, bought=1, announced=1, used=1)],
        memory={},
    )
    said = Diagnostic("warning", "", "a-rule: why it is\n<b>look</b> at this", policy="a-rule")

    file = write_report(tmp_path, [spec], sight, [bill], {STACK: [said]})

    text = file.read_text(encoding="utf-8")
    assert file == tmp_path / "report.html"
    assert "129" in text
    assert "1 on l4 (spot)" in text
    assert f"{bill.total.expected:,.2f}" in text
    assert "1 of 1" in text
    assert "&lt;b&gt;look&lt;/b&gt; at this" in text
    assert "why it is" not in text
