"""The kinds of External Secrets that this platform uses, and what an object that reads one says.

Owns their API versions and the handle of the one store.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.secrets import PlatformSecret, place, put_command
from infra.spec.cloud import CloudProvider

API_VERSION = "external-secrets.io/v1"
PUSH_API_VERSION = "external-secrets.io/v1alpha1"
GENERATORS_API_VERSION = "generators.external-secrets.io/v1alpha1"
STORE_KIND = "ClusterSecretStore"

PulumiValue = str | bool | int | list["PulumiValue"] | dict[str, "PulumiValue"]


@dataclass(frozen=True, eq=False)
class SecretStoreRef:
    """The store through which a cluster reaches the secrets of its platform."""

    cloud: CloudProvider
    platform: str
    """Name of the platform: all names of its secrets begin with it."""
    name: str
    """Name of the store."""
    needed: tuple[pulumi.Resource, ...]
    """What must be there before, and until after, whatever uses it: objects of these kinds have
    finalizers, which only a running operator takes off."""

    def place(self, secret: PlatformSecret) -> str:
        """Return the name of a secret in the secret manager."""
        return place(self.cloud, self.platform, secret)

    def put_command(self, secret: PlatformSecret) -> str:
        """Return the command that gives a secret a value."""
        return put_command(self.cloud, self.platform, secret)

    @property
    def reference(self) -> dict[str, PulumiValue]:
        """How objects name it."""
        return {"kind": STORE_KIND, "name": self.name}


def read_spec(
    label: str,
    keys: Mapping[str, PlatformSecret] | PlatformSecret,
    store: SecretStoreRef,
    fixed: Mapping[str, str] | None = None,
) -> dict[str, PulumiValue]:
    """Return the spec of an ExternalSecret that keeps the Secret `label`.

    Args:
        label: name of the Secret.
        keys: key in the Secret to the secret whose value it has; or one secret, a JSON object whose
            keys become the Secret's.
        store: where the secrets are.
        fixed: more keys of the Secret with their values, which are no secrets: the name of a user.
    """
    # Without `Merge` the values that were read would not be in it.
    more: dict[str, PulumiValue] = {"data": dict(fixed), "mergePolicy": "Merge"} if fixed else {}
    return {
        "secretStoreRef": store.reference,
        "refreshInterval": "1h",
        "target": {
            "name": label,
            "creationPolicy": "Owner",
            "deletionPolicy": "Retain",
            # Without one the Secret gets the labels and annotations of this object.
            "template": {
                "metadata": {"labels": {"app.kubernetes.io/part-of": "tokenworks"}},
                **more,
            },
        },
        **_sources(keys, store),
    }


def _sources(
    keys: Mapping[str, PlatformSecret] | PlatformSecret, store: SecretStoreRef
) -> dict[str, PulumiValue]:
    if isinstance(keys, PlatformSecret):
        return {"dataFrom": [{"extract": {"key": store.place(keys)}}]}
    return {
        "data": [
            {"secretKey": key, "remoteRef": {"key": store.place(secret)}}
            for key, secret in keys.items()
        ]
    }
