"""A secret manager in memory, as External Secrets Operator asks it, and objects that use it."""

import copy
from dataclasses import dataclass, field

from infra.rehearsal.controllers.external_secrets.port import (
    Caller,
    NoSecretError,
    Push,
    SecretManagerError,
)
from infra.wire import Properties, Value

STORE = "platform"
V1 = "external-secrets.io/v1"
V1_ALPHA = "external-secrets.io/v1alpha1"


@dataclass
class Vault:
    """Secrets by name; None: a place without a value."""

    provider: str = "aws"
    values: dict[str, bytes | None] = field(default_factory=dict)
    foreign: set[str] = field(default_factory=set)
    """Secrets that are not the operator's."""
    pushes: list[str] = field(default_factory=list)
    refusal: str = ""
    """What it says to every request; empty: it serves."""
    no_credentials: bool = False
    callers: set[Caller] = field(default_factory=set)

    def require_credentials(self, caller: Caller, settings: Properties) -> None:
        del settings
        self.callers.add(caller)
        if self.no_credentials:
            message = "no EC2 IMDS role found"
            raise SecretManagerError(message)

    def read(self, caller: Caller, settings: Properties, key: str, version: str = "") -> bytes:
        del settings, version
        self.callers.add(caller)
        if self.refusal:
            raise SecretManagerError(self.refusal)
        found = self.values.get(key)
        if found is None:
            raise NoSecretError
        return found

    def has_value(self, caller: Caller, settings: Properties, key: str) -> bool:
        try:
            self.read(caller, settings, key)
        except NoSecretError:
            return False
        return True

    def push(self, caller: Caller, settings: Properties, wanted: Push) -> None:
        del caller, settings
        if wanted.key in self.foreign:
            message = "secret not managed by external-secrets"
            raise SecretManagerError(message)
        self.pushes.append(wanted.key)
        self.values[wanted.key] = wanted.value

    def delete(self, caller: Caller, settings: Properties, key: str) -> None:
        del caller, settings
        self.values.pop(key, None)


def store(**spec: Value) -> Properties:
    """The one store of a cluster."""
    provider: Value = {"aws": {"service": "SecretsManager", "region": "us-east-1"}}
    return {
        "apiVersion": V1,
        "kind": "ClusterSecretStore",
        "metadata": {"name": STORE},
        "spec": {"provider": provider, **spec},
    }


def external_secret(namespace: str, name: str = "hub", **spec: Value) -> Properties:
    """One that brings `tokenworks/test/hub-token` into the Secret `hub`, key `token`."""
    wanted: Properties = {
        "secretStoreRef": {"kind": "ClusterSecretStore", "name": STORE},
        "refreshInterval": "1h",
        "target": {"name": name, "creationPolicy": "Owner", "deletionPolicy": "Retain"},
        "data": [{"secretKey": "token", "remoteRef": {"key": "tokenworks/test/hub-token"}}],
        **spec,
    }
    return _namespaced(V1, "ExternalSecret", namespace, name, wanted)


def password(namespace: str, name: str = "root", **spec: Value) -> Properties:
    """A generator of passwords of 32 letters and digits."""
    wanted: Properties = {
        "length": 32,
        "digits": 8,
        "symbols": 0,
        "allowRepeat": True,
        "noUpper": False,
        **spec,
    }
    return _namespaced(
        "generators.external-secrets.io/v1alpha1", "Password", namespace, name, wanted
    )


def push_secret(namespace: str, name: str = "root", **spec: Value) -> Properties:
    """One that pushes what the generator draws, once."""
    key: Value = {"secretKey": "password", "remoteRef": {"remoteKey": "tokenworks/test/root"}}
    wanted: Properties = {
        "secretStoreRefs": [{"kind": "ClusterSecretStore", "name": STORE}],
        "refreshInterval": "1h",
        "updatePolicy": "IfNotExists",
        "deletionPolicy": "None",
        "selector": {"generatorRef": {"kind": "Password", "name": "root"}},
        "data": [{"match": key}],
        **spec,
    }
    return _namespaced(V1_ALPHA, "PushSecret", namespace, name, wanted)


def changed(body: Properties, path: str, value: Value) -> Properties:
    """Return a copy with something else at a path below `spec`; None: nothing there."""
    copied = copy.deepcopy(body)
    *above, last = path.split(".")
    here = copied["spec"]
    for step in above:
        here = (
            here[int(step)]
            if isinstance(here, list)
            else here[step]
            if isinstance(here, dict)
            else None
        )
    assert isinstance(here, dict)
    if value is None:
        del here[last]
    else:
        here[last] = value
    return copied


def elsewhere(body: Properties, namespace: str) -> Properties:
    """Return a copy in another namespace; what has none keeps it so."""
    metadata = body["metadata"]
    assert isinstance(metadata, dict)
    moved = {"namespace": namespace} if "namespace" in metadata else {}
    return {**body, "metadata": {**metadata, **moved}}


def _namespaced(
    api_version: str, kind: str, namespace: str, name: str, spec: Properties
) -> Properties:
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }


MISTAKES: list[tuple[Properties, str, Value, str]] = [
    (external_secret("default"), "data", None, "either data or dataFrom should be specified"),
    (external_secret("default"), "data.0.remoteRef.key", None, "spec.data[0].remoteRef.key"),
    (external_secret("default"), "data.0.secretKey", "a b", "spec.data[0].secretKey"),
    (external_secret("default"), "refreshInterval", "often", "spec.refreshInterval"),
    (external_secret("default"), "secretStoreRef.kind", "Store", "spec.secretStoreRef.kind"),
    (external_secret("default"), "target.creationPolicy", "Mine", "spec.target.creationPolicy"),
    (external_secret("default"), "target.names", "hub", ".spec.target.names: field not declared"),
    (store(), "provider.aws.region", None, "spec.provider.aws.region"),
    (store(), "provider.aws.service", "Vault", "spec.provider.aws.service"),
    (store(), "provider.gcpsm", {}, "spec.provider"),
    (push_secret("default"), "selector", None, "spec.selector"),
    (push_secret("default"), "updatePolicy", "Never", "spec.updatePolicy"),
    (push_secret("default"), "data.0.match.remoteRef", None, "match.remoteRef"),
    (password("default"), "encoding", "rot13", "spec.encoding"),
    (password("default"), "length", "long", "spec.length"),
]
"""Object, path below `spec` to what stands there instead (None: nothing), and how the API server
names it."""
