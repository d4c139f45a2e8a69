"""Which secrets a platform keeps in its cloud's secret manager, whatever the cloud.

Owns their names, where each value comes from, and the command that puts one. Does not own any
value: none ever passes Pulumi.
"""

from dataclasses import dataclass
from enum import StrEnum

from infra.spec.cloud import CloudProvider


class Origin(StrEnum):
    """Who puts the value."""

    PERSON = "person"
    """Somebody, with the cloud's own command: it comes from outside."""
    CLUSTER = "cluster"
    """External Secrets, which generates it in the cluster and pushes it once."""


@dataclass(frozen=True)
class PlatformSecret:
    """One secret."""

    purpose: str
    """Last part of its name: lower-case letters and hyphens."""
    origin: Origin
    """Who puts the value."""
    description: str
    """For whoever finds it in the console."""


HUB_TOKEN = PlatformSecret("hub-token", Origin.PERSON, "Token of the model hub")
MILVUS_ROOT = PlatformSecret("milvus-root", Origin.CLUSTER, "First password of root of Milvus")
API_KEYS = PlatformSecret(
    "api-keys", Origin.PERSON, "Keys of clients, a JSON object of name to key"
)
TOKEN_COUNTS = PlatformSecret(
    "token-counts", Origin.CLUSTER, "Password of the counts of the shared host's tokens"
)
ALERT_RECEIVERS = PlatformSecret(
    "alert-receivers", Origin.PERSON, "Ways to who is told of alerts, a JSON object by receiver"
)
REMOTE_WRITE_TOKEN = PlatformSecret(
    "remote-write-token", Origin.PERSON, "Token of the store that gets every sample"
)
ELASTICSEARCH_KEY = PlatformSecret(
    "logs-elasticsearch", Origin.PERSON, "API key of Elasticsearch, which gets every log line"
)
PRICE_KEY = PlatformSecret(
    "google-price-key", Origin.PERSON, "API key of Google's price list, which OpenCost reads"
)
PHOENIX_KEY = PlatformSecret(
    "phoenix", Origin.PERSON, "API key of Phoenix, which gets prompts and answers"
)
GRAFANA_ADMIN = PlatformSecret("grafana-admin", Origin.CLUSTER, "Password of admin of Grafana")
PLATFORM_SECRETS = (HUB_TOKEN,)
"""What every platform has: a place for each, with or without a value yet."""

_ROOTS = {CloudProvider.AWS: "tokenworks/{}/", CloudProvider.GCP: "tokenworks-{}-"}
_COMMANDS = {
    CloudProvider.AWS: (
        "aws secretsmanager put-secret-value --secret-id {} --secret-string file:///dev/stdin"
    ),
    CloudProvider.GCP: "gcloud secrets versions add {} --data-file=-",
}
_READ_COMMANDS = {
    CloudProvider.AWS: (
        "aws secretsmanager get-secret-value --secret-id {} --query SecretString --output text"
    ),
    CloudProvider.GCP: "gcloud secrets versions access latest --secret={}",
}


def cache_users(instance: str) -> PlatformSecret:
    """Return the secret with the password of the users of one instance of the cache."""
    description = f"Password of the users of the cache of {instance}"
    return PlatformSecret(f"cache-{instance}", Origin.CLUSTER, description)


def root(cloud: CloudProvider, platform: str) -> str:
    """Return how the name of every secret of a platform begins."""
    return _ROOTS[cloud].format(platform)


def place(cloud: CloudProvider, platform: str, secret: PlatformSecret) -> str:
    """Return the name of a secret in the secret manager."""
    return f"{root(cloud, platform)}{secret.purpose}"


def put_command(cloud: CloudProvider, platform: str, secret: PlatformSecret) -> str:
    """Return the command that gives a secret the value that it reads from standard input."""
    return _COMMANDS[cloud].format(place(cloud, platform, secret))


def read_command(cloud: CloudProvider, platform: str, secret: PlatformSecret) -> str:
    """Return the command that prints the value of a secret; it fails where there is none yet."""
    return _READ_COMMANDS[cloud].format(place(cloud, platform, secret))
