"""May the servers of a stack have the weights of its models? Asked of the hub, a HEAD a model.

Owns the question and its judgement. The hub answers with 401 or 403 for a repository that is gated
and, to whoever shows no token, for one that is not there (`hf_raise_for_status` of huggingface_hub,
as remembered). The token is taken from the environment, where the hub's own tools look for it; it
is sent to https alone and said nowhere.
"""

import os
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Protocol

import urllib3

from infra.preflight.verdict import Row, Verdict, not_asked
from infra.spec.hub import HubSpec
from infra.spec.models import ModelSpec

TOKEN_VARIABLE = "HF_TOKEN"  # noqa: S105 - the name of a variable
FILE = "config.json"
"""A file that every checkpoint has, and that a gate guards as it guards the weights."""
TIMEOUT_SECONDS = 10.0
_OPEN = (HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.MOVED_PERMANENTLY, *(307, 308))
_CLOSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


class Head(Protocol):
    """Asks for the head of a page."""

    def __call__(self, url: str, headers: Mapping[str, str]) -> int:
        """Return the status of the answer.

        Raises:
            OSError: nobody answered.
        """
        ...


def head(url: str, headers: Mapping[str, str]) -> int:
    """Ask a hub; what it redirects to is not followed: weights lie elsewhere.

    Raises:
        OSError: nobody answered.
    """
    try:
        reply = urllib3.request(
            "HEAD", url, headers=headers, redirect=False, retries=1, timeout=TIMEOUT_SECONDS
        )
    except urllib3.exceptions.HTTPError as error:
        raise OSError(str(error)) from error
    return reply.status


def model_rows(models: tuple[ModelSpec, ...], hub: HubSpec, ask: Head = head) -> Iterator[Row]:
    """Yield a row for each checkpoint that a stack serves."""
    token = os.environ.get(TOKEN_VARIABLE, "").strip()
    for source, revision in dict.fromkeys((model.source, model.revision) for model in models):
        yield _row(source, revision or "main", hub.endpoints[0], token, ask)


def _row(source: str, revision: str, endpoint: str, token: str, ask: Head) -> Row:
    row = not_asked("model", source, f"readable at {endpoint}")
    url = f"{endpoint.rstrip('/')}/{source}/resolve/{revision}/{FILE}"
    secure = token and endpoint.startswith("https://")
    try:
        status = ask(url, {"Authorization": f"Bearer {token}"} if secure else {})
    except OSError as error:
        return row.said("unknown", Verdict.UNKNOWN, f"the hub does not answer: {error}")
    if status in _OPEN:
        have = "readable with the token" if secure else "readable by everybody"
        return row.said(have, Verdict.ENOUGH)
    if status in _CLOSED:
        who = "the account of the token" if token else "an account of the hub"
        return row.said(
            "gated, or not there",
            Verdict.SHORT,
            f"ask for access with {who}: {endpoint}/{source}",
            f"then show its token: here as {TOKEN_VARIABLE}, on the platform as the secret "
            "hub-token (docs/data.md)",
        )
    if status == HTTPStatus.NOT_FOUND:
        step = f"check source and revision: {endpoint}/{source}"
        return row.said(f"no {FILE} at {revision}", Verdict.SHORT, step)
    return row.said("unknown", Verdict.UNKNOWN, f"the hub answers {status}")
