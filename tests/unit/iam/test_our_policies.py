"""Every policy document that our stacks declare."""

import pytest

from components.aws.policies import ANY_RESOURCE
from infra.iam.audit import Rule, Severity, audit
from infra.iam.documents import PolicyDocument
from infra.wire import plain
from tests.support.graphs import EVERYTHING, IN_CLOUD, graph_of
from tests.support.policy_documents import POLICY_INPUTS, found_in
from tests.support.stacks import AWS_STACKS

NO_RESOURCE_REASONS = ANY_RESOURCE

WITHOUT_SOURCE = {
    "ec2.amazonaws.com": "the instances of our own node groups; EC2 sends no source",
    "eks.amazonaws.com": "the control plane of our own clusters",
    "logs.us-east-1.amazonaws.com": "limited by encryption context, which names our log groups",
    "pods.eks.amazonaws.com": "limited by session tags, which name cluster and service account",
}
"""Services that take on a role without saying for whom they act, and why that is right."""

pytestmark = pytest.mark.parametrize("stack", [*AWS_STACKS, EVERYTHING, IN_CLOUD])


def _documents(stack: str) -> list[PolicyDocument]:
    return [item.document() for item in found_in(graph_of(stack))]


def test_every_policy_document_stands_where_these_tests_look(stack: str) -> None:
    places = {item.place for item in found_in(graph_of(stack))}

    assert places - POLICY_INPUTS.keys() == set()


def test_every_input_that_holds_a_document_is_read_as_one(stack: str) -> None:
    """A document that did not look like one would not be missed above: it would be invisible."""
    graph = graph_of(stack)
    wanted = {
        (item.urn, path)
        for item in graph.resources
        for kind, path in POLICY_INPUTS
        if item.type == kind and plain(item.inputs.get(path)) is not None
    }

    assert wanted == {
        (item.resource.urn, item.path) for item in found_in(graph) if "[" not in item.path
    }


def test_no_document_is_too_wide(stack: str) -> None:
    findings = [
        finding
        for document in _documents(stack)
        for finding in audit(document, NO_RESOURCE_REASONS)
        if finding.severity is Severity.REFUSE
    ]

    assert "\n".join(map(str, findings)) == ""


def test_only_named_services_act_without_saying_for_whom(stack: str) -> None:
    findings = [
        finding
        for document in _documents(stack)
        for finding in audit(document, NO_RESOURCE_REASONS)
        if finding.rule is Rule.DEPUTY and finding.got not in WITHOUT_SOURCE
    ]

    assert "\n".join(map(str, findings)) == ""
