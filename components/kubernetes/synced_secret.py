"""A Secret whose value is that of a secret in the cloud's secret manager.

Owns the object that keeps it so. Does not own the value, which External Secrets carries past
Pulumi, nor the store that says whose secrets may be read.
"""

from collections.abc import Mapping

import pulumi

from components.handles import NamespaceRef
from components.kubernetes import custom_objects
from components.kubernetes.secret_store import API_VERSION, SecretStoreRef, read_spec
from components.names import SECRET, fit
from components.secrets import PlatformSecret

WAIT = "2m"
"""External Secrets tries again after 1, 2, 4 … seconds: a value that is there arrives in a few."""


class SyncedSecret(pulumi.ComponentResource):
    """A Secret that follows secrets of the platform within an hour."""

    secret: pulumi.Output[str]
    """Name of the Secret; what uses it comes after the object that keeps it."""

    def __init__(  # noqa: PLR0913 - what it stands on; each has a name where it is called
        self,
        name: str,
        *,
        label: str,
        namespace: NamespaceRef,
        keys: Mapping[str, PlatformSecret] | PlatformSecret,
        store: SecretStoreRef,
        required: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Keep the Secret `label` in `namespace`.

        Args:
            name: name of the component.
            label: name of the Secret.
            namespace: where it is.
            keys: key in the Secret to the secret whose value it has; or one secret, a JSON object
                whose keys become the Secret's.
            store: where the secrets are.
            required: whether the run fails where a secret has no value after two minutes; else the
                Secret is missing until somebody puts one.
            opts: options of the component.
        """
        super().__init__("tokenworks:kubernetes:SyncedSecret", name, None, opts)
        if required:
            for secret in [keys] if isinstance(keys, PlatformSecret) else keys.values():
                # Beside the provider's own words, which name neither.
                pulumi.log.info(
                    f"needs a value of {store.place(secret)}; "
                    f"`{store.put_command(secret)}` puts one",
                    resource=self,
                )
        created = custom_objects.create(
            f"{name}-external",
            (API_VERSION, "ExternalSecret"),
            label=fit(label, SECRET),
            spec=read_spec(label, keys, store),
            namespace=namespace,
            awaited=required,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(store.needed),
                custom_timeouts=pulumi.CustomTimeouts(create=WAIT, update=WAIT),
            ),
        )
        self.secret = created.urn.apply(lambda _: label)
        self.register_outputs({"secret": self.secret})
