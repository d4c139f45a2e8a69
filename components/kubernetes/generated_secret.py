"""A Secret whose value nobody chose: drawn in the cluster, once, and kept by the secret manager.

Owns the drawing, its way into the secret manager and back. Does not own what the value is for.
Why the way through the secret manager: there it outlives the cluster, and a person who needs it has
one place to look. External Secrets draws and carries it, so that Pulumi never sees it.
"""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import NamespaceRef
from components.kubernetes import custom_objects
from components.kubernetes.secret_store import (
    API_VERSION,
    GENERATORS_API_VERSION,
    PUSH_API_VERSION,
    PulumiValue,
    SecretStoreRef,
    read_spec,
)
from components.names import SECRET, fit
from components.secrets import PlatformSecret
from infra.spec.cloud import CloudProvider

LENGTH = 43
"""Letters and digits: 256 bits, and nothing in them needs quoting anywhere. Milvus takes passwords
of 6 to 72 characters (milvus.io, "Authenticate User Access", 2026)."""
DRAWN = "password"
"""Key under which the generator hands over what it drew."""
WAIT = "5m"
PUSH_SETTINGS: dict[CloudProvider, dict[str, PulumiValue]] = {
    # Else the value is binary, which the console does not show.
    CloudProvider.AWS: {"secretPushFormat": "string"},
    # Else all labels but those of the push go, those of Pulumi too.
    CloudProvider.GCP: {"mergePolicy": "Merge"},
}
"""By cloud (external-secrets/external-secrets@cc5bfbc, providers/v1, 2026-08-08)."""


class GeneratedSecret(pulumi.ComponentResource):
    """A Secret with one drawn value, under each of its keys."""

    secret: pulumi.Output[str]
    """Name of the Secret; what uses it comes after the object that keeps it."""

    def __init__(  # noqa: PLR0913 - what it stands on; each has a name where it is called
        self,
        name: str,
        *,
        label: str,
        namespace: NamespaceRef,
        keys: Sequence[str],
        source: PlatformSecret,
        store: SecretStoreRef,
        fixed: Mapping[str, str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create it in `namespace` under the fixed name `label`: charts and people use it.

        Args:
            name: name of the component.
            label: name of the Secret.
            namespace: where it is.
            keys: its keys; all have the same value.
            source: the secret that keeps the value; whatever it has already stays.
            store: where that secret is.
            fixed: more keys with their values, which are no secrets.
            opts: options of the component.
        """
        super().__init__("tokenworks:kubernetes:GeneratedSecret", name, None, opts)
        self._name, self._label, self._namespace, self._store = name, label, namespace, store
        generator = self._create("generator", GENERATORS_API_VERSION, "Password", _password())
        pushed = self._create(
            "push", PUSH_API_VERSION, "PushSecret", self._push(source), after=generator
        )
        read = read_spec(label, dict.fromkeys(keys, source), store, fixed)
        created = self._create("external", API_VERSION, "ExternalSecret", read, after=pushed)
        self.secret = created.urn.apply(lambda _: label)
        self.register_outputs({"secret": self.secret})

    def _push(self, source: PlatformSecret) -> dict[str, PulumiValue]:
        return {
            "secretStoreRefs": [self._store.reference],
            # Once: a second drawing would be a password that nobody has set.
            "refreshInterval": "0s",
            "updatePolicy": "IfNotExists",
            "deletionPolicy": "None",
            "selector": {
                "generatorRef": {
                    "apiVersion": GENERATORS_API_VERSION,
                    "kind": "Password",
                    "name": self._label,
                }
            },
            "data": [
                {
                    "match": {
                        "secretKey": DRAWN,
                        "remoteRef": {"remoteKey": self._store.place(source)},
                    },
                    "metadata": {
                        "apiVersion": "kubernetes.external-secrets.io/v1alpha1",
                        "kind": "PushSecretMetadata",
                        "spec": PUSH_SETTINGS[self._store.cloud],
                    },
                }
            ],
        }

    def _create(
        self,
        suffix: str,
        api_version: str,
        kind: str,
        spec: dict[str, PulumiValue],
        after: pulumi.Resource | None = None,
    ) -> kubernetes.apiextensions.CustomResource:
        """Create one object; a generator has no state to wait for."""
        return custom_objects.create(
            f"{self._name}-{suffix}",
            (api_version, kind),
            label=fit(self._label, SECRET),
            spec=spec,
            namespace=self._namespace,
            awaited=after is not None,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[*self._store.needed, *([after] if after else [])],
                custom_timeouts=pulumi.CustomTimeouts(create=WAIT, update=WAIT),
            ),
        )


def _password() -> dict[str, PulumiValue]:
    return {
        "length": LENGTH,
        "digits": LENGTH // 4,
        "symbols": 0,
        "noUpper": False,
        "allowRepeat": True,
    }
