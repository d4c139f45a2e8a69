"""What in a policy document is too wide."""

import pytest

from infra.iam.audit import Rule, Severity, audit
from infra.iam.documents import DocumentKind, Json
from tests.support.iam import ROLE, allow, deny, document

REASONS = {"ec2:DescribeInstances": "EC2's Describe calls take no resource", "ec2:Empty": ""}
BUCKET = "arn:aws:s3:::${weights}"


def _rules(
    statement: dict[str, Json], kind: DocumentKind = DocumentKind.IDENTITY
) -> list[tuple[Rule, str]]:
    findings = audit(document(statement, kind=kind), REASONS)
    return [(finding.rule, finding.got) for finding in findings]


@pytest.mark.parametrize(
    "statement",
    [
        allow("s3:GetObject", f"{BUCKET}/*"),
        allow("ec2:DescribeInstances", "*"),
        allow("eks:DescribeCluster", "arn:aws:eks:us-east-1:123456789012:cluster/${c}"),
        deny("s3:*", "*"),
        {"Effect": "Deny", "NotAction": "s3:GetObject", "NotResource": BUCKET},
    ],
)
def test_a_narrow_statement_is_fine_and_a_deny_always(statement: dict[str, Json]) -> None:
    assert _rules(statement) == []


@pytest.mark.parametrize("action", ["*", "s3:*", "s3:Get*", "s3:GetObjec?"])
def test_an_action_with_a_wildcard_is_found(action: str) -> None:
    assert _rules(allow(action, BUCKET)) == [(Rule.ACTION, action)]


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        "arn:aws:*",
        "arn:aws:s3:::*",
        "arn:aws:iam::*:role/x",
        "arn:aws:ec2:*:123456789012:vpc/v",
    ],
)
def test_any_resource_without_a_written_reason_is_found(resource: str) -> None:
    assert _rules(allow("s3:GetObject", [BUCKET, resource])) == [(Rule.RESOURCE, resource)]


def test_one_action_without_a_reason_is_enough() -> None:
    mixed = allow(["ec2:DescribeInstances", "ec2:RunInstances"], "*")

    [finding] = audit(document(mixed), REASONS)

    assert finding.rule is Rule.RESOURCE
    assert finding.next_step.endswith("why there are none for ec2:RunInstances")


def test_an_empty_reason_is_none() -> None:
    assert _rules(allow("ec2:Empty", "*")) == [(Rule.RESOURCE, "*")]


def test_not_action_and_not_resource_that_allow_are_found() -> None:
    statement: dict[str, Json] = {"Effect": "Allow", "NotAction": "iam:*", "NotResource": BUCKET}

    assert _rules(statement) == [(Rule.NOT_ACTION, "iam:*"), (Rule.NOT_RESOURCE, BUCKET)]


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}])
def test_anybody_without_a_condition_is_found(principal: Json) -> None:
    statement = allow("s3:GetObject", f"{BUCKET}/*", Principal=principal)
    limited = statement | {"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}

    assert _rules(statement, DocumentKind.RESOURCE) == [(Rule.PRINCIPAL, "*")]
    assert _rules(limited, DocumentKind.RESOURCE) == []


def test_not_principal_that_allows_is_found() -> None:
    statement = allow("s3:GetObject", f"{BUCKET}/*", NotPrincipal={"AWS": ROLE})

    assert _rules(statement, DocumentKind.RESOURCE) == [(Rule.NOT_PRINCIPAL, ROLE)]


def test_any_resource_of_a_keys_own_document_is_the_key_alone() -> None:
    statement = allow("kms:Decrypt", "*", Principal={"AWS": ROLE})

    assert _rules(statement, DocumentKind.KEY) == []
    assert _rules(statement, DocumentKind.RESOURCE) == [(Rule.RESOURCE, "*")]


def test_a_service_that_does_not_say_for_whom_it_acts_is_a_warning() -> None:
    trust: dict[str, Json] = {
        "Effect": "Allow",
        "Principal": {"Service": "eks.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    limited = trust | {"Condition": {"StringEquals": {"AWS:SourceAccount": "123456789012"}}}

    [finding] = audit(document(trust, kind=DocumentKind.TRUST), REASONS)

    assert (finding.rule, finding.severity) == (Rule.DEPUTY, Severity.WARN)
    assert finding.got == "eks.amazonaws.com"
    assert _rules(limited, DocumentKind.TRUST) == []


def test_an_operator_that_the_evaluator_does_not_know_is_found_in_a_deny_too() -> None:
    late: Json = {"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}

    assert _rules(deny(Condition=late)) == [(Rule.OPERATOR, "DateLessThan")]


def test_a_finding_names_statement_value_and_next_step() -> None:
    [finding] = audit(document(allow("s3:*", BUCKET, Sid="All")), REASONS)

    assert str(finding) == (
        "policy: statement 0 (All): wildcard action, got s3:*; name the actions"
    )
