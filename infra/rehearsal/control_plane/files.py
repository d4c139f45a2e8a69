"""The files that the control plane's programs read: keys, tokens, kubeconfigs.

JSON is written where YAML is read: every JSON document is YAML.
"""

import base64
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

ADMIN = "rehearsal-admin"
KEY_BITS = 2048
AUTHORITY_FILE = "ca.crt"
SERVING_CERTIFICATE = "apiserver.crt"
"""What kube-apiserver names the chain that it generates in `--cert-dir`: its own, then the CA's."""


@dataclass(frozen=True)
class Files:
    """Paths in the control plane's folder; the folder and every secret are the owner's alone."""

    directory: Path

    @property
    def tokens(self) -> Path:
        """Static tokens of the API server."""
        return self.directory / "tokens.csv"

    @property
    def service_account_key(self) -> Path:
        """Signs service account tokens."""
        return self.directory / "service-account.key"

    @property
    def webhook(self) -> Path:
        """Where the API server asks who a token belongs to."""
        return self.directory / "authenticator.kubeconfig"

    @property
    def kubeconfig(self) -> Path:
        """Of the programs that are clients of the API server."""
        return self.directory / "admin.kubeconfig"

    @property
    def certificates(self) -> Path:
        """Folder of the API server's generated certificate."""
        return self.directory / "certificates"

    @property
    def authority(self) -> Path:
        """The certificate that clients verify the API server with."""
        return self.directory / AUTHORITY_FILE

    @property
    def database(self) -> Path:
        """Data of etcd."""
        return self.directory / "etcd"

    def log(self, program: str) -> Path:
        """Output of one program."""
        return self.directory / f"{program}.log"

    def prepare(self, authenticator_port: int | None) -> str:
        """Write what the API server reads at its start; return the admin's new token."""
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.certificates.mkdir(exist_ok=True, mode=0o700)
        token = secrets.token_urlsafe(32)
        write_secret(self.tokens, f"{token},{ADMIN},{ADMIN},system:masters\n")
        write_secret(self.service_account_key, _private_key())
        if authenticator_port is not None:
            url = f"http://127.0.0.1:{authenticator_port}/authenticate"
            write_secret(self.webhook, _kubeconfig({"server": url}, {}))
        return token

    def read_authority(self) -> str | None:
        """Return the CA's certificate once the API server has generated one, and save it."""
        try:
            chain = (self.certificates / SERVING_CERTIFICATE).read_text(encoding="ascii")
        except FileNotFoundError:
            return None
        end = "-----END CERTIFICATE-----\n"
        certificates = [part + end for part in chain.split(end) if part.strip()]
        if len(certificates) != 2 or not chain.endswith(end):  # noqa: PLR2004 - leaf and CA
            return None  # half written
        write_secret(self.authority, certificates[1])
        return certificates[1]

    def write_kubeconfig(self, endpoint: str, ca_pem: str, token: str) -> None:
        """Write the kubeconfig of the programs that are clients."""
        ca = base64.b64encode(ca_pem.encode()).decode()
        cluster = {"server": endpoint, "certificate-authority-data": ca}
        write_secret(self.kubeconfig, _kubeconfig(cluster, {"token": token}))


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner can read, from its first byte on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def _kubeconfig(cluster: dict[str, str], user: dict[str, str]) -> str:
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "rehearsal", "cluster": cluster}],
            "users": [{"name": ADMIN, "user": user}],
            "contexts": [{"name": "rehearsal", "context": {"cluster": "rehearsal", "user": ADMIN}}],
            "current-context": "rehearsal",
        }
    )


def _private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=KEY_BITS)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
