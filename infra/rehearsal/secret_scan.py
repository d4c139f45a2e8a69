"""Whether a secret of a rehearsal can be read where no secret belongs.

Owns what counts as a secret (what the cloud's secret manager and the cluster's Secrets hold, and
the marker in place of a stack file's own), in which forms it would be written, and where is looked:
the engine's states, events and logs, the logs of everything, the report, and the cluster's objects
but Secrets. Does not look where secrets live: the store of the cluster, the simulated cloud's own
memory.
A finding names the secret and the place, and never says the value.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from infra.rehearsal.kubernetes.client import NOT_FOUND, ApiClient, ApiError
from infra.rehearsal.leftovers import listable_kinds

NO_LIST = 405
SHORTEST = 12
"""Characters. What is shorter stands everywhere by chance, as a user's name does."""
HOMES = (
    "control-plane/etcd",
    "control-plane/certificates",
    "control-plane/admin.kubeconfig",
    "engine/passphrase",
    "plane-for-cloud.json",
    "simulated-cloud.json",
    "simulated-cloud.journal",
)
"""Files and folders, below that of a rehearsal, that hold secrets because that is what they are
for; only their owner may read them."""
HELM_STORAGE = "helm.sh/release.v1"
"""Type of the Secrets in which Helm keeps releases: compressed, and nobody's secret."""
PUBLIC_KEYS = (".crt", ".pem.pub", "namespace")
"""Ends of keys whose values are for everybody: certificates."""


@dataclass(frozen=True)
class Secret:
    """One secret of a rehearsal."""

    name: str
    """What it is, for a report."""
    value: bytes = field(repr=False)

    @property
    def forms(self) -> frozenset[bytes]:
        """Every way in which it would be written: as it is, in JSON, in a URL, in base64.

        In base64 a value that begins inside of a larger text has one of three forms, of which the
        characters at both ends depend on what stands beside it.
        """
        text = self.value.decode(errors="surrogateescape")
        plain = {self.value, json.dumps(text)[1:-1].encode(errors="surrogateescape")}
        if text.isprintable() and text.isascii():
            plain |= {quote(text, safe="").encode(), quote(text, safe="").lower().encode()}
        return frozenset({*plain, *_in_base64(self.value)})


def _in_base64(value: bytes) -> Iterator[bytes]:
    for before in range(3):
        bits = 8 * (before + len(value))
        encode = base64.b64encode(bytes(before) + value)
        inner = encode[-(-8 * before // 6) : bits // 6]
        yield inner
        yield inner.replace(b"+", b"-").replace(b"/", b"_")


@dataclass(frozen=True, order=True)
class Finding:
    """A secret where none belongs."""

    place: str
    """File and line, or object of the cluster."""
    secret: str

    def __str__(self) -> str:
        """Return it as one line."""
        return f"{self.place} holds {self.secret}"


def cloud_secrets(values: Mapping[str, bytes]) -> Iterator[Secret]:
    """Yield what the secret manager holds.

    Args:
        values: name of a secret to its value.
    """
    for name, value in values.items():
        if len(value) >= SHORTEST:
            yield Secret(f"the value of {name} in the secret manager", value)


def cluster_secrets(api: ApiClient) -> Iterator[Secret]:
    """Yield what the cluster's Secrets hold.

    Raises:
        ApiError: the API server cannot be reached.
    """
    for item in api.list_objects("v1", "Secret"):
        metadata = item["metadata"]
        if item.get("type") == HELM_STORAGE:
            continue
        for key, value in (item.get("data") or {}).items():
            decoded = base64.b64decode(value)
            if len(decoded) >= SHORTEST and not key.endswith(PUBLIC_KEYS):
                name = f"{key} of Secret {metadata['namespace']}/{metadata['name']}"
                yield Secret(name, decoded)


def find_in_cluster(api: ApiClient, secrets: Iterable[Secret]) -> Iterator[Finding]:
    """Yield each object of the cluster, but Secrets, that holds a secret.

    Raises:
        ApiError: the API server cannot be reached.
    """
    forms = _forms(secrets)
    for api_version, kind in listable_kinds(api):
        if kind == "Secret":
            continue
        for item in _listed(api, api_version, kind):
            metadata = item["metadata"]
            where = f"{kind} {metadata.get('namespace', '')}/{metadata['name']}"
            text = json.dumps(item, ensure_ascii=False).encode()
            for name in _names_in(text, forms):
                yield Finding(where, name)


def _listed(api: ApiClient, api_version: str, kind: str) -> list[dict]:
    try:
        return api.list_objects(api_version, kind)
    except ApiError as error:
        if error.status in (NOT_FOUND, NO_LIST):  # a definition that went away meanwhile
            return []
        raise


def find_in_files(folder: Path, secrets: Iterable[Secret]) -> Iterator[Finding]:
    """Yield each line of a rehearsal's files that holds a secret.

    Raises:
        OSError: a file cannot be read.
    """
    forms = _forms(secrets)
    homes = tuple(folder / home for home in HOMES)
    for file in sorted(folder.rglob("*")):
        if not file.is_file() or any(file.is_relative_to(home) for home in homes):
            continue
        content = file.read_bytes()
        for name in _names_in(content, forms):
            line = 1 + content.count(b"\n", 0, min(_places(content, forms[name])))
            yield Finding(f"{file.relative_to(folder)}:{line}", name)


def _forms(secrets: Iterable[Secret]) -> Mapping[str, frozenset[bytes]]:
    return {one.name: one.forms for one in secrets}


def _names_in(content: bytes, forms: Mapping[str, frozenset[bytes]]) -> Iterator[str]:
    for name, written in forms.items():
        if any(form in content for form in written):
            yield name


def _places(content: bytes, written: frozenset[bytes]) -> Iterator[int]:
    for form in written:
        place = content.find(form)
        if place >= 0:
            yield place
