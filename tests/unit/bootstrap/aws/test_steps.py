"""A bootstrap of an AWS account that moto plays: once, twice, dry, and cut at every call."""

import json

import boto3
import pytest
from moto import mock_aws

from infra.aws_api import Boto3Api, listed
from infra.bootstrap.aws.steps import AwsBootstrap
from infra.bootstrap.hand import BootstrapError, Hand
from infra.bootstrap.plan import GITHUB, Forge, Role, Stacks
from infra.bootstrap.report import Outcome
from infra.cloud_error import CloudApiError
from infra.replies import block, blocks, dig, text
from infra.wire import Properties, Value
from tests.support.stubbed_aws import StubbedAccount

REGION = "eu-west-1"
STACKS = Stacks(ground="aws-prod", of_models=("aws-prod-models",))
FORGE = Forge(issuer=GITHUB, repository="example/platform")
BUCKET = "tokenworks-aws-prod-state-123456789012"
SESSION = boto3.Session("marker", "marker")
"""One for all: it has read botocore's models. Clients are new in each played account."""
READS = ("Get", "List", "Head", "Describe")


class Cut(Boto3Api):
    """An account whose connection may break at the nth call that changes something.

    Before it, the call is lost; after it, the reply is.
    """

    def __init__(self, at: int = 0, *, after: bool = False) -> None:
        super().__init__(SESSION, REGION)
        self.at = at
        self.after = after
        self.writes: list[str] = []

    def call(self, service: str, operation: str, /, **parameters: Value) -> Properties:
        """Make a call, or break."""
        if operation.startswith(READS):
            return super().call(service, operation, **parameters)
        self.writes.append(operation)
        if len(self.writes) == self.at and not self.after:
            raise CloudApiError(operation, "EndpointConnectionError", "cut")
        reply = super().call(service, operation, **parameters)
        if len(self.writes) == self.at:
            raise CloudApiError(operation, "ReadTimeoutError", "cut")
        return reply


def run(api: Boto3Api, *, dry_run: bool = False, stacks: Stacks = STACKS) -> tuple[Outcome, Hand]:
    hand = Hand(lambda _line: None, dry_run=dry_run)
    return AwsBootstrap(api, stacks, FORGE, hand).run(), hand


def everything(api: Boto3Api) -> dict[str, object]:
    """Return all that the account has of a bootstrap, without ids and times."""
    keys = [text(one, "KeyArn") for one in listed(api, "kms", "ListKeys", "Keys")]
    roles = listed(api, "iam", "ListRoles", "Roles")
    policies = listed(api, "iam", "ListPolicies", "Policies", Scope="Local")
    found: dict[str, object] = {
        "keys": len(keys),
        "rotates": [
            dig(api.call("kms", "GetKeyRotationStatus", KeyId=key), "KeyRotationEnabled")
            for key in keys
        ],
        "aliases": [
            text(one, "AliasName")
            for one in listed(api, "kms", "ListAliases", "Aliases")
            if "tokenworks" in text(one, "AliasName")
        ],
        "roles": {text(one, "RoleName"): one["AssumeRolePolicyDocument"] for one in roles},
        "attached": {
            text(one, "RoleName"): sorted(
                text(policy, "PolicyName")
                for policy in listed(
                    api,
                    "iam",
                    "ListAttachedRolePolicies",
                    "AttachedPolicies",
                    RoleName=text(one, "RoleName"),
                )
            )
            for one in roles
        },
        "policies": {
            text(one, "PolicyName"): dig(
                api.call(
                    "iam",
                    "GetPolicyVersion",
                    PolicyArn=text(one, "Arn"),
                    VersionId=text(one, "DefaultVersionId"),
                ),
                "PolicyVersion.Document",
            )
            for one in policies
        },
        "providers": blocks(
            api.call("iam", "ListOpenIDConnectProviders"), "OpenIDConnectProviderList"
        ),
    }
    for operation in ("GetBucketVersioning", "GetPublicAccessBlock", "GetBucketPolicy"):
        found[operation] = api.call("s3", operation, Bucket=BUCKET)
    found["encrypted"] = dig(
        api.call("s3", "GetBucketEncryption", Bucket=BUCKET),
        "ServerSideEncryptionConfiguration.Rules.0.ApplyServerSideEncryptionByDefault.SSEAlgorithm",
    )
    return json.loads(json.dumps(found).replace(keys[0], "KEY"))


@mock_aws
def test_the_bucket_keeps_versions_is_encrypted_and_nobody_elses() -> None:
    api = Cut()

    run(api)

    assert text(api.call("s3", "GetBucketVersioning", Bucket=BUCKET), "Status") == "Enabled"
    blocked = block(
        api.call("s3", "GetPublicAccessBlock", Bucket=BUCKET), "PublicAccessBlockConfiguration"
    )
    assert set(blocked.values()) == {True}
    assert len(blocked) == 4
    assert everything(api)["encrypted"] == "aws:kms"
    assert "aws:SecureTransport" in text(api.call("s3", "GetBucketPolicy", Bucket=BUCKET), "Policy")


@mock_aws
def test_a_second_run_changes_nothing() -> None:
    run(Cut())
    before = everything(Cut())
    again = Cut()

    _outcome, hand = run(again)

    assert (hand.changes, again.writes) == ([], [])
    assert everything(again) == before


@mock_aws
def test_a_dry_run_changes_nothing_and_names_every_change_of_a_run() -> None:
    dry, real = Cut(), Cut()

    _outcome, said = run(dry, dry_run=True)
    assert dry.writes == []
    _outcome, done = run(real)

    assert said.changes == done.changes
    assert len(real.writes) == len(done.changes)


@pytest.mark.thorough  # some thirty runs, each cut at another call
@pytest.mark.parametrize("after", [False, True], ids=["call lost", "reply lost"])
def test_cut_at_any_call_the_next_run_completes_it(*, after: bool) -> None:
    with mock_aws():
        first = Cut()
        run(first)
        whole = everything(Cut())

    for at in range(1, len(first.writes) + 1):
        with mock_aws():
            cut = Cut(at, after=after)
            with pytest.raises(CloudApiError, match="cut"):
                run(cut)

            run(Cut())

            assert everything(Cut()) == whole, f"cut at {cut.writes[-1]}"


@mock_aws
def test_what_somebody_changed_is_mended() -> None:
    api = Cut()
    run(api)
    client = SESSION.client("iam")
    wide = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    anybody = json.dumps({"Version": "2012-10-17", **wide})
    made = client.create_policy(PolicyName="of-somebody", PolicyDocument=anybody)
    other = made["Policy"]["Arn"]
    whole = everything(api)
    arn = "arn:aws:iam::123456789012:policy/tokenworks-aws-prod-preview-1"
    for number in range(3):
        if number == 2:  # all five versions are there then, and one must make room
            client.delete_policy_version(PolicyArn=arn, VersionId="v1")
        client.create_policy_version(PolicyArn=arn, PolicyDocument=anybody, SetAsDefault=True)
        suspended: Properties = {"Status": "Suspended"}
        api.call("s3", "PutBucketVersioning", Bucket=BUCKET, VersioningConfiguration=suspended)
        api.call("iam", "AttachRolePolicy", RoleName="tokenworks-aws-prod-preview", PolicyArn=other)

        _outcome, hand = run(Cut())

        assert len(hand.changes) >= 3
        assert everything(api) == whole


@mock_aws
def test_a_role_that_somebody_else_made_is_left_alone() -> None:
    theirs = {"Version": "2012-10-17", "Statement": []}
    api = Cut()
    name = "tokenworks-aws-prod-foundation"
    api.call("iam", "CreateRole", RoleName=name, AssumeRolePolicyDocument=json.dumps(theirs))

    with pytest.raises(BootstrapError, match="no bootstrap of aws-prod made it"):
        run(Cut())

    assert dig(api.call("iam", "GetRole", RoleName=name), "Role.AssumeRolePolicyDocument") == theirs


@mock_aws
def test_a_provider_that_is_there_for_others_is_kept() -> None:
    others: list[Value] = ["https://github.com/example"]
    Cut().call("iam", "CreateOpenIDConnectProvider", Url=GITHUB, ClientIDList=others)
    added = "AddClientIDToOpenIDConnectProvider"  # moto does not have it
    api = StubbedAccount({added: {}}, REGION, played=True)

    run(api)

    (given,) = [given for operation, given in api.calls if operation == added]
    assert given["ClientID"] == "sts.amazonaws.com"
    assert str(given["OpenIDConnectProviderArn"]).endswith(
        "oidc-provider/token.actions.githubusercontent.com"
    )


@mock_aws
def test_without_a_stack_of_models_there_is_no_role_for_them() -> None:
    api = Cut()

    outcome, _hand = run(api, stacks=Stacks(ground="aws-dev", of_models=()))

    assert set(outcome.identities) == {Role.PREVIEW, Role.FOUNDATION}
    names = {text(one, "RoleName") for one in listed(api, "iam", "ListRoles", "Roles")}
    assert names == {"tokenworks-aws-dev-preview", "tokenworks-aws-dev-foundation"}


@mock_aws
def test_the_next_commands_name_what_was_made() -> None:
    outcome, _hand = run(Cut())

    assert outcome.backend == f"s3://{BUCKET}?region={REGION}"
    assert outcome.secrets_provider == f"awskms://alias/tokenworks-aws-prod-state?region={REGION}"
    assert outcome.identities[Role.MODELS] == (
        "arn:aws:iam::123456789012:role/tokenworks-aws-prod-models"
    )
