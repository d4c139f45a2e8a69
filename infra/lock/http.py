"""GET and HEAD over HTTPS, with a deadline and patience for a server that asks for it.

Plain HTTP is for registries on this machine alone, as container engines have it.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import urllib3

TIMEOUT_SECONDS = 30.0
TOO_MANY = 429
TRIES = 3
ELSEWHERE = (301, 302, 303, 307, 308)
HOPS = 5
"""registry.k8s.io leads to a registry near by; charts' pages to where they moved."""
LONGEST_WAIT_SECONDS = 30.0
"""What a server may ask for before its answer is taken for a refusal: Docker Hub's window is hours,
a registry's own limit is seconds."""
ON_THIS_MACHINE = ("127.0.0.1", "localhost", "[::1]")


class NoAnswerError(ValueError):
    """The server was not reached, refuses, or says something that is no answer."""


def scheme_of(host: str) -> str:
    """Return the scheme for a host with or without a port."""
    name = host if host.startswith("[") else host.partition(":")[0]
    return "http" if name in ON_THIS_MACHINE or host.startswith("[::1]") else "https"


def is_allowed(url: str) -> bool:
    """Say whether a URL is HTTPS, or on this machine."""
    parsed = urllib3.util.parse_url(url)
    return bool(parsed.host) and parsed.scheme in ("https", scheme_of(parsed.netloc or ""))


@dataclass(frozen=True)
class Http:
    """Requests without credentials of anybody."""

    sleep: Callable[[float], None] = time.sleep
    pool: urllib3.PoolManager = field(default_factory=urllib3.PoolManager)

    def ask(
        self, method: str, url: str, headers: Mapping[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        """Return an answer of any status but "elsewhere" and "too many requests".

        Raises:
            NoAnswerError: it cannot be reached, is asked too much, or leads astray.
        """
        sent = dict(headers or {})
        for _ in range(HOPS):
            answer = self._patiently(method, url, sent)
            place = answer.headers.get("Location", "")
            if answer.status not in ELSEWHERE or not place:
                return answer
            there = urljoin(url, place)
            if urlsplit(there).netloc != urlsplit(url).netloc:
                sent.pop("Authorization", None)  # a token is for the server that gave it
            url = there
        message = f"{url}: leads from one address to the next"
        raise NoAnswerError(message)

    def _patiently(
        self, method: str, url: str, headers: Mapping[str, str]
    ) -> urllib3.BaseHTTPResponse:
        for attempt in range(TRIES):
            answer = self._once(method, url, headers)
            if answer.status != TOO_MANY:
                return answer
            wait = _wait(answer.headers.get("Retry-After"))
            if wait > LONGEST_WAIT_SECONDS or attempt == TRIES - 1:
                break
            self.sleep(wait)
        message = f"{url}: too many requests (429); ask again later"
        raise NoAnswerError(message)

    def _once(self, method: str, url: str, headers: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        if not is_allowed(url):
            message = f"{url}: only HTTPS is asked"
            raise NoAnswerError(message)
        try:
            return self.pool.request(
                method, url, headers=dict(headers), retries=False, timeout=TIMEOUT_SECONDS
            )
        except urllib3.exceptions.HTTPError as error:
            message = f"{url}: cannot be reached: {type(error).__name__}"
            raise NoAnswerError(message) from error


def _wait(asked: str | None) -> float:
    return float(asked) if asked is not None and asked.isdigit() else 1.0
