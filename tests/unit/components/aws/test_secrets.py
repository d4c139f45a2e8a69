"""Where secrets live on AWS: without values, and for this platform's readers alone."""

import pulumi
import pytest

from components.aws.secrets import Secrets
from components.secrets import HUB_TOKEN, Origin, PlatformSecret
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.iam.documents import DocumentKind, read
from infra.iam.evaluate import Request, evaluate
from tests.unit.components import examples

PUSHED = PlatformSecret("pushed", Origin.CLUSTER, "A generated one")
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret"


def _graph(*, protected: bool = False) -> Graph:
    def program() -> None:
        made = Secrets(
            "s",
            (HUB_TOKEN, PUSHED),
            platform=examples.PLATFORM,
            account=examples.account_ref(),
            key_arn=examples.key_arn(),
            protected=protected,
            opts=examples.with_aws(),
        )
        pulumi.export("carrier", made.carrier)

    return record_program(program, stack="aws-dev")


def test_a_secret_has_a_fixed_name_our_key_and_no_value() -> None:
    secret = _graph().named("s-hub-token")

    assert secret.inputs["name"] == f"tokenworks/{examples.PLATFORM.name}/hub-token"
    assert "key/some" in str(secret.inputs["kmsKeyId"])
    assert not _graph().of_type("aws:secretsmanager/secretVersion:SecretVersion")


@pytest.mark.parametrize(("protected", "days"), [(True, 30), (False, 0)])
def test_a_deleted_one_can_be_brought_back_where_it_is_protected(
    *, protected: bool, days: int
) -> None:
    secret = _graph(protected=protected).named("s-hub-token")

    assert secret.inputs["recoveryWindowInDays"] == days
    assert secret.protect is protected


def test_only_one_that_the_cluster_fills_is_open_to_its_controller() -> None:
    tags = {
        name: str(_graph().named(f"s-{name}").inputs["tags"]) for name in ("hub-token", "pushed")
    }

    assert "'managed-by': 'external-secrets'" in tags["pushed"]
    assert "'managed-by'" not in tags["hub-token"]


@pytest.mark.parametrize(
    ("action", "name", "allowed"),
    [
        ("secretsmanager:GetSecretValue", f"{examples.PLATFORM.name}/hub-token-AbCdEf", True),
        ("secretsmanager:DescribeSecret", f"{examples.PLATFORM.name}/hub-token-AbCdEf", True),
        ("secretsmanager:GetSecretValue", "another/hub-token-AbCdEf", False),
        ("secretsmanager:GetSecretValue", f"{examples.PLATFORM.name}-2/hub-token-AbCdEf", False),
        ("secretsmanager:PutSecretValue", f"{examples.PLATFORM.name}/hub-token-AbCdEf", False),
        ("secretsmanager:DeleteSecret", f"{examples.PLATFORM.name}/hub-token-AbCdEf", False),
        ("secretsmanager:PutSecretValue", f"{examples.PLATFORM.name}/pushed-AbCdEf", True),
        ("secretsmanager:PutSecretValue", f"{examples.PLATFORM.name}/pushed-too-AbCdEf", False),
        ("secretsmanager:PutSecretValue", f"{examples.PLATFORM.name}-2/pushed-AbCdEf", False),
        ("secretsmanager:DeleteSecret", f"{examples.PLATFORM.name}/pushed-AbCdEf", False),
        ("secretsmanager:TagResource", f"{examples.PLATFORM.name}/pushed-AbCdEf", False),
    ],
)
def test_the_carrier_reads_the_secrets_of_its_platform_and_fills_those_of_the_cluster(
    action: str, name: str, *, allowed: bool
) -> None:
    text = str(_graph().outputs["carrier"])
    policy = read(text, name="carrier", kind=DocumentKind.IDENTITY)
    asked = Request(
        principal="arn:aws:iam::123456789012:role/external-secrets",
        action=action,
        resource=f"{SECRET}:tokenworks/{name}",
    )

    assert evaluate([policy], asked).is_allowed is allowed


@pytest.mark.parametrize("action", ["kms:Decrypt", "kms:GenerateDataKey"])
@pytest.mark.parametrize(("service", "allowed"), [("secretsmanager", True), ("s3", False)])
def test_the_carrier_uses_the_key_through_secrets_manager_alone(
    action: str, service: str, *, allowed: bool
) -> None:
    """The same key encrypts weights and logs."""
    text = str(_graph().outputs["carrier"])
    policy = read(text, name="carrier", kind=DocumentKind.IDENTITY)
    asked = Request(
        principal="arn:aws:iam::123456789012:role/external-secrets",
        action=action,
        resource="arn:aws:kms:us-east-1:123456789012:key/some",
        context={"kms:ViaService": f"{service}.us-east-1.amazonaws.com"},
    )

    assert evaluate([policy], asked).is_allowed is allowed
