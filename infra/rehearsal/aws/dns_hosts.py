"""Route 53 as external-dns asks it, from a pod with an identity.

Owns which calls a look and a change need, as which role, how a host is kept (an alias of a load
balancer), and what is said of a refusal. Source: kubernetes-sigs/external-dns v0.21.0,
provider/aws/aws.go, read 2026-11-27. Not played: batches of more than a thousand changes, its cache
of zones, weights, health checks.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from infra.rehearsal.aws.account import Account, Region
from infra.rehearsal.aws.dns_rights import (
    NO_ROLE,
    SERVICE,
    Keys,
    home,
    keys_of,
    refusal,
    role_in_cluster,
    words,
)
from infra.rehearsal.aws.eks_state import EksState
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.pod_identity import PodRole
from infra.rehearsal.aws.values import block, blocks, optional_text, text
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.controllers.external_dns.port import (
    CNAME,
    TTL_SECONDS,
    A,
    Changes,
    HostsError,
    Record,
    Scope,
)
from infra.rehearsal.controllers.own_pods import Caller
from infra.wire import Properties, Value

BALANCER = re.compile(r"\.elb\.amazonaws\.com$|\.elb\.[a-z0-9-]+\.amazonaws\.com$")
"""Names of Classic and of Network Load Balancers; the real one has a table of regions."""
BALANCERS_ZONE = "Z2P70J7EXAMPLE"
"""Where names of load balancers are; moto says this one of each."""
LIST_ZONES, LIST, CHANGE = "ListHostedZones", "ListResourceRecordSets", "ChangeResourceRecordSets"


@dataclass(frozen=True)
class _Change:
    action: str
    record: Record
    owned: str
    """The host that it is about: a record and its owner's are changed together."""


class Route53Hosts:
    """Zones of the account, as the pod of its one cluster sees them."""

    provider = "aws"

    def __init__(self, account: Account, state: EksState) -> None:
        """Work on the account of that state."""
        self._account = account
        self._state = state

    def adjusted(self, wanted: Iterable[Record]) -> list[Record]:
        """Return records as Route 53 keeps them: a load balancer's name is an alias of type A."""
        return [
            replace(record, kind=A, alias=True)
            if record.kind == CNAME and BALANCER.search(record.targets[0])
            else record
            for record in wanted
        ]

    def records(self, caller: Caller, scope: Scope) -> list[Record]:
        """Return every record of the zones."""
        with self._account.lock:
            asking = self._asking(caller)
            return [
                _read(found)
                for zone in _zones(asking, scope)
                for found in blocks(
                    asking.call(LIST, _arn(zone), {}, HostedZoneId=zone), "ResourceRecordSets"
                )
            ]

    def apply(self, caller: Caller, scope: Scope, changes: Changes) -> None:
        """Make changes, all at once; where that is refused, host by host."""
        with self._account.lock:
            asking = self._asking(caller)
            for zone, domain in _zones(asking, scope).items():
                batch = [one for one in _batch(changes) if one.record.name.endswith(domain)]
                self._submit(asking, zone, batch)

    def _submit(self, asking: "_Asking", zone: str, batch: Sequence[_Change]) -> None:
        if not batch:
            return
        try:
            _change(asking, zone, batch)
        except HostsError:
            hosts = sorted(batch, key=lambda one: one.owned)
            groups = [list(group) for _host, group in groupby(hosts, lambda one: one.owned)]
            if len(groups) == 1:
                raise
            refused = [error for group in groups if (error := _tried(asking, zone, group))]
            if refused:
                raise refused[0] from None

    def _asking(self, caller: Caller) -> "_Asking":
        role = role_in_cluster(self._account, self._state, caller)
        if role is None:
            message = (
                "records retrieval failed: failed to list hosted zones: operation error Route 53: "
                f"{LIST_ZONES}, {NO_ROLE}"
            )
            raise HostsError(message)
        return _Asking(self._account.region(home(self._state)), role)


class _Asking:
    """Requests of one role."""

    def __init__(self, region: Region, role: PodRole) -> None:
        self._region = region
        self._role = role

    def call(self, operation: str, resource: str, context: Keys, **parameters: Value) -> Properties:
        """Make a call that the role's documents allow."""
        doing = {
            LIST_ZONES: "records retrieval failed: failed to list hosted zones: ",
            LIST: f"failed to list resource records sets for zone {resource}: ",
        }.get(operation, "failed to submit all changes: ")
        method = re.sub(r"(?<!^)([A-Z])", r"_\1", operation).lower()
        try:
            refused = refusal(self._region, self._role, operation, resource, context)
            if refused is None:
                return self._region.call(SERVICE, method, **parameters)
        except NotSimulatedError as error:
            raise HostsError(str(error)) from error
        except AwsError as error:
            raise HostsError(doing + words(operation, 400, error)) from error
        raise HostsError(doing + words(operation, 403, refused))


def _zones(asking: _Asking, scope: Scope) -> Mapping[str, str]:
    """Return the id of each public zone that is meant, with its domain."""
    found = {
        text(zone, "Id").removeprefix("/hostedzone/"): text(zone, "Name").removesuffix(".")
        for zone in blocks(asking.call(LIST_ZONES, "*", {}), "HostedZones")
        if block(zone, "Config").get("PrivateZone") is not True
    }
    return {
        zone: name for zone, name in found.items() if scope.has_zone(zone) and scope.covers(name)
    }


def _arn(zone: str) -> str:
    return f"arn:aws:route53:::hostedzone/{zone}"


def _batch(changes: Changes) -> Iterator[_Change]:
    """Yield single changes; a record of another kind takes a new place (`requiresDeleteCreate`)."""
    for record in changes.delete:
        yield _Change("DELETE", record, _owned(record))
    for record in changes.create:
        yield _Change("CREATE", record, _owned(record))
    for one in changes.update:
        if one.old.alias != one.new.alias:
            yield _Change("DELETE", one.old, _owned(one.old))
            yield _Change("CREATE", one.new, _owned(one.new))
        else:
            yield _Change("UPSERT", one.new, _owned(one.new))


def _owned(record: Record) -> str:
    """Return the host of a record or of its owner's, whose name is longer by a label."""
    return record.name.partition(".")[2] if record.name.startswith("_") else record.name


def _change(asking: _Asking, zone: str, batch: Sequence[_Change]) -> None:
    context = keys_of((one.record.name, one.record.kind, one.action) for one in batch)
    changes: list[Value] = [
        {"Action": one.action, "ResourceRecordSet": _written(one.record)} for one in batch
    ]
    batched: Properties = {"Changes": changes}
    asking.call(CHANGE, _arn(zone), context, HostedZoneId=zone, ChangeBatch=batched)


def _tried(asking: _Asking, zone: str, batch: Sequence[_Change]) -> HostsError | None:
    try:
        _change(asking, zone, batch)
    except HostsError as error:
        return error
    return None


def _written(record: Record) -> Properties:
    said: Properties = {"Name": f"{record.name}.", "Type": record.kind}
    if record.alias:
        said["AliasTarget"] = {
            "DNSName": record.targets[0],
            "HostedZoneId": BALANCERS_ZONE,
            "EvaluateTargetHealth": True,
        }
        return said
    values: list[Value] = [{"Value": target} for target in record.targets]
    return {**said, "TTL": TTL_SECONDS, "ResourceRecords": values}


def _read(found: Properties) -> Record:
    name, kind = text(found, "Name").removesuffix("."), text(found, "Type")
    alias = optional_text(found, "AliasTarget.DNSName")
    if alias:
        return Record(name, kind, (alias.removesuffix("."),), alias=True)
    values = tuple(text(one, "Value") for one in blocks(found, "ResourceRecords"))
    return Record(name, kind, values)
