"""Flow logs of a network."""

from components.aws.flow_logs import FlowLogs
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.iam.documents import DocumentKind, read
from infra.iam.evaluate import PrincipalType, Request, evaluate
from tests.unit.components import examples

SERVICE = "vpc-flow-logs.amazonaws.com"
STREAM = (
    "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vpc/tokenworks-aws-dev/flow-logs"
    ":log-stream:eni-1-all"
)


def _flow_logs() -> Graph:
    return record_program(
        lambda: FlowLogs(
            "f",
            network=examples.network_ref(),
            retention_days=30,
            platform=examples.PLATFORM,
            account=examples.account_ref(),
            key_arn=examples.key_arn(),
            opts=examples.with_aws(),
        ),
        stack="aws-dev",
    )


def test_accepted_and_refused_traffic_of_the_whole_network_is_logged() -> None:
    graph = _flow_logs()
    log = graph.named("f-log")

    assert log.inputs["vpcId"] == "vpc-1"
    assert log.inputs["trafficType"] == "ALL"
    assert log.property_dependencies["logDestination"] == (graph.named("f-group").urn,)
    assert graph.named("f-grants").urn in log.dependencies


def test_the_log_is_encrypted_and_has_an_end() -> None:
    group = _flow_logs().named("f-group")

    assert group.inputs["kmsKeyId"] == "arn:aws:kms:us-east-1:123456789012:key/some"
    assert group.inputs["retentionInDays"] == 30


def test_nobody_elses_flow_logs_are_written_with_our_role() -> None:
    text = str(_flow_logs().named("f-role").inputs["assumeRolePolicy"])
    trust = read(text, name="trust", kind=DocumentKind.TRUST)

    def may(account: str) -> bool:
        request = Request(
            principal=SERVICE,
            principal_type=PrincipalType.SERVICE,
            action="sts:AssumeRole",
            resource="*",
            context={
                "aws:SourceAccount": account,
                "aws:SourceArn": f"arn:aws:ec2:us-east-1:{account}:vpc-flow-log/fl-1",
            },
        )
        return evaluate([trust], request).is_allowed

    assert may("123456789012")
    assert not may("999999999999")


def test_the_writer_writes_to_its_own_group_and_cannot_make_one() -> None:
    """One that it made again after a destroy would stay, without an end."""
    text = str(_flow_logs().named("f-grants").inputs["policy"])
    grants = read(text, name="grants", kind=DocumentKind.IDENTITY)

    def may(action: str, resource: str) -> bool:
        request = Request(
            principal="arn:aws:iam::123456789012:role/f", action=action, resource=resource
        )
        return evaluate([grants], request).is_allowed

    assert may("logs:PutLogEvents", STREAM)
    assert not may("logs:PutLogEvents", STREAM.replace("aws-dev", "aws-prod"))
    assert not may("logs:CreateLogGroup", STREAM)
