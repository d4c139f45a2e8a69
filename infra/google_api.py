"""The port to Google's API for our own tools: one call, by Google's own names.

Owns: the protocol, pages, and the implementation for a real project. The rehearsal has its own
(`infra/rehearsal/loopback_api.py`), so that a tool cannot tell which of the two it asks.
Does not own: credentials. A variable that pulumi-gcp reads too has a token, or Google's own chain
finds them (application default credentials).

Methods have the ids of the discovery documents (`compute.networks.get`); replies are plain JSON.
"""

import json
import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

import google.auth
from google.auth.exceptions import GoogleAuthError
from google.oauth2.credentials import Credentials as TokenCredentials
from googleapiclient import discovery
from googleapiclient.errors import Error, HttpError
from httplib2.error import HttpLib2Error

from infra.cloud_error import SERVICE_DISABLED, CloudApiError
from infra.google_discovery import VERSIONS, UnknownMethodError, method, own_document
from infra.replies import blocks, dig, optional_text
from infra.wire import Properties, Value

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
"""The one scope; what a caller may do is IAM's to say (Google's advice, "Access scopes", 2026)."""
TOKEN_VARIABLE = "GOOGLE_OAUTH_ACCESS_TOKEN"  # noqa: S105 - the name of a variable
"""Where pulumi-gcp looks for a token before it looks for anything else."""
_PERMISSION = re.compile(
    r"[Rr]equired ['\"]([a-z]+\.[A-Za-z.]+)['\"] permission"
    r"|[Pp]ermission ['\"]([a-z]+\.[A-Za-z.]+)['\"]"
)
"""A permission as Google's refusals quote it: Compute Engine's first form is in
terraform-google-modules/terraform-google-kubernetes-engine#459, the second that of newer APIs."""
NEXT_PAGE = "nextPageToken"
NO_ANSWER = (Error, GoogleAuthError, HttpLib2Error, OSError, TypeError, UnknownMethodError)
"""What the client raises where Google said nothing: no credentials, no network, no such method or
parameter."""


class GoogleApi(Protocol):
    """One project, as its region is used."""

    @property
    def project(self) -> str:
        """Project id that the stack names."""
        ...

    @property
    def region(self) -> str:
        """Region that the stack names."""
        ...

    def call(
        self, method_id: str, /, body: Properties | None = None, **parameters: Value
    ) -> Properties:
        """Make one API call.

        Raises:
            CloudApiError: Google refuses, or does not answer; `code` is Google's reason.
        """
        ...


class RestApi:
    """A real project, through google-api-python-client."""

    def __init__(self, project: str, region: str, credentials: "Credentials | None" = None) -> None:
        """Use these credentials, or those that are found at the first call."""
        self._project = project
        self._region = region
        self._credentials = credentials
        self._services: dict[str, discovery.Resource] = {}

    @property
    def project(self) -> str:
        """Project id that the stack names."""
        return self._project

    @property
    def region(self) -> str:
        """Region that the stack names."""
        return self._region

    def call(
        self, method_id: str, /, body: Properties | None = None, **parameters: Value
    ) -> Properties:
        """Make one API call.

        Raises:
            CloudApiError: Google refuses, cannot be reached, or there are no credentials.
        """
        service, *path = method(method_id).id.split(".")
        try:
            resource = self._service(service)
            for part in path[:-1]:
                resource = getattr(resource, part)()
            # The client calls `options.requestedPolicyVersion` `options_requestedPolicyVersion`.
            given = {name.replace(".", "_"): value for name, value in parameters.items()}
            given |= {} if body is None else {"body": body}
            reply = getattr(resource, path[-1])(**given).execute()
        except HttpError as error:
            raise refused(method_id, error.content) from error
        except NO_ANSWER as error:
            raise CloudApiError(method_id, type(error).__name__, str(error)) from error
        return reply if isinstance(reply, dict) else {}

    def _service(self, name: str) -> discovery.Resource:
        if name not in self._services:
            if self._credentials is None:
                self._credentials = _own_credentials()
            own = own_document(name)
            if own is not None:
                self._services[name] = discovery.build_from_document(
                    own, credentials=self._credentials
                )
            else:
                self._services[name] = discovery.build(
                    name,
                    VERSIONS[name],
                    credentials=self._credentials,
                    cache_discovery=False,
                    static_discovery=True,
                )
        return self._services[name]


def _own_credentials() -> "Credentials":
    """Return the credentials with which whoever runs this runs `pulumi up` too.

    Raises:
        GoogleAuthError: there are none.
    """
    token = os.environ.get(TOKEN_VARIABLE, "").strip()
    if token:
        return TokenCredentials(token)
    found, _project = google.auth.default(scopes=list(SCOPES))
    return found


def refused(method_id: str, content: bytes) -> CloudApiError:
    """Return the error of a refusal, from the body of Google's answer.

    Older APIs have a reason in `errors` (`notFound`), newer ones a status alone (`NOT_FOUND`). An
    API that is off is PERMISSION_DENIED by its status; its reason is among the details.
    """
    try:
        answer = json.loads(content)
    except ValueError:
        answer = {}
    code = optional_text(answer, "error.errors.0.reason") or optional_text(answer, "error.status")
    if any(one.get("reason") == SERVICE_DISABLED for one in blocks(answer, "error.details")):
        code = SERVICE_DISABLED
    message = optional_text(answer, "error.message")
    named = _PERMISSION.search(message)
    permission = (named[1] or named[2]) if named else ""
    return CloudApiError(method_id, code or "unknown", message, permission=permission)


def listed(api: GoogleApi, method_id: str, at: str, /, **parameters: Value) -> list[Properties]:
    """Return the things that a list call returns at a path, of all its pages.

    Raises:
        CloudApiError: Google refuses, or does not answer.
    """
    return [thing for page in pages(api, method_id, **parameters) for thing in blocks(page, at)]


def pages(api: GoogleApi, method_id: str, /, **parameters: Value) -> Iterator[Properties]:
    """Return the replies of a list call, page by page.

    Raises:
        CloudApiError: Google refuses, or does not answer.
    """
    asked: Properties = dict(parameters)
    while True:
        page = api.call(method_id, None, **asked)
        yield page
        token = dig(page, NEXT_PAGE)
        if not token:
            return
        asked = {**parameters, "pageToken": token}
