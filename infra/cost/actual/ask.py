"""Asks OpenCost and Prometheus, or reads what they once answered."""

import json
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

import urllib3

from infra.cost.actual import opencost, tokens
from infra.wire import Properties

TIMEOUT_SECONDS = 60


class AskError(ValueError):
    """No answer; the message says where it was looked for."""


def allocation(source: str, days: int) -> Properties:
    """Return the answer of `/allocation`, from an address or a file.

    Raises:
        AskError: there is none.
    """
    return _answer(source, opencost.ALLOCATION.format(days=days))


def assets(source: str, days: int) -> Properties:
    """Return the answer of `/assets`, likewise.

    Raises:
        AskError: there is none.
    """
    return _answer(source, opencost.ASSETS.format(days=days))


def counted(source: str, days: int) -> Properties:
    """Return Prometheus' answer to the query of tokens, likewise.

    Raises:
        AskError: there is none.
    """
    query = urlencode({"query": tokens.QUERY.format(days=days)})
    return _answer(source, f"/api/v1/query?{query}")


def _answer(source: str, question: str) -> Properties:
    try:
        if source.startswith(("http://", "https://")):
            found = json.loads(_got(source.rstrip("/") + question))
        else:
            found = json.loads(Path(source).read_text("utf-8"))
    except (OSError, ValueError) as error:
        message = f"{source}: must answer in JSON, got {error}; is the port-forward running?"
        raise AskError(message) from error
    if not isinstance(found, dict):
        message = f"{source}: must answer with an object, got {type(found).__name__}"
        raise AskError(message)
    return found


def _got(address: str) -> bytes:
    """Return what an address answers.

    Raises:
        OSError: nobody answers, or with another status than 200.
    """
    tries = urllib3.Retry(connect=0, read=0)
    try:
        reply = urllib3.request("GET", address, retries=tries, timeout=TIMEOUT_SECONDS)
    except urllib3.exceptions.HTTPError as error:
        raise OSError(str(getattr(error, "reason", error))) from error
    if reply.status != HTTPStatus.OK:
        message = f"status {reply.status}"
        raise OSError(message)
    return reply.data
