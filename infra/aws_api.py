"""The port to AWS's API for our own tools: one call, by AWS's own names.

Owns: the protocol, pages, and the implementation for a real account. The rehearsal has
its own (`infra/rehearsal/loopback_api.py`), so that a tool cannot tell which of the two it asks.
Does not own: credentials. The SDK's own chain finds them, in the session that the caller passes.

Operations have the names of the API reference (`DescribeVpcs`), which are those of IAM actions and
of CloudTrail; replies are plain JSON values, times as text.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Protocol

import boto3
import botocore.session
from botocore.exceptions import BotoCoreError, ClientError

from infra.cloud_error import CloudApiError
from infra.replies import blocks, dig
from infra.wire import Properties, Value

if TYPE_CHECKING:
    from botocore.client import BaseClient

_PREFIXES = {"service-quotas": "servicequotas"}
"""Services whose actions IAM spells otherwise (service authorization reference, 2026)."""
TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


class AwsApi(Protocol):
    """One account in one region."""

    @property
    def region(self) -> str:
        """The region that calls go to."""
        ...

    def call(self, service: str, operation: str, /, **parameters: Value) -> Properties:
        """Make one API call.

        Raises:
            CloudApiError: AWS refuses, or does not answer.
        """
        ...


class Boto3Api:
    """A real account, through boto3."""

    def __init__(self, session: boto3.Session, region: str) -> None:
        """Use a session's credentials; `region` beats the session's own."""
        self._session = session
        self._region = region
        self._clients: dict[str, BaseClient] = {}

    @property
    def region(self) -> str:
        """The region that calls go to."""
        return self._region

    def call(self, service: str, operation: str, /, **parameters: Value) -> Properties:
        """Make one API call.

        Raises:
            CloudApiError: AWS refuses, or cannot be reached.
        """
        try:
            client = self._client(service)
            reply = getattr(client, botocore.xform_name(operation))(**parameters)
        except ClientError as error:
            refusal = error.response.get("Error", {})
            code, message = refusal.get("Code", ""), refusal.get("Message", "")
            permission = f"{_PREFIXES.get(service, service)}:{operation}"
            raise CloudApiError(operation, code, message, permission=permission) from error
        except BotoCoreError as error:  # no credentials, no network, parameters of a wrong type
            raise CloudApiError(operation, type(error).__name__, str(error)) from error
        return plain_reply(reply)

    def _client(self, service: str) -> "BaseClient":
        if service not in self._clients:
            self._clients[service] = self._session.client(service, region_name=self._region)
        return self._clients[service]


def own_account(region: str) -> Boto3Api:
    """Return the account of whoever runs this.

    Raises:
        CloudApiError: the terminal names credentials that are not there.
    """
    try:
        return Boto3Api(boto3.Session(), region)
    except BotoCoreError as error:
        operation = "credentials"
        raise CloudApiError(operation, type(error).__name__, str(error)) from error


def listed(
    api: AwsApi, service: str, operation: str, at: str, /, **parameters: Value
) -> list[Properties]:
    """Return the things that a list call returns at a path, of all its pages.

    Raises:
        CloudApiError: AWS refuses, or does not answer.
    """
    return [
        thing for page in pages(api, service, operation, **parameters) for thing in blocks(page, at)
    ]


def pages(
    api: AwsApi, service: str, operation: str, /, **parameters: Value
) -> Iterator[Properties]:
    """Return the replies of a list call, page by page.

    Raises:
        CloudApiError: AWS refuses, or does not answer.
    """
    tokens = _tokens(service, operation)
    asked: Properties = dict(parameters)
    while True:
        page = api.call(service, operation, **asked)
        yield page
        following = {given: dig(page, returned) for given, returned in tokens.items()}
        if not any(following.values()):
            return
        asked = {**parameters, **{name: token for name, token in following.items() if token}}


def plain_reply(reply: object) -> Properties:
    """Return a boto3 reply as plain JSON values, without its metadata."""
    plain = _plain(reply)
    if not isinstance(plain, dict):
        return {}
    return {key: item for key, item in plain.items() if key != "ResponseMetadata"}


@cache
def _tokens(service: str, operation: str) -> dict[str, str]:
    """Return what asks for the next page, parameter to reply member; empty for a call of one page.

    botocore's paginator models have it; they are data, read without credentials.
    """
    try:
        paging = _botocore().get_paginator_model(service).get_paginator(operation)
    except ValueError:  # botocore's word for "no paginator"
        return {}
    given, returned = paging["input_token"], paging["output_token"]
    pairs = zip(_list(given), _list(returned), strict=True)
    return {name: member.partition(" || ")[0] for name, member in pairs}


def _list(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


@cache
def _botocore() -> botocore.session.Session:
    return botocore.session.Session()


def _plain(value: object) -> Value:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.strftime(TIME_FORMAT)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)
