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
from components.secrets import Origin, PlatformSecret

RECOVERY_DAYS = 30
"""How long a deleted secret can be brought back; the longest that Secrets Manager takes. Its name
stays taken as long."""
PUSHED = {"managed-by": "external-secrets"}
"""Without this tag External Secrets refuses to write a secret ("secret not managed
by external-secrets": external-secrets/external-secrets#3788, 2024-08-12)."""


def root(platform: PlatformRef) -> str:
    """Return the first parts of the name of every secret of a platform."""
    return f"tokenworks/{platform.name}"


class Secrets(pulumi.ComponentResource):
    """The secrets of a platform, without values."""

    names: dict[str, pulumi.Output[str]]
    """Purpose to the name of the secret."""
    reader: pulumi.Output[str]
    """Policy document of a role that may read the secrets of this platform, and no other."""

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
        self.reader = _reader(platform, account, key_arn)
        self.register_outputs({"names": self.names})

    def _create(self, secret: PlatformSecret) -> aws.secretsmanager.Secret:
        name = f"{self._name}-{secret.purpose}"
        extra = PUSHED if secret.origin is Origin.CLUSTER else {}
        return aws.secretsmanager.Secret(
            name,
            # Fixed: people and External Secrets name it.
            name=fit(f"{root(self._platform)}/{secret.purpose}", SECRETS_MANAGER_SECRET),
            description=f"{secret.description} of {self._platform.cluster_name}",
            kms_key_id=self._key_arn,
            recovery_window_in_days=RECOVERY_DAYS if self._protected else 0,
            tags=tags(self._platform, name, extra),
            opts=pulumi.ResourceOptions(parent=self, protect=self._protected),
        )


def _reader(
    platform: PlatformRef, account: AccountRef, key_arn: pulumi.Output[str]
) -> pulumi.Output[str]:
    return document(
        Statement(
            sid="ReadSecrets",
            actions=("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"),
            # Secrets Manager appends a hyphen and six characters to the name in an ARN.
            resources=(account.secret_arn(f"{root(platform)}/{EVERYTHING}"),),
        ),
        Statement(
            sid="DecryptSecrets",
            actions=("kms:Decrypt",),
            resources=(key_arn,),
            conditions={
                "StringEquals": {"kms:ViaService": f"secretsmanager.{account.region}.amazonaws.com"}
            },
        ),
    )
