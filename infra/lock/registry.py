"""Digests of images and of charts in OCI registries.

Owns the protocol: OCI distribution specification 1.1, "Pulling manifests", and the token flow of
Docker's "Token Authentication Specification", both as remembered. Anonymous alone: what a registry
shows nobody stays unresolved.
"""

import hashlib
import json
import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

import urllib3

from infra.lock.answers import Answer, Resolved, Unresolved
from infra.lock.http import Http, NoAnswerError, scheme_of
from infra.replies import blocks, optional_text

INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
MANIFESTS = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
CHART_LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
"""The packaged chart in a manifest (Helm, "Use OCI-based registries")."""
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
DOCKER_HUB = {"docker.io": "registry-1.docker.io"}
"""Where the names of images and the address of the registry differ."""
OK, UNAUTHORIZED, NOT_FOUND = 200, 401, 404
PARAMETER = re.compile(r'(\w+)="([^"]*)"')


@dataclass
class Registries:
    """Registries, asked without credentials."""

    http: Http = field(default_factory=Http)
    _tokens: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)

    def image(self, repository: str, tag: str) -> Answer:
        """Return the digest that a tag has: of the index, where there is one for each platform.

        Args:
            repository: `docker.io/vllm/vllm-openai`.
            tag: `v0.32.0`.
        """
        try:
            answer = self._manifest("HEAD", repository, tag)
            digest = answer.headers.get("Docker-Content-Digest", "")
            if not digest:  # the header is only a "should" of the specification
                digest = _digest_of(self._manifest("GET", repository, tag).data)
            return _resolved(digest, repository)
        except NoAnswerError as error:
            return Unresolved(str(error))

    def chart(self, repository: str, name: str, version: str) -> Answer:
        """Return the digest of a packaged chart.

        Args:
            repository: `oci://docker.io/envoyproxy`.
            name: `gateway-helm`.
            version: `v1.9.1`; a `+` in it is a `_` in the tag, as Helm has it.
        """
        place = f"{repository.removeprefix('oci://')}/{name}"
        try:
            answer = self._manifest("GET", place, version.replace("+", "_"))
            said = answer.headers.get("Docker-Content-Digest") or _digest_of(answer.data)
            if said != _digest_of(answer.data):
                return Unresolved(f"{place}: the manifest is not the one of its digest {said}")
            layers = [
                optional_text(layer, "digest")
                for layer in blocks(_json(place, answer.data), "layers")
                if layer.get("mediaType") == CHART_LAYER
            ]
        except NoAnswerError as error:
            return Unresolved(str(error))
        if len(layers) != 1:
            return Unresolved(f"{place}:{version} is no Helm chart")
        return _resolved(layers[0], place)

    def _manifest(self, method: str, repository: str, tag: str) -> urllib3.BaseHTTPResponse:
        host, _slash, name = repository.partition("/")
        host = DOCKER_HUB.get(host, host)
        url = f"{scheme_of(host)}://{host}/v2/{name}/manifests/{tag}"
        accepted = {"Accept": ", ".join((*INDEXES, *MANIFESTS))}
        answer = self.http.ask(method, url, accepted | self._authorization(host, name))
        if answer.status == UNAUTHORIZED:
            self._fetch_token(host, name, answer)
            answer = self.http.ask(method, url, accepted | self._authorization(host, name))
        if answer.status != OK:
            what = "no such tag" if answer.status == NOT_FOUND else f"status {answer.status}"
            message = f"{repository}:{tag}: {what}"
            raise NoAnswerError(message)
        return answer

    def _authorization(self, host: str, name: str) -> dict[str, str]:
        token = self._tokens.get((host, name))
        return {"Authorization": f"Bearer {token}"} if token else {}

    def _fetch_token(self, host: str, name: str, refusal: urllib3.BaseHTTPResponse) -> None:
        challenge = refusal.headers.get("WWW-Authenticate", "")
        said = dict(PARAMETER.findall(challenge))
        if not challenge.lower().startswith("bearer ") or "realm" not in said:
            message = f"{host}/{name}: wants credentials"
            raise NoAnswerError(message)
        scope = said.get("scope") or f"repository:{name}:pull"
        asked = {"scope": scope} | {key: said[key] for key in ("service",) if key in said}
        answer = self.http.ask("GET", f"{said['realm']}?{urlencode(asked)}")
        if answer.status != OK:
            message = f"{host}/{name}: no token for everybody (status {answer.status})"
            raise NoAnswerError(message)
        body = _json(said["realm"], answer.data)
        token = optional_text(body, "token") or optional_text(body, "access_token")
        if not token:
            message = f"{said['realm']}: the answer has no token"
            raise NoAnswerError(message)
        self._tokens[host, name] = token


def _resolved(digest: str, source: str) -> Answer:
    if not DIGEST.fullmatch(digest):
        return Unresolved(f"{source}: no SHA-256 digest, got {digest!r}")
    return Resolved(digest, source)


def _digest_of(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def _json(place: str, body: bytes) -> dict:
    try:
        found = json.loads(body)
    except ValueError as error:
        message = f"{place}: the answer is not JSON"
        raise NoAnswerError(message) from error
    return found if isinstance(found, dict) else {}
