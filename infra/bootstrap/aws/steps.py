"""The steps of a bootstrap of AWS: look, compare, change.

Owns their order and what is compared. A step that was cut after its first call is found again by
what that call left: a name, an alias, a tag.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from infra.aws_api import AwsApi, listed
from infra.bootstrap.aws import documents
from infra.bootstrap.aws.documents import Ground, text
from infra.bootstrap.hand import BootstrapError, Hand
from infra.bootstrap.plan import PROJECT, Forge, Role, Stacks
from infra.bootstrap.report import Outcome
from infra.cloud_error import CloudApiError
from infra.replies import block, blocks, dig, optional_text, texts
from infra.replies import text as member
from infra.wire import Properties, Value

TAG = "tokenworks:bootstrap"
"""Tag of everything that a bootstrap makes; its value is the ground stack."""
PLANNED_KEY = "arn:aws:kms:{region}:{account}:key/not-made-yet"
MOST_VERSIONS = 5
"""Versions of a managed policy (IAM user guide, "IAM and AWS STS quotas", 2026)."""
_CLASSIC_REGION = "us-east-1"
"""The one region that CreateBucket takes no constraint for (S3 API reference)."""


@dataclass(frozen=True)
class AwsBootstrap:
    """One bootstrap of one account."""

    api: AwsApi
    stacks: Stacks
    forge: Forge
    hand: Hand

    def run(self) -> Outcome:
        """Make all that is missing, and mend what differs.

        Raises:
            CloudApiError: AWS refuses a call, or does not answer.
            BootstrapError: something there is somebody else's.
        """
        account = member(self.api.call("sts", "GetCallerIdentity"), "Account")
        key_arn = self._key(account)
        bucket = f"{PROJECT}-{self.stacks.ground}-state-{account}"
        self._bucket(bucket, key_arn)
        ground = Ground(
            account=account,
            region=self.api.region,
            stacks=self.stacks,
            bucket=bucket,
            key_arn=key_arn,
        )
        provider = self._provider(account)
        for role in self.stacks.roles:
            self._role(role, ground, provider)
        region = self.api.region
        models = ground.role_arn(Role.MODELS) if self.stacks.of_models else ""
        return Outcome(
            backend=f"s3://{bucket}?region={region}",
            secrets_provider=f"awskms://{self._alias}?region={region}",
            identities={role: ground.role_arn(role) for role in self.stacks.roles},
            identity_variable="AWS_ROLE_ARN",
            variables={},
            deployer=models,
        )

    @property
    def _alias(self) -> str:
        return f"alias/{PROJECT}-{self.stacks.ground}-state"

    @property
    def _tags(self) -> list[Value]:
        return [{"Key": TAG, "Value": self.stacks.ground}]

    def _change(self, what: str, service: str, operation: str, **given: Value) -> Properties:
        return self.hand.change(what, lambda: self.api.call(service, operation, **given), {})

    def _found(self, service: str, operation: str, **given: Value) -> Properties | None:
        """Return a reply, or None where the thing is not there."""
        try:
            return self.api.call(service, operation, **given)
        except CloudApiError as error:
            if error.not_found or error.code == "404":  # HEAD has no body that names a code
                return None
            raise

    def _key(self, account: str) -> str:
        known = self._found("kms", "DescribeKey", KeyId=self._alias)
        key = dig(known, "KeyMetadata.Arn") if known else self._key_without_alias()
        if not key:
            tags: list[Value] = [{"TagKey": TAG, "TagValue": self.stacks.ground}]
            made = self.hand.change(
                "create a key for states and secrets",
                lambda: self.api.call(
                    "kms",
                    "CreateKey",
                    Description=f"Pulumi states of {self.stacks.ground}",
                    Tags=tags,
                ),
                {
                    "KeyMetadata": {
                        "Arn": PLANNED_KEY.format(region=self.api.region, account=account)
                    }
                },
            )
            key = member(made, "KeyMetadata.Arn")
        arn = str(key)
        if known is None:
            what = f"name the key {self._alias}"
            self._change(what, "kms", "CreateAlias", AliasName=self._alias, TargetKeyId=arn)
        rotates = "not-made-yet" not in arn and dig(
            self.api.call("kms", "GetKeyRotationStatus", KeyId=arn), "KeyRotationEnabled"
        )
        if not rotates:
            self._change("rotate the key each year", "kms", "EnableKeyRotation", KeyId=arn)
        if known and rotates:
            self.hand.fine(f"key {self._alias}")
        return arn

    def _key_without_alias(self) -> str | None:
        """Return a key that a run made which was cut before its alias."""
        for one in listed(self.api, "kms", "ListKeys", "Keys"):
            arn = member(one, "KeyArn")
            try:
                tags = listed(self.api, "kms", "ListResourceTags", "Tags", KeyId=arn)
                usable = dig(self.api.call("kms", "DescribeKey", KeyId=arn), "KeyMetadata.Enabled")
            except CloudApiError as error:  # a key of somebody who lets nobody look at it
                if error.denied or error.not_found:
                    continue
                raise
            if usable and {"TagKey": TAG, "TagValue": self.stacks.ground} in tags:
                return arn
        return None

    def _bucket(self, name: str, key_arn: str) -> None:
        before = len(self.hand.changes)
        if self._found("s3", "HeadBucket", Bucket=name) is None:
            region = self.api.region
            place: Properties = (
                {}
                if region == _CLASSIC_REGION
                else {"CreateBucketConfiguration": {"LocationConstraint": region}}
            )
            self._change(f"create bucket {name}", "s3", "CreateBucket", Bucket=name, **place)
        for setting in self._settings(name, key_arn):
            have = self._found("s3", setting.get, Bucket=name)
            if have is None or not setting.is_as(have):
                self._change(setting.what, "s3", setting.put, Bucket=name, **setting.wanted)
        if len(self.hand.changes) == before:
            self.hand.fine(f"bucket {name}")

    def _settings(self, name: str, key_arn: str) -> list["_Setting"]:
        encryption: Properties = {
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms",
                        "KMSMasterKeyID": key_arn,
                    },
                    "BucketKeyEnabled": True,
                }
            ]
        }
        blocked: Properties = dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"),
            True,
        )
        policy = text(documents.bucket_policy(name))
        return [
            _Setting(
                "block all public access to it",
                *("GetPublicAccessBlock", "PutPublicAccessBlock"),
                {"PublicAccessBlockConfiguration": blocked},
                lambda have: block(have, "PublicAccessBlockConfiguration") == blocked,
            ),
            _Setting(
                "keep every version of what is in it",
                *("GetBucketVersioning", "PutBucketVersioning"),
                {"VersioningConfiguration": {"Status": "Enabled"}},
                lambda have: have.get("Status") == "Enabled",
            ),
            _Setting(
                "encrypt what is in it with the key",
                *("GetBucketEncryption", "PutBucketEncryption"),
                {"ServerSideEncryptionConfiguration": encryption},
                lambda have: _is_encrypted(have, key_arn),
            ),
            _Setting(
                "let nobody in without TLS",
                *("GetBucketPolicy", "PutBucketPolicy"),
                {"Policy": policy},
                lambda have: _same(optional_text(have, "Policy"), policy),
            ),
            _Setting(
                "tag it",
                *("GetBucketTagging", "PutBucketTagging"),
                {"Tagging": {"TagSet": self._tags}},
                lambda have: all(tag in blocks(have, "TagSet") for tag in self._tags),
            ),
        ]

    def _provider(self, account: str) -> str:
        arn = f"arn:aws:iam::{account}:oidc-provider/{self.forge.host}"
        have = self._found("iam", "GetOpenIDConnectProvider", OpenIDConnectProviderArn=arn)
        audience = documents.AUDIENCE
        if have is None:
            clients: list[Value] = [audience]
            self._change(
                f"trust tokens of {self.forge.issuer}",
                *("iam", "CreateOpenIDConnectProvider"),
                Url=self.forge.issuer,
                ClientIDList=clients,
                Tags=self._tags,
            )
        elif audience not in texts(have, "ClientIDList"):
            self._change(
                f"take tokens of {self.forge.host} for {audience}",
                *("iam", "AddClientIDToOpenIDConnectProvider"),
                OpenIDConnectProviderArn=arn,
                ClientID=audience,
            )
        else:
            self.hand.fine(f"trust in {self.forge.host}")
        return arn

    def _role(self, role: Role, ground: Ground, provider: str) -> None:
        before, name = len(self.hand.changes), self.stacks.role_name(role)
        trust = documents.trust(provider, self.forge, self.forge.subjects(role, self.stacks))
        have = self._found("iam", "GetRole", RoleName=name)
        if have is None:
            self._change(
                f"create role {name}",
                *("iam", "CreateRole"),
                RoleName=name,
                AssumeRolePolicyDocument=text(trust),
                Description=f"{role} of {self.stacks.ground}, for jobs of {self.forge.repository}",
                Tags=self._tags,
            )
        else:
            self._require_ours(name, blocks(have, "Role.Tags"))
            if not _same(dig(have, "Role.AssumeRolePolicyDocument"), text(trust)):
                self._change(
                    f"change who takes {name} on",
                    *("iam", "UpdateAssumeRolePolicy"),
                    RoleName=name,
                    PolicyDocument=text(trust),
                )
        self._grants(role, ground, is_new=have is None)
        if len(self.hand.changes) == before:
            self.hand.fine(f"role {name}")

    def _require_ours(self, name: str, tags: list[Properties]) -> None:
        """Refuse to change a role that a bootstrap did not make."""
        if {"Key": TAG, "Value": self.stacks.ground} not in tags:
            message = (
                f"role {name} is there, and no bootstrap of {self.stacks.ground} made it (no tag "
                f"{TAG}={self.stacks.ground}): rename or delete it, or tag it"
            )
            raise BootstrapError(message)

    def _grants(self, role: Role, ground: Ground, *, is_new: bool) -> None:
        name = self.stacks.role_name(role)
        wanted = documents.grants(role, ground)
        arns = [
            f"arn:aws:iam::{ground.account}:policy/{name}-{number}"
            for number, _ in enumerate(wanted, start=1)
        ]
        for arn, document in zip(arns, wanted, strict=True):
            self._policy(arn, document)
        attached: list[str] = []
        if not (is_new and self.hand.dry_run):
            found = listed(
                self.api, "iam", "ListAttachedRolePolicies", "AttachedPolicies", RoleName=name
            )
            attached = [member(one, "PolicyArn") for one in found]
        for arn in arns:
            if arn not in attached:
                what = f"grant {name} what {arn.rpartition('/')[2]} says"
                self._change(what, "iam", "AttachRolePolicy", RoleName=name, PolicyArn=arn)
        for arn in attached:
            if arn not in arns:
                what = f"take {arn.rpartition('/')[2]} from {name}"
                self._change(what, "iam", "DetachRolePolicy", RoleName=name, PolicyArn=arn)

    def _policy(self, arn: str, document: Properties) -> None:
        name = arn.rpartition("/")[2]
        have = self._found("iam", "GetPolicy", PolicyArn=arn)
        if have is None:
            self._change(
                f"create policy {name}",
                *("iam", "CreatePolicy"),
                PolicyName=name,
                PolicyDocument=text(document),
                Tags=self._tags,
            )
            return
        version = member(have, "Policy.DefaultVersionId")
        now = self.api.call("iam", "GetPolicyVersion", PolicyArn=arn, VersionId=version)
        if _same(dig(now, "PolicyVersion.Document"), text(document)):
            return
        versions = listed(self.api, "iam", "ListPolicyVersions", "Versions", PolicyArn=arn)
        others = [member(one, "VersionId") for one in versions if not one.get("IsDefaultVersion")]
        if len(versions) >= MOST_VERSIONS:
            oldest = min(others, key=lambda one: int(one.removeprefix("v")))
            what = f"drop {oldest} of policy {name}"
            self._change(what, "iam", "DeletePolicyVersion", PolicyArn=arn, VersionId=oldest)
        self._change(
            f"change policy {name}",
            *("iam", "CreatePolicyVersion"),
            PolicyArn=arn,
            PolicyDocument=text(document),
            SetAsDefault=True,
        )


@dataclass(frozen=True)
class _Setting:
    """One setting of the bucket."""

    what: str
    get: str
    put: str
    wanted: Properties
    is_as: Callable[[Properties], bool]


def _is_encrypted(have: Properties, key_arn: str) -> bool:
    rule = "ServerSideEncryptionConfiguration.Rules.0"
    default = block(have, f"{rule}.ApplyServerSideEncryptionByDefault")
    wanted = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn}
    return default == wanted and dig(have, f"{rule}.BucketKeyEnabled") is True


def _same(have: Value, wanted: str) -> bool:
    """Say whether a document is the wanted one, however its text is laid out."""
    try:
        found = json.loads(have) if isinstance(have, str) else have
    except ValueError:
        return False
    return found == json.loads(wanted)
