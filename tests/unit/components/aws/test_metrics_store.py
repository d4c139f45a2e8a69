"""A store of samples that AWS runs."""

from components.aws.encryption import Encryption
from components.aws.metrics_store import MetricsStore
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.iam.documents import DocumentKind, read
from infra.iam.evaluate import Request, evaluate
from tests.unit.components import examples

ROOT = "arn:aws:iam::123456789012:root"


def _made(seen: list[str] | None = None, *, protected: bool = False) -> Graph:
    def program() -> None:
        made = MetricsStore(
            "m",
            platform=examples.PLATFORM,
            key_arn=examples.key_arn(),
            protected=protected,
            opts=examples.with_aws(),
        )
        made.writer.apply((seen if seen is not None else []).append)

    return record_program(program, stack="aws-dev")


def test_samples_are_encrypted_with_the_platforms_key_and_the_store_is_ours_by_its_tags() -> None:
    workspace = _made().named("m-workspace")

    assert workspace.inputs["kmsKeyArn"] == "arn:aws:kms:us-east-1:123456789012:key/some"
    assert workspace.inputs["alias"] == "tokenworks-aws-dev"
    assert "tags" in workspace.inputs


def test_a_protected_platform_does_not_lose_its_samples_with_a_destroy() -> None:
    assert _made(protected=True).named("m-workspace").protect
    assert not _made().named("m-workspace").protect


def test_whoever_writes_reads_nothing_and_writes_to_no_other_store() -> None:
    texts: list[str] = []
    graph = _made(texts)
    grants = read(texts[0], name="grants", kind=DocumentKind.IDENTITY)
    own = str(graph.named("m-workspace").outputs["arn"])

    def may(action: str, resource: str) -> bool:
        request = Request(
            principal="arn:aws:iam::123456789012:role/m", action=action, resource=resource
        )
        return evaluate([grants], request).is_allowed

    assert may("aps:RemoteWrite", own)
    assert not may("aps:RemoteWrite", "arn:aws:aps:us-east-1:123456789012:workspace/ws-other")
    assert not any(
        may(f"aps:{action}", own) for action in ("QueryMetrics", "GetSeries", "DeleteWorkspace")
    )


def test_the_key_serves_the_store_in_somebodys_name_and_only_where_there_is_one() -> None:
    def may(*, metrics: bool) -> bool:
        graph = record_program(
            lambda: Encryption(
                "e",
                platform=examples.PLATFORM,
                account=examples.account_ref(),
                protected=False,
                metrics=metrics,
                opts=examples.with_aws(),
            ),
            stack="aws-dev",
        )
        text = str(graph.named("e-key").inputs["policy"])
        request = Request(
            principal=ROOT,
            action="kms:GenerateDataKey",
            resource="arn:aws:kms:us-east-1:123456789012:key/some",
            context={"kms:ViaService": "aps.us-east-1.amazonaws.com"},
        )
        return evaluate([read(text, name="key", kind=DocumentKind.KEY)], request).is_allowed

    assert may(metrics=True)
    assert not may(metrics=False)
