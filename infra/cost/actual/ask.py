"""Asks OpenCost and Prometheus, or reads what they once answered."""

import json
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

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
    query = urllib.parse.urlencode({"query": tokens.QUERY.format(days=days)})
    return _answer(source, f"/api/v1/query?{query}")


def _answer(source: str, question: str) -> Properties:
    try:
        if source.startswith(("http://", "https://")):
            address = source.rstrip("/") + question
            with urllib.request.urlopen(address, timeout=TIMEOUT_SECONDS) as reply:  # noqa: S310  checked above
                found = json.load(reply)
        else:
            found = json.loads(Path(source).read_text("utf-8"))
    except (OSError, urllib.error.URLError, ValueError) as error:
        message = f"{source}: must answer in JSON, got {error}; is the port-forward running?"
        raise AskError(message) from error
    if not isinstance(found, dict):
        message = f"{source}: must answer with an object, got {type(found).__name__}"
        raise AskError(message)
    return found
