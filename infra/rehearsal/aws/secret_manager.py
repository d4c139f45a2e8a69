"""Secrets Manager as External Secrets Operator asks it, from pods with an identity.

Owns which calls a read and a push are, as which role, and the words of a refusal. Source:
external-secrets/external-secrets@cc5bfbc (2026-08-08), providers/v1/aws/secretsmanager; AWS's own
words (access denied, KMS, no credentials) as remembered.

A value is kept as a text here, however the PushSecret wants it (`secretPushFormat`): who reads it
through the operator cannot tell.
"""

from collections.abc import Mapping

from infra.rehearsal.aws.account import Account, Region
from infra.rehearsal.aws.eks_state import EksState
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.pod_identity import PodRole, is_allowed, role_of
from infra.rehearsal.aws.values import block, optional_text, tag_list, tag_map
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.controllers.external_secrets.port import (
    Caller,
    NoSecretError,
    Push,
    SecretManagerError,
)
from infra.wire import Properties, Value

SERVICE = "secretsmanager"
MANAGED_BY, OURS = "managed-by", "external-secrets"
PUSH_SETTINGS = frozenset({"tags", "description", "secretPushFormat", "kmsKeyId"})
"""Of a PushSecret's metadata that are played."""
VALUE_LIMIT = 65536
"""Bytes (Secrets Manager API reference, PutSecretValue, 2026)."""


class SecretsManager:
    """Secrets Manager of the account, as pods of its one cluster see it."""

    provider = "aws"

    def __init__(self, account: Account, state: EksState) -> None:
        """Work on the account of that state."""
        self._account = account
        self._state = state

    def require_credentials(self, caller: Caller, settings: Properties) -> None:
        """See to it that the pods have a role."""
        with self._account.lock:
            self._role(caller, self._region(settings))

    def read(self, caller: Caller, settings: Properties, key: str, version: str = "") -> bytes:
        """Return the present value, or that of a version stage or id (`uuid/…`)."""
        with self._account.lock:
            region = self._region(settings)
            name = f"{optional_text(settings, 'prefix')}{key}"
            self._require(caller, region, "GetSecretValue", name)
            return self._value(region, name, _version(version))

    def has_value(self, caller: Caller, settings: Properties, key: str) -> bool:
        """Say whether there is a value: the operator reads it, and looks whether that failed."""
        try:
            self.read(caller, settings, key)
        except NoSecretError:
            return False
        return True

    def push(self, caller: Caller, settings: Properties, wanted: Push) -> None:
        """Put a value into a secret of the operator's, or make one."""
        with self._account.lock:
            region = self._region(settings)
            name = f"{optional_text(settings, 'prefix')}{wanted.key}"
            _refuse_settings(wanted)
            self._require(caller, region, "DescribeSecret", name)
            found = self._describe(region, name)
            if found is None:
                self._create(caller, region, name, wanted)
                return
            if tag_map(found.get("Tags")).get(MANAGED_BY) != OURS:
                message = "secret not managed by external-secrets"
                raise SecretManagerError(message)
            self._tag(caller, region, name, wanted)
            if self._has_value(region, name):
                self._require(caller, region, "GetSecretValue", name)
                if self._value(region, name, {}) == wanted.value:
                    return
            self._require(caller, region, "PutSecretValue", name)
            self._call(region, "put_secret_value", SecretId=name, SecretString=_text(wanted))

    def delete(self, caller: Caller, settings: Properties, key: str) -> None:
        """Delete a secret of the operator's."""
        with self._account.lock:
            region = self._region(settings)
            name = f"{optional_text(settings, 'prefix')}{key}"
            self._require(caller, region, "GetSecretValue", name)
            found = self._describe(region, name)
            if found is None or tag_map(found.get("Tags")).get(MANAGED_BY) != OURS:
                return
            self._require(caller, region, "DescribeSecret", name)
            self._require(caller, region, "DeleteSecret", name)
            self._call(region, "delete_secret", SecretId=name)

    def _region(self, settings: Properties) -> Region:
        return self._account.region(optional_text(settings, "region"))

    def _role(self, caller: Caller, region: Region) -> PodRole:
        found = role_of(self._state, region, caller.namespace, caller.account)
        if found is None:
            # Pods do not reach their node's role: its metadata service answers one hop only.
            message = (
                "failed to refresh cached credentials, no EC2 IMDS role found, operation error "
                "ec2imds: GetMetadata, request canceled, context deadline exceeded"
            )
            raise SecretManagerError(message)
        return found

    def _require(self, caller: Caller, region: Region, operation: str, name: str) -> None:
        """Refuse what the role's documents do not allow, the use of the secret's key included."""
        role, found = self._role(caller, region), self._describe(region, name)
        arn = optional_text(found, "ARN") or region.arn(SERVICE, f"secret:{name}")
        tags = tag_map(found.get("Tags")) if found else {}
        context = {f"aws:ResourceTag/{key}": value for key, value in tags.items()}
        context |= {f"{SERVICE}:ResourceTag/{key}": value for key, value in tags.items()}
        action = f"{SERVICE}:{operation}"
        if not _allowed(region, role, action, arn, context):
            message = (
                f"operation error Secrets Manager: {operation}, https response error StatusCode: "
                f"400, api error AccessDeniedException: User: {role.session} is not authorized to "
                f"perform: {action} on resource: {name} because no identity-based policy allows "
                f"the {action} action"
            )
            raise SecretManagerError(message)
        key = optional_text(found, "KmsKeyId")
        for use in _KEY_USES.get(operation, ()) if key else ():
            via = {"kms:ViaService": f"{SERVICE}.{region.name}.amazonaws.com"}
            if not _allowed(region, role, use, key, via):
                message = (
                    f"operation error Secrets Manager: {operation}, https response error "
                    "StatusCode: 400, api error AccessDeniedException: Access to KMS is not allowed"
                )
                raise SecretManagerError(message)

    def _describe(self, region: Region, name: str) -> Properties | None:
        try:
            return region.call(SERVICE, "describe_secret", SecretId=name)
        except AwsError as error:
            if error.not_found:
                return None
            raise _refusal(error) from error

    def _has_value(self, region: Region, name: str) -> bool:
        return bool(block(self._describe(region, name) or {}, "VersionIdsToStages"))

    def _value(self, region: Region, name: str, version: Mapping[str, str]) -> bytes:
        try:
            reply = region.call(SERVICE, "get_secret_value", SecretId=name, **version)
        except AwsError as error:
            if error.not_found:
                raise NoSecretError from error
            raise _refusal(error) from error
        return optional_text(reply, "SecretString").encode()

    def _create(self, caller: Caller, region: Region, name: str, wanted: Push) -> None:
        self._require(caller, region, "CreateSecret", name)
        tags = {**_tags(wanted), MANAGED_BY: OURS}
        self._call(
            region,
            "create_secret",
            Name=name,
            SecretString=_text(wanted),
            Tags=tag_list(tags),
            Description=optional_text(wanted.metadata, "description")
            or "secret 'managed-by:external-secrets'",
            KmsKeyId=optional_text(wanted.metadata, "kmsKeyId") or "alias/aws/secretsmanager",
        )

    def _tag(self, caller: Caller, region: Region, name: str, wanted: Push) -> None:
        """Only metadata with tags touches tags (`patchTags`)."""
        tags = _tags(wanted)
        if tags:
            self._require(caller, region, "TagResource", name)
            self._call(region, "tag_resource", SecretId=name, Tags=tag_list(tags))

    def _call(self, region: Region, operation: str, **parameters: Value) -> None:
        try:
            region.call(SERVICE, operation, **parameters)
        except AwsError as error:
            raise _refusal(error) from None  # its message may hold what was sent


_KEY_USES: Mapping[str, tuple[str, ...]] = {
    "GetSecretValue": ("kms:Decrypt",),
    "PutSecretValue": ("kms:GenerateDataKey", "kms:Decrypt"),
}
"""What a call asks of the secret's key (Secrets Manager user guide, "Secret encryption and
decryption", as remembered)."""


def _allowed(
    region: Region, role: PodRole, action: str, resource: str, context: Mapping[str, str]
) -> bool:
    try:
        return is_allowed(region, role, action, resource, context)
    except NotSimulatedError as error:
        raise SecretManagerError(str(error)) from error


def _version(wanted: str) -> dict[str, str]:
    if wanted.startswith("uuid/"):
        return {"VersionId": wanted.removeprefix("uuid/")}
    return {"VersionStage": wanted} if wanted else {}


def _refuse_settings(wanted: Push) -> None:
    unknown = sorted(wanted.metadata.keys() - PUSH_SETTINGS)
    if unknown:
        message = f"not simulated: metadata of a PushSecret: {', '.join(unknown)}"
        raise SecretManagerError(message)
    wrong = optional_text(wanted.metadata, "secretPushFormat")
    if wrong not in ("", "binary", "string"):
        message = f"invalid secret push format: {wrong}"
        raise SecretManagerError(message)
    if MANAGED_BY in _tags(wanted):
        message = f"error parsing tags in metadata: Cannot specify a '{MANAGED_BY}' tag"
        raise SecretManagerError(message)


def _tags(wanted: Push) -> dict[str, str]:
    return tag_map(block(wanted.metadata, "tags"))


def _text(wanted: Push) -> str:
    if not 0 < len(wanted.value) <= VALUE_LIMIT:
        message = f"InvalidParameterException: {wanted.key}: a value has 1 to {VALUE_LIMIT} bytes"
        raise SecretManagerError(message)
    try:
        return wanted.value.decode()
    except UnicodeDecodeError:
        message = f"not simulated: {wanted.key}: a value that is no text"
        raise SecretManagerError(message) from None


def _refusal(error: AwsError) -> SecretManagerError:
    return SecretManagerError(f"operation error Secrets Manager: {error.operation}, {error.code}")
