"""Where the secrets of a platform live: Secrets Manager.

Owns the secrets, their key, how long a deleted one can be brought back, and the policy document of
whoever brings them into the cluster. Does not own their values: a person puts them, or External
Secrets does, and none passes Pulumi, its state or a preview.
"""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.aws.account import AccountRef
from components.aws.policies import EVERYTHING, Statement, document
from components.aws.tags import tags
from components.handles import PlatformRef
from components.names import SECRETS_MANAGER_SECRET, fit
from components.secrets import Origin, PlatformSecret, place, root
from infra.spec.cloud import CloudProvider

RECOVERY_DAYS = 30
"""How long a deleted secret can be brought back; the longest that Secrets Manager takes. Its name
stays taken as long."""
DRAWN = "??????"
"""What Secrets Manager draws for the end of an ARN, as a pattern."""
PUSHED = {"managed-by": "external-secrets"}
"""Without this tag External Secrets refuses to write a secret ("secret not managed
by external-secrets": external-secrets/external-secrets#3788, 2024-08-12)."""


class Secrets(pulumi.ComponentResource):
    """The secrets of a platform, without values."""

    names: dict[str, pulumi.Output[str]]
    """Purpose to the name of the secret."""
    carrier: pulumi.Output[str]
    """Policy document of whoever brings them into the cluster: it reads those of this platform and
    no other, and fills those that the cluster generates."""

    def __init__(  # noqa: PLR0913  the handles it stands on are named one by one
        self,
        name: str,
        secrets: Sequence[PlatformSecret],
        *,
        platform: PlatformRef,
        account: AccountRef,
        key_arn: pulumi.Output[str],
        protected: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create them; protected ones refuse `destroy`, others go at once, with their names."""
        super().__init__("tokenworks:aws:Secrets", name, None, opts)
        self._name = name
        self._platform = platform
        self._key_arn = key_arn
        self._protected = protected
        self.names = {secret.purpose: self._create(secret).name for secret in secrets}
        generated = [secret for secret in secrets if secret.origin is Origin.CLUSTER]
        self.carrier = _carrier(generated, platform, account, key_arn)
        self.register_outputs({"names": self.names})

    def _create(self, secret: PlatformSecret) -> aws.secretsmanager.Secret:
        name = f"{self._name}-{secret.purpose}"
        extra = PUSHED if secret.origin is Origin.CLUSTER else {}
        return aws.secretsmanager.Secret(
            name,
            # Fixed: people and External Secrets name it.
            name=fit(place(CloudProvider.AWS, self._platform.name, secret), SECRETS_MANAGER_SECRET),
            description=f"{secret.description} of {self._platform.cluster_name}",
            kms_key_id=self._key_arn,
            recovery_window_in_days=RECOVERY_DAYS if self._protected else 0,
            tags=tags(self._platform, name, extra),
            opts=pulumi.ResourceOptions(parent=self, protect=self._protected),
        )


def _carrier(
    generated: Sequence[PlatformSecret],
    platform: PlatformRef,
    account: AccountRef,
    key_arn: pulumi.Output[str],
) -> pulumi.Output[str]:
    """Secrets Manager appends a hyphen and six characters to the name in an ARN."""
    cloud = CloudProvider.AWS
    statements = [
        Statement(
            sid="ReadSecrets",
            actions=("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"),
            resources=(account.secret_arn(f"{root(cloud, platform.name)}{EVERYTHING}"),),
        ),
        _use_key("DecryptSecrets", "kms:Decrypt", account, key_arn),
    ]
    if generated:
        names = [place(cloud, platform.name, secret) for secret in generated]
        statements += [
            Statement(
                sid="FillGeneratedSecrets",
                # None may be created, deleted, tagged or shared.
                actions=("secretsmanager:PutSecretValue",),
                resources=[account.secret_arn(f"{name}-{DRAWN}") for name in names],
            ),
            _use_key("EncryptSecrets", "kms:GenerateDataKey", account, key_arn),
        ]
    return document(*statements)


def _use_key(sid: str, action: str, account: AccountRef, key_arn: pulumi.Output[str]) -> Statement:
    """Return a right to the key that holds through Secrets Manager alone."""
    service = f"secretsmanager.{account.region}.amazonaws.com"
    return Statement(
        sid=sid,
        actions=(action,),
        resources=(key_arn,),
        conditions={"StringEquals": {"kms:ViaService": service}},
    )
