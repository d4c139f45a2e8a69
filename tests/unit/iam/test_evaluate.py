"""What comes of a request."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.iam.documents import DocumentKind, Json, PolicyError
from infra.iam.evaluate import Decision, PrincipalType, Request, evaluate
from tests.support.iam import ROLE, allow, deny, document, request

BUCKET = "arn:aws:s3:::weights"
ACCOUNT = "123456789012"


def _decision(*statements: dict[str, Json], asked: Request | None = None) -> Decision:
    return evaluate([document(*statements)], asked or request()).decision


def test_nothing_is_allowed_by_default() -> None:
    verdict = evaluate([], request())

    assert verdict.decision is Decision.NOT_ALLOWED
    assert str(verdict) == "not allowed by default"


def test_a_statement_that_allows_is_named_in_the_verdict() -> None:
    verdict = evaluate([document(allow(Sid="Read"))], request())

    assert verdict.is_allowed
    assert str(verdict) == "allowed by policy: statement 0 (Read)"


@pytest.mark.parametrize("order", [(allow(), deny()), (deny(), allow())])
def test_a_deny_wins_over_an_allow_wherever_it_stands(order: tuple[dict[str, Json], ...]) -> None:
    assert _decision(*order) is Decision.DENIED
    apart = [document(statement) for statement in order]
    assert evaluate(apart, request()).decision is Decision.DENIED


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("s3:GetObject", True),
        ("S3:GETOBJECT", True),
        ("s3:Get*", True),
        ("s3:GetObjec?", True),
        ("*", True),
        ("s3:*", True),
        ("s3:GetObject?", False),
        ("s3:GetObjectVersion", False),
        ("s3express:*", False),
    ],
)
def test_actions_are_compared_without_case(pattern: str, *, expected: bool) -> None:
    decision = Decision.ALLOWED if expected else Decision.NOT_ALLOWED
    assert _decision(allow(pattern)) is decision


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (f"{BUCKET}/*", True),
        (f"{BUCKET}/model", True),
        (f"{BUCKET}/MODEL", False),
        (BUCKET, False),
        ("arn:aws:s3:::*", True),
        ("arn:aws:*", True),
    ],
)
def test_resources_are_compared_with_case(pattern: str, *, expected: bool) -> None:
    decision = Decision.ALLOWED if expected else Decision.NOT_ALLOWED
    assert _decision(allow(resource=pattern)) is decision


def test_not_action_allows_everything_else_of_every_service() -> None:
    statement: dict[str, Json] = {"Effect": "Allow", "NotAction": "s3:Put*", "Resource": "*"}

    assert _decision(statement) is Decision.ALLOWED
    assert _decision(statement, asked=request("s3:PutObject")) is Decision.NOT_ALLOWED
    deletion = request("eks:DeleteCluster", "arn:aws:eks:us-east-1:123456789012:cluster/c")
    assert _decision(statement, asked=deletion) is Decision.ALLOWED


def test_not_action_that_denies_spares_what_it_names_and_grants_nothing() -> None:
    statement: dict[str, Json] = {"Effect": "Deny", "NotAction": "s3:Get*", "Resource": "*"}

    assert _decision(statement) is Decision.NOT_ALLOWED
    assert _decision(statement, allow()) is Decision.ALLOWED
    assert _decision(statement, allow("*"), asked=request("s3:PutObject")) is Decision.DENIED


def test_not_resource_reaches_every_other_resource() -> None:
    statement: dict[str, Json] = {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "NotResource": [BUCKET, f"{BUCKET}/*"],
    }

    assert _decision(statement) is Decision.NOT_ALLOWED
    other = request(resource="arn:aws:s3:::secrets/x")
    assert _decision(statement, asked=other) is Decision.ALLOWED


def test_a_statement_for_resources_does_not_cover_an_action_without_one() -> None:
    asked = request("s3:ListAllMyBuckets", "*")

    assert _decision(allow("s3:*", "arn:aws:s3:::*"), asked=asked) is Decision.NOT_ALLOWED
    assert _decision(allow("s3:ListAllMyBuckets"), asked=asked) is Decision.ALLOWED


def test_a_deny_whose_condition_does_not_hold_denies_nothing() -> None:
    without_tls = deny("s3:*", Condition={"Bool": {"aws:SecureTransport": "false"}})

    assert (
        _decision(allow(), without_tls, asked=request(aws__SecureTransport="true"))
        is Decision.ALLOWED
    )
    assert (
        _decision(allow(), without_tls, asked=request(aws__SecureTransport="false"))
        is Decision.DENIED
    )


def test_a_negated_condition_of_a_deny_applies_when_the_key_is_missing() -> None:
    outside = deny("s3:*", Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-1"}})

    assert _decision(allow(), outside) is Decision.DENIED
    assert _decision(allow(), outside, asked=request(aws__SourceVpce="vpce-1")) is Decision.ALLOWED


def test_the_request_knows_its_own_principal() -> None:
    ours = allow(Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}})
    account = allow(Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}})

    assert _decision(ours) is Decision.ALLOWED
    assert _decision(account) is Decision.ALLOWED
    other = request(principal="arn:aws:iam::999999999999:role/x")
    assert _decision(ours, asked=other) is Decision.NOT_ALLOWED
    assert _decision(account, asked=other) is Decision.NOT_ALLOWED


@pytest.mark.parametrize(
    ("action", "resource"),
    [("s3:*", BUCKET), ("s3:GetObject", f"{BUCKET}/*"), ("*", "*"), ("s3:Get?", BUCKET)],
)
def test_a_question_about_many_things_is_refused(action: str, resource: str) -> None:
    with pytest.raises(PolicyError, match="must name one action and one resource"):
        request(action, resource)


def _by_resource(statement: dict[str, Json], asked: Request) -> Decision:
    return evaluate([document(statement, kind=DocumentKind.RESOURCE)], asked).decision


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("*", True),
        ({"AWS": "*"}, True),
        ({"AWS": ROLE}, True),
        ({"AWS": [ROLE, "arn:aws:iam::999999999999:role/x"]}, True),
        ({"AWS": "arn:aws:iam::123456789012:role/other"}, False),
        ({"Service": "eks.amazonaws.com"}, False),
        ({"AWS": ACCOUNT}, False),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, False),
    ],
)
def test_a_resource_lets_in_whom_it_names_and_leaves_an_account_to_itself(
    principal: Json, *, expected: bool
) -> None:
    decision = Decision.ALLOWED if expected else Decision.NOT_ALLOWED
    assert _by_resource(allow(Principal=principal), request()) is decision


@pytest.mark.parametrize(
    "principal", ["*", {"AWS": ACCOUNT}, {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}]
)
def test_a_resource_that_shuts_out_an_account_shuts_out_its_roles(principal: Json) -> None:
    own, resource = (
        document(allow()),
        document(deny(Principal=principal), kind=DocumentKind.RESOURCE),
    )

    assert evaluate([own, resource], request()).decision is Decision.DENIED


def test_either_side_may_allow_within_one_account() -> None:
    resource = document(allow(Principal={"AWS": ROLE}), kind=DocumentKind.RESOURCE)

    assert evaluate([document(allow("eks:DescribeCluster")), resource], request()).is_allowed


def test_not_principal_spares_who_is_named_with_the_account() -> None:
    def denied_unless(*names: str) -> Decision:
        others = deny(NotPrincipal={"AWS": list(names)})
        resource = document(others, kind=DocumentKind.RESOURCE)
        return evaluate([document(allow()), resource], request()).decision

    assert denied_unless("arn:aws:iam::999999999999:role/x") is Decision.DENIED
    assert denied_unless(ROLE) is Decision.DENIED
    assert denied_unless(ROLE, ACCOUNT) is Decision.ALLOWED


def test_a_trust_document_says_which_service_may_take_on_the_role() -> None:
    trust = document(
        {
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
        kind=DocumentKind.TRUST,
    )

    def by(service: str) -> Decision:
        asked = Request(
            principal=service,
            principal_type=PrincipalType.SERVICE,
            action="sts:AssumeRole",
            resource=ROLE,
        )
        return evaluate([trust], asked).decision

    assert by("pods.eks.amazonaws.com") is Decision.ALLOWED
    assert by("ec2.amazonaws.com") is Decision.NOT_ALLOWED


def test_everybody_of_aws_is_no_service() -> None:
    asked = Request(
        principal="eks.amazonaws.com",
        principal_type=PrincipalType.SERVICE,
        action="s3:GetObject",
        resource=BUCKET,
    )

    assert _by_resource(allow(Principal={"AWS": "*"}), asked) is Decision.NOT_ALLOWED
    assert _by_resource(allow(Principal="*"), asked) is Decision.ALLOWED


ACTIONS = st.sampled_from(
    ["s3:GetObject", "s3:PutObject", "s3:Get*", "s3:*", "eks:*", "*", "s3:?et*"]
)
RESOURCES = st.sampled_from([BUCKET, f"{BUCKET}/*", f"{BUCKET}/model", "*", "arn:aws:s3:::*"])
CONDITIONS = st.sampled_from(
    [
        {},
        {"StringEquals": {"x:a": "1"}},
        {"StringNotEquals": {"x:a": "1"}},
        {"StringEqualsIfExists": {"x:a": "1"}},
        {"Null": {"x:a": "true"}},
    ]
)
EFFECTS = st.sampled_from(["Allow", "Deny"])


@st.composite
def _statements(draw: st.DrawFn, effect: st.SearchStrategy[str] = EFFECTS) -> dict[str, Json]:
    action, resource = draw(st.sampled_from(["", "Not"])), draw(st.sampled_from(["", "Not"]))
    return {
        "Effect": draw(effect),
        f"{action}Action": draw(ACTIONS),
        f"{resource}Resource": draw(RESOURCES),
        "Condition": draw(CONDITIONS),
    }


ASKED = st.builds(
    lambda action, resource, context: Request(
        principal=ROLE, action=action, resource=resource, context=context
    ),
    st.sampled_from(["s3:GetObject", "s3:PutObject", "eks:DeleteCluster"]),
    st.sampled_from([BUCKET, f"{BUCKET}/model", "*"]),
    st.sampled_from([{}, {"x:a": "1"}, {"x:a": "2"}]),
)


@given(st.lists(_statements(), min_size=1), _statements(st.just("Deny")), ASKED)
def test_one_more_deny_never_grants(
    before: list[dict[str, Json]], added: dict[str, Json], asked: Request
) -> None:
    if not evaluate([document(*before)], asked).is_allowed:
        assert not evaluate([document(*before, added)], asked).is_allowed


@given(st.lists(_statements(), min_size=1), _statements(st.just("Allow")), ASKED)
def test_one_more_allow_never_revokes_and_never_overrules_a_deny(
    before: list[dict[str, Json]], added: dict[str, Json], asked: Request
) -> None:
    was = evaluate([document(*before)], asked).decision
    now = evaluate([document(*before, added)], asked).decision

    assert now in (was, Decision.ALLOWED)
    assert (now is Decision.DENIED) == (was is Decision.DENIED)


@given(_statements(st.just("Allow")), ASKED)
def test_a_wider_allow_never_revokes(statement: dict[str, Json], asked: Request) -> None:
    wider = allow("*", "*", Condition=statement["Condition"])

    if evaluate([document(statement)], asked).is_allowed:
        assert evaluate([document(wider)], asked).is_allowed
        assert evaluate([document(allow("*", "*"))], asked).is_allowed


@given(st.lists(_statements(), min_size=2), ASKED)
def test_the_order_and_the_grouping_of_statements_decide_nothing(
    statements: list[dict[str, Json]], asked: Request
) -> None:
    together = evaluate([document(*statements)], asked).decision

    assert evaluate([document(*reversed(statements))], asked).decision is together
    assert evaluate([document(item) for item in statements], asked).decision is together
