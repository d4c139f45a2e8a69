"""Phoenix: where what users wrote, and got, is looked at; somebody runs it, and it is not ours.

Owns the words, and what an address says. What is refused is in `checks_phoenix`.
"""

import re
from urllib.parse import urlsplit

from infra.spec.section import Section, Switch

_IN_CLUSTER = re.compile(
    r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
    r"\.(?P<namespace>[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)\.svc(?:\.cluster\.local)?"
)
_PORTS = {"http": 80, "https": 443}


class PhoenixSpec(Section):
    """Arize Phoenix, which gets requests and answers of the shared host by OTLP over HTTP.

    Its API key is the secret `phoenix`.
    """

    url: str
    """Where it takes spans: `http://SERVICE.NAMESPACE.svc:6006/v1/traces` in the cluster, or
    `https://phoenix.example.com/v1/traces`."""
    prompts: Switch
    """True: somebody knows that what users wrote, and what models answered, goes there."""
    addresses: tuple[str, ...]
    """IPv4 ranges that it is in, outside of the cluster: proxies reach these and no other. Inside
    the cluster: none, its namespace is in the URL."""

    @property
    def namespace(self) -> str | None:
        """Its namespace; None: it is outside of the cluster."""
        found = _IN_CLUSTER.fullmatch(urlsplit(self.url).hostname or "")
        return found["namespace"] if found else None

    @property
    def port(self) -> int:
        """Port of the address; the section was checked, so it is one."""
        parts = urlsplit(self.url)
        return int(parts.netloc.partition(":")[2] or _PORTS[parts.scheme])
