"""The right to connect to the cache on AWS: one instance, as its own user, and nothing else."""

from dataclasses import replace

import pulumi
import pulumi_aws as aws
import pytest

from components.aws.cache import Cache
from components.aws.cache_access import CacheAccessError, connect
from components.aws.policies import document
from components.handles import CacheRef
from infra.graph.recorder import record_program
from infra.iam.audit import Severity, audit
from infra.iam.documents import DocumentKind, PolicyDocument, read
from infra.iam.evaluate import Request, evaluate
from infra.wire import plain
from tests.support.graphs import graph_of
from tests.support.policy_documents import found_in
from tests.support.stacks import AWS_STACKS
from tests.unit.components import examples

ROLE = "arn:aws:iam::123456789012:role/gateway"
PREFIX = "arn:aws:elasticache:us-east-1:123456789012"
REF = CacheRef(
    host=pulumi.Output.from_input("master.counters"),
    port=6379,
    tls=True,
    user=pulumi.Output.from_input("aws-dev-counters"),
    secret=None,
    rights_name=(
        f"{PREFIX}:replicationgroup:aws-dev-counters",
        f"{PREFIX}:user:aws-dev-counters",
    ),
)


def _granted(ref: CacheRef = REF) -> PolicyDocument:
    def program() -> None:
        aws.iam.RolePolicy(
            "grant", role="gateway", policy=document(connect(ref)), opts=examples.with_aws()
        )

    graph = record_program(program, stack="aws-dev")
    policy = str(plain(graph.named("grant").inputs["policy"]))
    return read(policy, name="grant", kind=DocumentKind.IDENTITY)


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        ("elasticache:Connect", "replicationgroup:aws-dev-counters", True),
        ("elasticache:Connect", "user:aws-dev-counters", True),
        ("elasticache:Connect", "replicationgroup:aws-dev-responses", False),
        ("elasticache:Connect", "user:aws-dev-responses", False),
        ("elasticache:Connect", "replicationgroup:aws-prod-counters", False),
        ("elasticache:ModifyUser", "user:aws-dev-counters", False),
        ("elasticache:DeleteReplicationGroup", "replicationgroup:aws-dev-counters", False),
    ],
)
def test_a_role_may_connect_to_that_instance_as_that_user_only(
    action: str, resource: str, *, allowed: bool
) -> None:
    request = Request(principal=ROLE, action=action, resource=f"{PREFIX}:{resource}")

    assert evaluate([_granted()], request).is_allowed is allowed


def test_the_document_is_not_too_wide() -> None:
    findings = [one for one in audit(_granted(), {}) if one.severity is Severity.REFUSE]

    assert findings == []


def test_the_handle_of_an_instance_names_its_group_and_its_user() -> None:
    def program() -> None:
        cache = Cache(
            "c",
            examples.MANAGED_CACHE,
            platform=examples.PLATFORM,
            network=examples.network_ref(),
            cluster_security_group_id=examples.key_arn(),
            key_arn=examples.key_arn(),
            log_retention_days=30,
            protected=False,
            opts=examples.with_aws(),
        )
        for label, ref in cache.refs.items():
            pulumi.export(label, list(ref.rights_name))

    outputs = record_program(program, stack="aws-dev").outputs

    for label in ("responses", "counters"):
        group, user = str(outputs[label]).split(", ")
        assert f"c-{label}-group" in group
        assert f"c-{label}-user" in user


def test_a_cache_inside_the_cluster_is_not_iams_to_give() -> None:
    with pytest.raises(CacheAccessError, match="label the namespace of its client"):
        connect(replace(REF, rights_name=()))


@pytest.mark.parametrize("stack", AWS_STACKS)
def test_no_role_of_a_stack_has_it_before_there_is_a_client(stack: str) -> None:
    documents = found_in(graph_of(stack))

    assert "elasticache:Connect" not in str([item.document() for item in documents])
