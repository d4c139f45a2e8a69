"""Kubeconfigs: who the server is, who vouches for it, and as whom to come.

Owns: reading the kubeconfig that the program built. It is the whole truth: no file of the machine
and no in-cluster account is ever consulted, so that a rehearsal cannot reach a cluster that
somebody happens to be logged in to. What it leaves to the public certificate authorities, as GKE's
DNS endpoint does, is vouched for by the rehearsal's own authority, and by no other.
Does not own: running credential commands (`exec_credential.py`) nor connections (`client.py`).
"""

import base64
import binascii
import json
import os
import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path

import yaml

from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.kubernetes.errors import StandInError
from infra.rehearsal.kubernetes.exec_credential import ExecCredential, ExecUser
from infra.rehearsal.kubernetes.values import at, mapping, mappings, text
from infra.wire import Properties, Value

CLUSTER_KEYS = {"server", "certificate-authority-data", "insecure-skip-tls-verify"}
PUBLIC_AUTHORITY_VARIABLE = "TOKENWORKS_PUBLIC_AUTHORITY"
"""Variable with the path of the PEM file that stands for the public certificate authorities."""
USER_KEYS = {"token", "client-certificate-data", "client-key-data", "exec"}


class KubeconfigError(StandInError):
    """A kubeconfig that cannot be used."""


@dataclass(frozen=True)
class Kubeconfig:
    """One context of a kubeconfig, resolved."""

    server: str
    """Base URL of the API server."""
    ca_pem: str
    """Certificate authority of the server; empty only with `skip_verification`."""
    skip_verification: bool
    """The kubeconfig says `insecure-skip-tls-verify: true`."""
    namespace: str
    """Where objects without a namespace go."""
    token: str = ""
    """Static bearer token."""
    certificate_pem: str = ""
    """Client certificate, together with its key."""
    key_pem: str = ""
    """Key of the client certificate."""
    command: ExecUser | None = None
    """Command that gives tokens."""

    def client(self, namespace: str = "") -> ApiClient:
        """Return a client of this cluster; `namespace` overrides the context's."""
        credential = ExecCredential(self.command) if self.command else None
        return ApiClient(
            self.server,
            self.ca_pem,
            credential.token if credential else self.token,
            tls=self._tls(),
            on_unauthorized=credential.forget if credential else None,
            default_namespace=namespace or self.namespace,
        )

    def _tls(self) -> ssl.SSLContext | None:
        if not self.skip_verification and not self.certificate_pem:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if self.skip_verification:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        else:
            context.load_verify_locations(cadata=self.ca_pem)
        if self.certificate_pem:
            # Python's ssl takes a certificate chain from a file only.
            with tempfile.TemporaryDirectory(prefix="tokenworks-") as folder:
                path = Path(folder) / "client.pem"
                path.write_text(f"{self.certificate_pem}\n{self.key_pem}\n", encoding="utf-8")
                context.load_cert_chain(path)
        return context


def parse_kubeconfig(content: Value, context_name: str = "") -> Kubeconfig:
    """Read a kubeconfig: YAML, JSON, or a map already decoded.

    Raises:
        KubeconfigError: it names a file, has parts that are not served, or lacks what is needed.
    """
    config = _decoded(content)
    chosen = context_name or text(config, "current-context")
    context = _named(config, "contexts", chosen)
    cluster_name = text(context, "context", "cluster")
    user_name = text(context, "context", "user")
    cluster = mapping(_named(config, "clusters", cluster_name), "cluster")
    user = mapping(_named(config, "users", user_name), "user")
    _refuse_unknown(f"cluster {cluster_name!r}", cluster, CLUSTER_KEYS)
    _refuse_unknown(f"user {user_name!r}", user, USER_KEYS)
    skip = at(cluster, "insecure-skip-tls-verify") is True
    result = Kubeconfig(
        server=text(cluster, "server"),
        ca_pem=_pem(cluster, "certificate-authority-data") or ("" if skip else _public_authority()),
        skip_verification=skip,
        namespace=text(context, "context", "namespace") or "default",
        token=text(user, "token"),
        certificate_pem=_pem(user, "client-certificate-data"),
        key_pem=_pem(user, "client-key-data"),
        command=_exec_user(mapping(user, "exec"), cluster),
    )
    _require(result, cluster_name, user_name)
    return result


def _decoded(content: Value) -> Properties:
    if isinstance(content, dict):
        return content
    if not isinstance(content, str) or not content.strip():
        message = "kubeconfig: is empty; pass `kubernetes.Provider(kubeconfig=...)` its content"
        raise KubeconfigError(message)
    try:
        decoded = yaml.safe_load(content)
    except yaml.YAMLError as error:
        # The parser's message quotes the text, which may hold a token.
        message = "kubeconfig: is neither YAML nor JSON"
        raise KubeconfigError(message) from error.with_traceback(None)
    if not isinstance(decoded, dict):
        message = (
            "kubeconfig: is not a map with clusters, users and contexts; "
            "a path is not read, pass the content itself"
        )
        raise KubeconfigError(message)
    return decoded


def _named(config: Properties, section: str, name: str) -> Properties:
    entries = list(mappings(config, section))
    for entry in entries:
        if name and entry.get("name") == name:
            return entry
    known = sorted(text(entry, "name") for entry in entries)
    message = f"kubeconfig: {section} has no {name!r}; it has {known}"
    raise KubeconfigError(message)


def _refuse_unknown(what: str, part: Properties, served: set[str]) -> None:
    others = sorted(key for key, value in part.items() if value and key not in served)
    if others:
        message = f"kubeconfig: {what} uses {others}, which is not served; use {sorted(served)}"
        raise KubeconfigError(message)


def _pem(part: Properties, key: str) -> str:
    encoded = text(part, key)
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        message = f"kubeconfig: {key} is not base64 of a PEM text"
        raise KubeconfigError(message) from error


def _public_authority() -> str:
    """Return what stands for the public authorities; empty outside of a rehearsal that has one."""
    path = os.environ.get(PUBLIC_AUTHORITY_VARIABLE)
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        message = f"kubeconfig: {PUBLIC_AUTHORITY_VARIABLE} names no certificate: {error}"
        raise KubeconfigError(message) from error


def _exec_user(part: Properties, cluster: Properties) -> ExecUser | None:
    if not part:
        return None
    arguments = at(part, "args")
    if text(part, "interactiveMode") == "Always":
        message = "kubeconfig: exec interactiveMode is 'Always'; nobody is there, use 'Never'"
        raise KubeconfigError(message)
    return ExecUser(
        api_version=text(part, "apiVersion"),
        command=text(part, "command"),
        arguments=tuple(str(item) for item in arguments) if isinstance(arguments, list) else (),
        environment={text(item, "name"): text(item, "value") for item in mappings(part, "env")},
        install_hint=text(part, "installHint"),
        cluster_json=json.dumps(cluster) if at(part, "provideClusterInfo") is True else "",
    )


def _require(config: Kubeconfig, cluster_name: str, user_name: str) -> None:
    if not config.server:
        message = f"kubeconfig: cluster {cluster_name!r} has no server"
        raise KubeconfigError(message)
    if config.server.startswith("https:") and not (config.ca_pem or config.skip_verification):
        message = (
            f"kubeconfig: cluster {cluster_name!r} has no certificate-authority-data; "
            "the machine's own trust is not used, add the cluster's CA"
        )
        raise KubeconfigError(message)
    if bool(config.certificate_pem) != bool(config.key_pem):
        message = f"kubeconfig: user {user_name!r} has a client certificate or its key, not both"
        raise KubeconfigError(message)
    if not (config.token or config.certificate_pem or config.command):
        message = (
            f"kubeconfig: user {user_name!r} has no credentials; "
            "give a token, a client certificate or an exec command"
        )
        raise KubeconfigError(message)
