"""Calls of AWS that pods make with their own identity: each is allowed by their role, or refused.

Owns the judgement of a call before it is made, and the words of a refusal (AWS SDK for Go v2, as
remembered). Does not own which condition keys a call carries: whoever makes it says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.pod_identity import PodRole, is_allowed
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.wire import Properties, Value

SERVICES = {"ec2": ("EC2", "ec2"), "elbv2": ("Elastic Load Balancing v2", "elasticloadbalancing")}
"""boto3's name of a service to what the SDK calls it, and to the prefix of its actions."""
ANY = "*"


class PodCallError(ValueError):
    """A call that the role does not allow, or that AWS refuses."""


@dataclass(frozen=True)
class PodCalls:
    """Calls of one role in one region."""

    region: Region
    role: PodRole

    def read(self, service: str, operation: str, **parameters: Value) -> Properties:
        """Make a call that describes a list, and has no resource."""
        return self.make(service, operation, ANY, {}, **parameters)

    def make(
        self,
        service: str,
        operation: str,
        resource: str,
        context: Mapping[str, str],
        **parameters: Value,
    ) -> Properties:
        """Make a call about one resource, by its ARN.

        Raises:
            PodCallError: the role does not allow it, or AWS refuses.
        """
        self.require(service, operation, resource, context)
        try:
            return self.region.call(service, operation, **parameters)
        except AwsError as error:
            raise PodCallError(_said(service, operation, 400, f"{error.code}: {error}")) from error

    def require(
        self, service: str, operation: str, resource: str, context: Mapping[str, str]
    ) -> None:
        """Refuse what the role's documents do not allow.

        Raises:
            PodCallError: the role does not allow it.
        """
        action = f"{SERVICES.get(service, ('', service))[1]}:{_camel(operation)}"
        try:
            allowed = is_allowed(self.region, self.role, action, resource, context)
        except NotSimulatedError as error:
            raise PodCallError(str(error)) from error
        if not allowed:
            why = (
                f"AccessDenied: User: {self.role.session} is not authorized to perform: {action} "
                f"on resource: {resource} because no identity-based policy allows the {action} "
                "action"
            )
            raise PodCallError(_said(service, operation, 403, why))


def asked(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the condition keys of a request that brings tags."""
    return {f"aws:RequestTag/{key}": value for key, value in tags.items()}


def owned(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the condition keys of a request about something that has tags."""
    return {f"aws:ResourceTag/{key}": value for key, value in tags.items()}


def _camel(operation: str) -> str:
    return "".join(word.capitalize() for word in operation.split("_"))


def _said(service: str, operation: str, status: int, why: str) -> str:
    name = SERVICES.get(service, (service.upper(), ""))[0]
    return (
        f"operation error {name}: {_camel(operation)}, https response error StatusCode: {status}, "
        f"api error {why}"
    )
