"""docs/costs.md is what the estimate says now."""

from infra.cost.document import AS_OF, DOCUMENT, document
from infra.cost.estimate import estimate_graph
from infra.cost.usage import DEFAULT
from infra.spec.stacks import load_environment
from tests.support.graphs import graph_of
from tests.support.stacks import STACKS


def test_the_costs_of_all_stacks_are_the_present_ones() -> None:
    """`make golden` writes it."""
    estimates = [
        estimate_graph(graph_of(stack), load_environment(stack), AS_OF) for stack in STACKS
    ]
    text = document(estimates)

    assert DOCUMENT.read_text(encoding="utf-8") == text
    assert all(f"| `{stack}` |" in text for stack in STACKS)
    readme = (DOCUMENT.parents[1] / "README.md").read_text(encoding="utf-8")
    shown = {one.stack: one for one in estimates}
    for stack in ("aws-dev", "aws-prod", "gcp-dev", "gcp-prod"):
        found = shown[stack]
        ends = (found.total.minimum, found.total.expected, found.total.maximum)
        cells = " | ".join(f"{end:,.0f}" for end in ends)
        assert f"| {cells} | {found.usd_per_hour_at_most:.2f} |" in readme
    assert f"| `natGb` | {DEFAULT.nat_gb} |" in text
