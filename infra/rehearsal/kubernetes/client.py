"""REST client for one Kubernetes API server: connections, trust, tokens, discovery, errors.

Owns: how a request reaches the API server and how a refusal comes back. It verifies the server
against the CA that it was given, and nothing of the machine's environment (proxies, kubeconfig,
system trust) is consulted.
Does not own: what to send. Waiting, adoption and diffs live beside it.

Raw REST instead of the `kubernetes` package: the dynamic client drops `fieldValidation` silently
and was slower (measured 2026-11, 151 dry runs).
"""

import json
import ssl
from collections.abc import Callable, Mapping
from typing import TypeAlias
from urllib.parse import quote, urlencode

import urllib3

from infra.rehearsal.kubernetes.values import text
from infra.wire import Properties

CONNECT_TIMEOUT_SECONDS = 5.0
READ_TIMEOUT_SECONDS = 60.0  # the API server's own default request deadline
PAGE_SIZE = 500
CONNECTIONS = 32  # kept open; more are made when needed

JSON = "application/json"
APPLY_PATCH = "application/apply-patch+yaml"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_MERGE_PATCH = "application/strategic-merge-patch+json"

NOT_FOUND = 404
UNAUTHORIZED = 401
FIRST_ERROR_STATUS = 300

Query: TypeAlias = "str | int | bool"


class ApiError(ValueError):
    """The API server refused a request, or could not be reached (`status` 0)."""

    def __init__(self, status: int, message: str, *, request: str = "") -> None:
        """Keep the HTTP status and the server's own words; `request` is the method and path."""
        self.status = status
        self.message = message
        self.request = request
        super().__init__(message)

    def __str__(self) -> str:
        """Status and request first, so that a log line says what was asked."""
        what = f"{self.request}: " if self.request else ""
        return f"{what}{self.status or 'unreachable'}: {self.message}"


class ApiClient:
    """A thread-safe client of one API server, with one pool of verified connections."""

    def __init__(  # noqa: PLR0913 - a connection has these many independent parts
        self,
        server: str,
        ca_pem: str,
        token: Callable[[], str] | str = "",
        *,
        tls: ssl.SSLContext | None = None,
        on_unauthorized: Callable[[], None] | None = None,
        default_namespace: str = "default",
    ) -> None:
        """Prepare a client; nothing is sent yet.

        Args:
            server: base URL, for example `https://127.0.0.1:6443`.
            ca_pem: certificate authority that must have signed the server's certificate.
            token: bearer token, or a function that gives a fresh one; empty sends none.
            tls: replaces the context made from `ca_pem` (client certificates, no verification).
            on_unauthorized: called once before a 401 is retried, to drop a cached token.
            default_namespace: where namespaced objects without a namespace live.
        """
        self.server = server.rstrip("/")
        self.default_namespace = default_namespace
        self._token = token
        self._on_unauthorized = on_unauthorized
        self._discovery: dict[str, dict[str, tuple[str, bool]]] = {}
        self._http = urllib3.PoolManager(
            num_pools=2,
            maxsize=CONNECTIONS,
            block=False,
            timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT_SECONDS, read=READ_TIMEOUT_SECONDS),
            # Only what the server asks to be retried (429 and 503 with Retry-After). Never a bare
            # 500: server-side apply answers an unknown field with it (seen 2026-11, 1.36.3).
            retries=urllib3.Retry(
                total=5,
                connect=2,
                read=0,
                redirect=0,
                other=0,
                allowed_methods=None,
                raise_on_status=False,
                backoff_factor=0.1,
            ),
            ssl_context=tls or _trusting(ca_pem),
        )

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        content_type: str = JSON,
        **query: Query,
    ) -> dict:
        """Send one request and return the decoded JSON object.

        Raises:
            ApiError: the server answered 300 or above, or could not be reached (status 0).
        """
        return self._exchange(method, path, body, content_type, query)

    def resource(self, api_version: str, kind: str, *, refresh: bool = False) -> tuple[str, bool]:
        """Return the plural name of a kind and whether it is namespaced; discovery is cached.

        Raises:
            ApiError: status 404 when the server does not serve this kind (a refresh was tried).
        """
        cached = self._discovery.get(api_version)
        if refresh or cached is None or kind not in cached:
            cached = self._discover(api_version)
        if kind not in cached:
            message = f"the API server has no kind {kind!r} in {api_version!r}"
            raise ApiError(NOT_FOUND, message, request="discovery")
        return cached[kind]

    def forget_discovery(self, api_version: str) -> None:
        """Drop what is known of a group: its definitions may have changed."""
        self._discovery.pop(api_version, None)

    def collection_path(self, api_version: str, kind: str, namespace: str = "") -> str:
        """Return the path of all objects of a kind, in one namespace (empty: the default one)."""
        plural, namespaced = self.resource(api_version, kind)
        inside = f"/namespaces/{quote(namespace or self.default_namespace)}" if namespaced else ""
        return f"{_group_path(api_version)}{inside}/{plural}"

    def object_path(self, api_version: str, kind: str, name: str, namespace: str = "") -> str:
        """Return the path of one object; the namespace is ignored for cluster-wide kinds."""
        return f"{self.collection_path(api_version, kind, namespace)}/{quote(name)}"

    def get(self, api_version: str, kind: str, name: str, namespace: str = "") -> dict:
        """Return one object; an absent one raises `ApiError` with status 404."""
        return self.request("GET", self.object_path(api_version, kind, name, namespace))

    def find(self, api_version: str, kind: str, name: str, namespace: str = "") -> dict | None:
        """Return one object, or None when it, or its kind, is absent."""
        try:
            return self.get(api_version, kind, name, namespace)
        except ApiError as error:
            if error.status == NOT_FOUND:
                return None
            raise

    def list_objects(
        self, api_version: str, kind: str, namespace: str | None = None, **query: Query
    ) -> list[dict]:
        """Return all objects of a kind: in one namespace, or everywhere when it is None.

        Items carry `apiVersion` and `kind`, which the server leaves out in lists.
        Selectors go in as `labelSelector=` and `fieldSelector=`.
        """
        if namespace is None:
            path = f"{_group_path(api_version)}/{self.resource(api_version, kind)[0]}"
        else:
            path = self.collection_path(api_version, kind, namespace)
        found: list[dict] = []
        page: dict[str, Query] = {"limit": PAGE_SIZE, **query}
        while True:
            answer = self._exchange("GET", path, None, JSON, page)
            items = answer.get("items") or []
            found += [{**item, "apiVersion": api_version, "kind": kind} for item in items]
            proceed = (answer.get("metadata") or {}).get("continue")
            if not proceed:
                return found
            page["continue"] = proceed

    def list_served(self, api_version: str, kind: str, **query: str) -> list[dict]:
        """Return what `list_objects` does; nothing while the server does not serve the kind."""
        try:
            return self.list_objects(api_version, kind, **query)
        except ApiError as error:
            if error.status != NOT_FOUND:
                raise
            self.forget_discovery(api_version)
            return []

    def merge(self, body: Properties, change: Mapping[str, object], part: str = "") -> None:
        """Change an object by a merge patch, or its `/status`; one that went is no trouble."""
        path = self.object_path(
            text(body, "apiVersion"),
            text(body, "kind"),
            text(body, "metadata", "name"),
            text(body, "metadata", "namespace"),
        )
        try:
            self.request("PATCH", f"{path}{part}", change, content_type=MERGE_PATCH)
        except ApiError as error:
            if error.status != NOT_FOUND:
                raise

    def create(self, body: dict, query: Mapping[str, Query] | None = None) -> dict:
        """Create an object with POST; an existing one raises `ApiError` with status 409."""
        metadata = body.get("metadata") or {}
        path = self.collection_path(
            body["apiVersion"], body["kind"], str(metadata.get("namespace") or "")
        )
        return self._exchange("POST", path, body, JSON, query or {})

    def apply(
        self, body: dict, field_manager: str, *, force: bool = False, dry_run: bool = False
    ) -> dict:
        """Apply an object on the server's side, with strict field validation.

        An unknown field comes back as status 500 with the server's own message.
        """
        query: dict[str, Query] = {
            "fieldManager": field_manager,
            "fieldValidation": "Strict",
            "force": force,
        }
        if dry_run:
            query["dryRun"] = "All"
        metadata = body["metadata"]
        path = self.object_path(
            body["apiVersion"],
            body["kind"],
            metadata["name"],
            str(metadata.get("namespace") or ""),
        )
        return self._exchange("PATCH", path, body, APPLY_PATCH, query)

    def delete(  # noqa: PLR0913 - an object's address and how to delete it
        self,
        api_version: str,
        kind: str,
        name: str,
        namespace: str = "",
        *,
        uid: str = "",
        propagation: str = "",
    ) -> None:
        """Ask for deletion; `uid` makes the server refuse (409) another object of that name."""
        options: dict[str, object] = {"apiVersion": "v1", "kind": "DeleteOptions"}
        if uid:
            options["preconditions"] = {"uid": uid}
        if propagation:
            options["propagationPolicy"] = propagation
        self.request("DELETE", self.object_path(api_version, kind, name, namespace), options)

    def close(self) -> None:
        """Close idle connections."""
        self._http.clear()

    def _exchange(
        self, method: str, path: str, body: object, content_type: str, query: Mapping[str, Query]
    ) -> dict:
        url = self.server + path + (f"?{urlencode(_texts(query))}" if query else "")
        data = None if body is None else json.dumps(body).encode()
        what = f"{method} {path}"
        response = self._send(method, url, data, content_type, what)
        if response.status == UNAUTHORIZED and callable(self._token):
            if self._on_unauthorized is not None:
                self._on_unauthorized()
            response = self._send(method, url, data, content_type, what)
        if response.status >= FIRST_ERROR_STATUS:
            raise ApiError(response.status, _message(response.data), request=what)
        if not response.data:
            return {}
        decoded = json.loads(response.data)
        return decoded if isinstance(decoded, dict) else {"value": decoded}

    def _discover(self, api_version: str) -> dict[str, tuple[str, bool]]:
        answer = self.request("GET", _group_path(api_version))
        kinds = {
            entry["kind"]: (str(entry["name"]), bool(entry["namespaced"]))
            for entry in answer.get("resources") or []
            if "/" not in entry["name"]
        }
        self._discovery[api_version] = kinds
        return kinds

    def _send(
        self, method: str, url: str, data: bytes | None, content_type: str, what: str
    ) -> urllib3.BaseHTTPResponse:
        headers = {"Accept": "application/json", "Content-Type": content_type}
        token = self._token() if callable(self._token) else self._token
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            return self._http.request(method, url, body=data, headers=headers)
        except urllib3.exceptions.HTTPError as error:
            message = f"{self.server} cannot be reached: {error}"
            raise ApiError(0, message, request=what) from error


def _trusting(ca_pem: str) -> ssl.SSLContext:
    """Return a context that trusts this CA alone; without one it trusts nobody."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_pem:
        context.load_verify_locations(cadata=ca_pem)
    return context


def _group_path(api_version: str) -> str:
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"


def _texts(query: Mapping[str, Query]) -> dict[str, str]:
    return {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in query.items()
    }


def _message(data: bytes) -> str:
    text = data.decode(errors="replace")
    try:
        decoded = json.loads(text)
    except ValueError:
        return text.strip()[:500]
    message = decoded.get("message") if isinstance(decoded, dict) else None
    return str(message or text[:500])
