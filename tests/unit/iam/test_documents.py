"""Reading policy documents: what is read, and what is refused instead of skipped."""

import json

import pytest

from infra.iam.documents import DocumentKind, Json, PolicyError, read
from tests.support.iam import allow, document


def _refusal(content: Json, kind: DocumentKind = DocumentKind.IDENTITY) -> str:
    with pytest.raises(PolicyError) as caught:
        read(json.dumps(content), name="it", kind=kind)
    return str(caught.value)


def _with(*, without: str = "", **more: Json) -> dict[str, Json]:
    statement = {key: value for key, value in allow().items() if key != without} | more
    return {"Version": "2012-10-17", "Statement": statement}


def test_one_statement_may_stand_without_a_list_and_values_too() -> None:
    [statement] = document(allow("s3:GetObject", "*", Sid="Read")).statements

    assert statement.label == "policy: statement 0 (Read)"
    assert statement.actions.values == ("s3:GetObject",)
    assert statement.resources is not None
    assert statement.resources.values == ("*",)


def test_truth_values_and_numbers_of_conditions_become_text() -> None:
    conditions: Json = {"Bool": {"aws:SecureTransport": False}, "NumericEquals": {"a:b": 3}}
    [statement] = document(allow(Condition=conditions)).statements

    assert [item.values for item in statement.conditions] == [("false",), ("3",)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], "it: must be an object, got []"),
        ({"Statement": [allow()]}, "it: Version: must be '2012-10-17', got None"),
        ({"Version": "2008-10-17", "Statement": [allow()]}, "got '2008-10-17'"),
        ({"Version": "2012-10-17", "Statement": []}, "it: Statement: must be a statement"),
        ({"Version": "2012-10-17", "Statements": [allow()]}, "got ['Statements']"),
        (_with(Effect="allow"), "it: statement 0: Effect: must be 'Allow' or 'Deny', got 'allow'"),
        (_with(without="Action"), "must have Action or NotAction, and not both, got 'neither'"),
        (_with(NotAction="s3:*"), "must have Action or NotAction, and not both, got ['Action', "),
        (_with(Action="GetObject"), "Action: must be '*' or 'service:Name', got 'GetObject'"),
        (_with(Action=["s3:GetObject", "s3:${x}"]), "got 's3:${x}'"),
        (_with(Action=[]), "Action: must have at least one value, got []"),
        (_with(Action=[None]), "must be text, a number or a truth value, got None"),
        (_with(Resource="weights"), "Resource: must be '*' or an ARN, got 'weights'"),
        (_with(Conditions={}), "got ['Conditions']"),
        (_with(Condition={"StringEquals": {}}), "must name a key and its values, got {}"),
        (_with(Condition=["StringEquals"]), "Condition: must be an object"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(content: Json, message: str) -> None:
    assert message in _refusal(content)


def test_an_element_that_stands_twice_is_refused_because_json_keeps_the_last() -> None:
    text = '{"Version": "2012-10-17", "Statement": [], "Statement": []}'

    with pytest.raises(PolicyError, match=r"must name each element once, got \['Statement'\]"):
        read(text, name="it", kind=DocumentKind.IDENTITY)


def test_text_that_is_no_json_is_refused() -> None:
    with pytest.raises(PolicyError, match="it: must be JSON"):
        read("{", name="it", kind=DocumentKind.IDENTITY)


@pytest.mark.parametrize(
    ("kind", "statement", "message"),
    [
        (DocumentKind.IDENTITY, allow(Principal="*"), "got ['Principal']"),
        (DocumentKind.TRUST, allow(Principal="*"), "got ['Resource']"),
        (DocumentKind.RESOURCE, allow(), "must have Principal or NotPrincipal"),
        (DocumentKind.KEY, {**allow(Principal="*"), "NotResource": "*"}, "not both"),
    ],
)
def test_each_kind_of_document_has_its_own_elements(
    kind: DocumentKind, statement: dict[str, Json], message: str
) -> None:
    assert message in _refusal({"Version": "2012-10-17", "Statement": statement}, kind)


@pytest.mark.parametrize(
    ("principal", "message"),
    [
        ("arn:aws:iam::123456789012:role/x", "Principal: must be '*' or an object"),
        ({"Services": "eks.amazonaws.com"}, "got ['Services']"),
        ({"AWS": "arn:aws:iam::123456789012:role/x*"}, "Principal.AWS: must be a whole name"),
        ({"Service": "*"}, "Principal.Service: must be a whole name"),
        ({"AWS": "somebody"}, "must be an account or an ARN, got 'somebody'"),
    ],
)
def test_a_principal_that_aws_would_refuse_is_refused(principal: Json, message: str) -> None:
    statement = allow(Principal=principal)

    content: Json = {"Version": "2012-10-17", "Statement": statement}

    assert message in _refusal(content, DocumentKind.RESOURCE)
