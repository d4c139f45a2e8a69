"""One simulated AWS account: moto in this process, one lock around it, and the calls it lacks.

Owns: starting moto, the rehearsal's IAM user, and `Region.call`, the only door to the API.
A call is checked against botocore's service model first. Operations that moto lacks or plays too
loosely are served by gap code under the same names and shapes, so that no caller can tell.
Does not own: what any resource type needs (the tables do).

moto and boto3 are not thread-safe together: everything happens under `lock`, re-entrant so that
several calls can be one step.

With a journal the account outlives its process: state must change through `Region.call` (gap code
included) and nowhere else, and chance must come from `chance.py`.
"""

import functools
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError, ParamValidationError
from moto import mock_aws
from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT_ID

from infra.aws_api import plain_reply
from infra.preflight.facts import TYPICAL, Facts, load_facts
from infra.rehearsal.aws.chance import chance
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.model import violations
from infra.rehearsal.aws.values import text
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.cloud.journal import Call, Journal
from infra.rehearsal.cloud.recording import Recorder
from infra.spec.cloud import CloudProvider
from infra.wire import Properties, Value

if TYPE_CHECKING:
    from botocore.client import BaseClient

PARTITION = "aws"
USER_NAME = "rehearsal"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"

READS = ("describe_", "list_", "get_", "head_", "search_", "lookup_", "simulate_", "batch_get_")
"""How operations begin that change nothing; all others are taken to change something."""

Gap = Callable[["Region", Properties], Properties]


def only_reads(call: Call) -> bool:
    """Say whether a call changes nothing, by the name that boto3 gives its operation."""
    return call.operation.startswith(READS)


@dataclass(frozen=True)
class AccessKey:
    """The key pair of the rehearsal's user. Worth nothing outside the simulation."""

    access_key_id: str
    secret_access_key: str


class Account:
    """The account and everything in it, in all regions."""

    def __init__(self, facts: Facts | None = None, journal: Journal | None = None) -> None:
        """Start moto with the managed policies of IAM, and make the rehearsal's user.

        Without `facts` it is the account that has served GPUs for a while.
        What a journal holds is made again by `repeat`, once the gap code is in place.
        """
        self.facts = facts or load_facts(TYPICAL, CloudProvider.AWS)
        self.lock = threading.RLock()
        self.recorder = Recorder(journal, chance, only_reads)
        self.on_new_region: list[Callable[[str], None]] = []
        """Told of a region before the first call there."""
        self.regions: set[str] = set()
        """Regions that were called."""
        self._journal = journal
        self.gaps: dict[tuple[str, str], Gap] = {}
        self._clients: dict[tuple[str, str], BaseClient] = {}
        # Every client here has keys of its own: no credentials are planted in the environment.
        self._mock = mock_aws(
            config={
                "iam": {"load_aws_managed_policies": True},
                "core": {"mock_credentials": False},
            }
        )
        self._mock.start()
        self._key: AccessKey | None = None
        self.access_key = self._create_user()
        self._key = self.access_key
        self._clients.clear()

    def repeat(self) -> None:
        """Make every call of the journal again, and write down those that follow.

        Calls before this one are not written: every start of a simulated account makes them.
        The API server is not asked.

        Raises:
            JournalError: a call does not give what it gave at first.
        """
        with self.lock:
            for entry in self._journal.entries if self._journal else ():
                call = entry.call
                region = self.region(call.region)
                region.open()
                self.recorder.repeat(entry, functools.partial(region.make, call))
            self.recorder.go_live()

    def region(self, name: str) -> "Region":
        """Return the account as seen in one region."""
        return Region(self, name)

    def stop(self) -> None:
        """End the simulation: everything in the account is gone."""
        self._mock.stop()

    @cached_property
    def account_id(self) -> str:
        """Twelve digits."""
        return text(self.region("us-east-1").call("sts", "get_caller_identity"), "Account")

    @property
    def user_arn(self) -> str:
        """ARN of the user that every call is made as."""
        return f"arn:{PARTITION}:iam::{self.account_id}:user/{USER_NAME}"

    def client(self, service: str, region: str) -> "BaseClient":
        """Return the boto3 client of a service; the caller holds the lock."""
        key = (service, region)
        if key not in self._clients:
            self._open_backend(service, region)
            self._clients[key] = boto3.client(
                service,
                region_name=region,
                aws_access_key_id=self._key.access_key_id if self._key else "bootstrap",
                aws_secret_access_key=self._key.secret_access_key if self._key else "bootstrap",
            )
        return self._clients[key]

    def _open_backend(self, service: str, region: str) -> None:
        """Let moto make what a service starts with, default VPCs for one, from chance of its own.

        Otherwise its ids would depend on which call, perhaps a read, happens to come first.
        """
        if self._journal is None:
            return
        with chance.aside(f"{self._journal.seed}:backend:{service}:{region}"):
            try:
                found = get_backend(service)  # ty: ignore[no-matching-overload] # any of boto3's
            except (ImportError, KeyError):
                return  # moto does not have the service; a call says so
            backends = found[ACCOUNT_ID]
            backends[region if region in backends.regions else PARTITION]

    def _create_user(self) -> AccessKey:
        iam = self.region("us-east-1")
        iam.call("iam", "create_user", UserName=USER_NAME)
        iam.call("iam", "attach_user_policy", UserName=USER_NAME, PolicyArn=ADMINISTRATOR)
        key = iam.call("iam", "create_access_key", UserName=USER_NAME)
        return AccessKey(text(key, "AccessKey.AccessKeyId"), text(key, "AccessKey.SecretAccessKey"))


@dataclass(frozen=True)
class Region:
    """The account in one region."""

    account: Account
    name: str

    @property
    def lock(self) -> AbstractContextManager[object]:
        """The account's: a region has none of its own."""
        return self.account.lock

    def call(self, service: str, operation: str, /, **parameters: Value) -> Properties:
        """Make one API call and return the reply as wire values.

        Raises:
            AwsError: AWS refuses the call, or the service model does not allow the parameters.
            NotSimulatedError: neither moto nor the gap code has the operation.
        """
        return self._recorded(Call(self.name, service, operation, parameters))

    def moto(self, service: str, operation: str, parameters: Mapping[str, Value]) -> Properties:
        """Make one API call of moto, past the gap code."""
        call = Call(self.name, service, operation, dict(parameters), past_gap_code=True)
        return self._recorded(call)

    def open(self) -> None:
        """Tell those who want to know that this region is about to be used."""
        if self.name not in self.account.regions:
            self.account.regions.add(self.name)
            for told in self.account.on_new_region:
                told(self.name)

    def make(self, call: Call) -> Properties:
        """Make a call without writing it down; the caller holds the lock."""
        gap = self.account.gaps.get((call.service, call.operation))
        if gap is None or call.past_gap_code:
            return self._ask_moto(call.service, call.operation, call.parameters)
        self._check(call.service, call.operation, call.parameters)
        return gap(self, call.parameters)

    def _recorded(self, call: Call) -> Properties:
        with self.account.lock:
            self.open()
            return self.account.recorder.run(call, functools.partial(self.make, call))

    def _ask_moto(
        self, service: str, operation: str, parameters: Mapping[str, Value]
    ) -> Properties:
        api_name = self._check(service, operation, parameters)
        client = self.account.client(service, self.name)
        members = client.meta.service_model.operation_model(api_name).idempotent_members
        tokens = {name: chance.new_uuid() for name in members}  # botocore's own would be new ones
        try:
            reply = getattr(client, operation)(**(tokens | dict(parameters)))
        except ParamValidationError as error:
            raise AwsError(str(error), api_name, "ValidationError") from error
        except NotImplementedError as error:
            raise _missing(api_name) from error
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code == "404":  # moto's word for "no such operation here", never AWS's
                raise _missing(api_name) from error
            raise AwsError(
                error.response.get("Error", {}).get("Message", ""), api_name, code
            ) from error
        return plain_reply(reply)

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource of this account and region."""
        return f"arn:{PARTITION}:{service}:{self.name}:{self.account.account_id}:{resource}"

    def _check(self, service: str, operation: str, parameters: Mapping[str, Value]) -> str:
        client = self.account.client(service, self.name)
        api_name = client.meta.method_to_api_mapping[operation]
        shape = client.meta.service_model.operation_model(api_name).input_shape
        wrong = violations(shape, dict(parameters)) if shape is not None else []
        if wrong:
            raise AwsError("; ".join(wrong), api_name, "ValidationException")
        return api_name


def _missing(api_name: str) -> NotSimulatedError:
    return NotSimulatedError(f"not simulated: {api_name}; the rehearsal has no stand-in for it")
