"""A provider of tokens to be: publishes its key over HTTP, and signs what it is told."""

import base64
import contextlib
import json
import threading
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from infra.spec.gateway import JwtSpec

AUDIENCE = "llm"
KEY_ID = "today"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _number(value: int) -> str:
    return _base64(value.to_bytes((value.bit_length() + 7) // 8))


def new_key() -> rsa.RSAPrivateKey:
    """Return a key of the size that providers use."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True)
class TokenProvider:
    """Whose tokens open the gateway."""

    spec: JwtSpec
    key: rsa.RSAPrivateKey

    def token(self, claims: Mapping[str, object], key: rsa.RSAPrivateKey | None = None) -> str:
        """Return a token that is good for an hour, with other claims, or of another's key."""
        now = int(time.time())
        good = {"iss": self.spec.issuer, "aud": AUDIENCE, "iat": now, "exp": now + 3600}
        parts = [{"alg": "RS256", "kid": KEY_ID}, {**good, **claims}]
        text = ".".join(_base64(json.dumps(part).encode()) for part in parts)
        signed = (key or self.key).sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{text}.{_base64(signed)}"


@contextlib.contextmanager
def token_provider(address: str) -> Generator[TokenProvider]:
    """Publish a new key at that address until the block ends."""
    key = new_key()
    numbers = key.public_key().public_numbers()
    published = {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": KEY_ID}
    published |= {"n": _number(numbers.n), "e": _number(numbers.e)}
    body = json.dumps({"keys": [published]}).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:  # ty: ignore[incompatible-method-override] - its format is not used
            """Say nothing."""

    with ThreadingHTTPServer((address, 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        spec = JwtSpec(
            issuer="https://login.example.com",
            audience=AUDIENCE,
            # In the clear, as no authority that Envoy trusts signs for this machine.
            jwks_uri=f"http://{address}:{server.server_port}/keys",
            client_claim="sub",
        )
        yield TokenProvider(spec, key)
        server.shutdown()
