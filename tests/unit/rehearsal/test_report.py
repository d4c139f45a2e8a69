"""The report of a rehearsal has what the summary says."""

from collections.abc import Sequence
from pathlib import Path

from infra.cost.document import AS_OF
from infra.cost.estimate import estimate
from infra.cost.resources import from_graph
from infra.rehearsal.engine import Diagnostic
from infra.rehearsal.names import Names
from infra.rehearsal.nodes.report import CacheServer, Placement, PoolGpus
from infra.rehearsal.report import write_report
from infra.rehearsal.secrets_seen import SyncedSecret
from infra.rehearsal.summary import Sight, where_the_cache_is
from infra.rehearsal.way_in import WayIn
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
        cache_servers=[CacheServer("valkey-counters", running=True)],
        secrets=[
            SyncedSecret("models/hub-token", arrived=False, words="could not get it"),
            SyncedSecret("vector-store/milvus-root", arrived=True, words="secret synced"),
        ],
        way_in=WayIn("lb.example.com", ("a.llm.example.com",), ()),
        names=Names({"a.llm.example.com": True}),
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
    assert "cache valkey-counters: 1 of 1 servers run in the cluster" in text
    assert "secrets: 1 of 2 arrived in the cluster; models/hub-token has not: could not get" in text
    assert "gateway https://a.llm.example.com at lb.example.com" in text
    assert "names 1 of 1 hosts point at the gateway" in text
    assert "why it is" not in text


def _with_caches(*types: str, servers: Sequence[CacheServer] = ()) -> Sight:
    return Sight(
        {STACK: types}, [], [], [], memory={}, cache_servers=servers, secrets=[], way_in=None
    )


def test_the_summary_counts_the_servers_of_the_cache_that_run() -> None:
    servers = [CacheServer("valkey-counters", running=False), CacheServer("valkey-b", running=True)]

    assert where_the_cache_is(_with_caches()) is None
    assert (
        where_the_cache_is(_with_caches(servers=servers))
        == "valkey-counters, valkey-b: 1 of 2 servers run in the cluster"
    )
    assert (
        where_the_cache_is(_with_caches(*["gcp:memorystore/instance:Instance"] * 2))
        == "2 instances of Memorystore"
    )
