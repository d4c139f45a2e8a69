"""What pods print, in CloudWatch Logs."""

from components.aws.pod_logs import PodLogs
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.iam.documents import DocumentKind, read
from infra.iam.evaluate import Request, evaluate
from tests.unit.components import examples

GROUP = "/aws/eks/tokenworks-aws-dev/pods"
STREAM = f"arn:aws:logs:us-east-1:123456789012:log-group:{GROUP}:log-stream:tokenworks-aws-dev"


def _made(seen: list[str] | None = None) -> Graph:
    def program() -> None:
        made = PodLogs(
            "p",
            group=GROUP,
            stream="tokenworks-aws-dev",
            retention_days=30,
            platform=examples.PLATFORM,
            account=examples.account_ref(),
            key_arn=examples.key_arn(),
            opts=examples.with_aws(),
        )
        made.writer.apply((seen if seen is not None else []).append)

    return record_program(program, stack="aws-dev")


def test_lines_are_encrypted_and_have_an_end() -> None:
    group = _made().named("p-group")

    assert group.inputs["name"] == GROUP
    assert group.inputs["kmsKeyId"] == "arn:aws:kms:us-east-1:123456789012:key/some"
    assert group.inputs["retentionInDays"] == 30
    assert "tags" in group.inputs


def test_the_stream_is_there_before_anybody_writes() -> None:
    graph = _made()
    stream = graph.named("p-stream")

    assert stream.inputs["name"] == "tokenworks-aws-dev"
    assert stream.property_dependencies["logGroupName"] == (graph.named("p-group").urn,)


def test_the_writer_adds_lines_to_the_one_stream_and_reads_none() -> None:
    texts: list[str] = []
    _made(texts)
    grants = read(texts[0], name="grants", kind=DocumentKind.IDENTITY)

    def may(action: str, resource: str = STREAM) -> bool:
        request = Request(
            principal="arn:aws:iam::123456789012:role/p", action=action, resource=resource
        )
        return evaluate([grants], request).is_allowed

    assert may("logs:PutLogEvents")
    assert not may("logs:PutLogEvents", STREAM.replace(":tokenworks-aws-dev", ":another"))
    assert not may("logs:PutLogEvents", STREAM.replace("/pods", "/cluster"))
    assert not any(
        may(f"logs:{action}")
        for action in ("GetLogEvents", "CreateLogStream", "DeleteLogStream", "DescribeLogStreams")
    )
