"""An AWS account of recorded answers; botocore checks each call and answer by its models."""

from collections.abc import Callable, Mapping
from functools import cache

import boto3
import botocore
from botocore.client import BaseClient
from botocore.stub import Stubber

from infra.aws_api import Boto3Api
from infra.wire import Properties, Value

Answer = Mapping[str, object] | str | Callable[[Mapping[str, Value]], Mapping[str, object] | str]
"""A reply, or the code of a refusal; or what gives one of them for the parameters of a call."""


@cache
def _shared_client(service: str, region: str) -> BaseClient:
    return _session().client(service, region_name=region)


@cache
def _session() -> boto3.Session:
    return boto3.Session(aws_access_key_id="marker", aws_secret_access_key="marker")


class StubbedAccount(Boto3Api):
    """Answers by operation; a call of any other fails the test, unless the rest is played."""

    def __init__(
        self, answers: Mapping[str, Answer], region: str = "us-east-1", *, played: bool = False
    ) -> None:
        """Take the answers, and whether moto plays what is not among them."""
        super().__init__(boto3.Session("marker", "marker") if played else _session(), region)
        self.answers = dict(answers)
        self.calls: list[tuple[str, Mapping[str, Value]]] = []
        self._played = played

    def call(self, service: str, operation: str, /, **parameters: Value) -> Properties:
        """Answer one call through botocore."""
        self.calls.append((operation, parameters))
        if self._played and operation not in self.answers:
            return super().call(service, operation, **parameters)
        answer = self.answers[operation]
        if callable(answer):
            answer = answer(parameters)
        method = botocore.xform_name(operation)
        with Stubber(self._client(service)) as stub:
            if isinstance(answer, Mapping):
                stub.add_response(method, {str(key): value for key, value in answer.items()})
            else:
                stub.add_client_error(method, service_error_code=str(answer))
            return super().call(service, operation, **parameters)

    def _client(self, service: str) -> BaseClient:
        return super()._client(service) if self._played else _shared_client(service, self.region)
