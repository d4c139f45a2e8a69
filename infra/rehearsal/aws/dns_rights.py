"""Whether pods may do something in Route 53, and what its client for Go says if not.

Owns the role of whoever asks, the condition keys of a change, and the words of a refusal: those of
the client as cert-manager v1.21.2 shows them, taken from a real one. That pods get no other role
and AWS's words for it: as remembered.
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from infra.rehearsal.aws.account import Account, Region
from infra.rehearsal.aws.eks_state import EksState
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.pod_identity import PodRole, is_allowed, role_of
from infra.rehearsal.controllers.own_pods import Caller

SERVICE = "route53"
HOME = "us-east-1"
# Pods do not reach their node's role: its metadata service answers one hop only.
NO_ROLE = (
    "get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role found, "
    "operation error ec2imds: GetMetadata, request canceled, context deadline exceeded"
)
Keys: TypeAlias = Mapping[str, tuple[str, ...]]
_CHANGE = f"{SERVICE}:ChangeResourceRecordSets"


def home(state: EksState) -> str:
    """Return the region of the one cluster."""
    places = [place for place, _cluster in state.records]
    return places[0] if places else HOME


def role_in_cluster(account: Account, state: EksState, caller: Caller) -> PodRole | None:
    """Return the role of pods in the one cluster; None: they have none."""
    for place, _cluster in state.records:
        found = role_of(state, account.region(place), caller.namespace, caller.account)
        if found is not None:
            return found
    return None


def refusal(
    region: Region, role: PodRole, operation: str, resource: str, context: Keys
) -> AwsError | None:
    """Return what AWS says to a request that a role's documents do not allow; None: they do.

    Raises:
        NotSimulatedError: a document says something that nobody here can judge.
    """
    action = f"{SERVICE}:{operation}"
    if is_allowed(region, role, action, resource, context):
        return None
    why = (
        f"User: {role.session} is not authorized to perform: {action} on resource: "
        f"{resource} because no identity-based policy allows the {action} action"
    )
    return AwsError(why, operation, "AccessDenied")


def keys_of(changes: Iterable[tuple[str, str, str]]) -> Keys:
    """Return the condition keys of a change, each with a value for each of its records.

    Args:
        changes: name without a dot at the end, type and action of each (Route 53 developer guide,
            "Using conditions").
    """
    names, kinds, actions = zip(*changes, strict=True)
    return {
        f"{_CHANGE}NormalizedRecordNames": tuple(name.lower() for name in names),
        f"{_CHANGE}RecordTypes": kinds,
        f"{_CHANGE}Actions": actions,
    }


def words(operation: str, status: int, error: AwsError) -> str:
    """Return what the client says of a refusal."""
    said = f"https response error StatusCode: {status}, api error {error.code}: {error.reason}"
    return f"operation error Route 53: {operation}, {said}"
