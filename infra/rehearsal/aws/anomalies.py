"""Cost Anomaly Detection, of Cost Explorer's API: moto 5.2.5 has none of it.

Owns monitors and subscriptions. Nothing is billed here, so no anomaly is ever found.
No record was found of the words of Cost Explorer's refusals; its codes are botocore's.
"""

from dataclasses import dataclass

from infra.rehearsal.aws.account import Account, Gap, Region
from infra.rehearsal.aws.chance import chance
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.values import block, tag_list, tag_map, text, texts
from infra.wire import Properties, Value

SERVICE = "ce"


@dataclass(frozen=True)
class Kind:
    """Monitors, or subscriptions: the API treats both alike."""

    word: str
    """In the names of members and operations."""
    arn: str
    unknown: str
    """Code of the refusal."""

    @property
    def member(self) -> str:
        """The thing in a create call: `AnomalyMonitor`."""
        return f"Anomaly{self.word}"

    @property
    def key(self) -> str:
        """The member with its ARN: `MonitorArn`."""
        return f"{self.word}Arn"


MONITOR = Kind("Monitor", "anomalymonitor", "UnknownMonitorException")
SUBSCRIPTION = Kind("Subscription", "anomalysubscription", "UnknownSubscriptionException")


def install(account: Account) -> None:
    """Serve monitors and subscriptions of an account."""
    things = Anomalies()
    for kind in (MONITOR, SUBSCRIPTION):
        served: dict[str, Gap] = {
            "create": things.creates(kind),
            "update": things.updates(kind),
            "delete": things.deletes(kind),
            "get": things.gets(kind),
        }
        for verb, operation in served.items():
            plural = "s" if verb == "get" else ""
            account.gaps[SERVICE, f"{verb}_anomaly_{kind.word.lower()}{plural}"] = operation
    for name, operation in (
        ("list_tags_for_resource", things.list_tags),
        ("tag_resource", things.tag),
        ("untag_resource", things.untag),
    ):
        account.gaps[SERVICE, name] = operation


class Anomalies:
    """Operations on monitors and subscriptions."""

    def __init__(self) -> None:
        """Start with none."""
        self._things: dict[str, Properties] = {}
        """By ARN."""
        self._tags: dict[str, dict[str, str]] = {}

    def creates(self, kind: Kind) -> Gap:
        """Return the operation that makes one; a subscription needs monitors that exist."""

        def create(region: Region, parameters: Properties) -> Properties:
            facts = block(parameters, kind.member)
            for monitor in texts(facts, "MonitorArnList"):
                self._found(monitor, MONITOR, f"CreateAnomaly{kind.word}")
            arn = f"arn:aws:{SERVICE}::{region.account.account_id}:{kind.arn}/{chance.new_uuid()}"
            owner = {"AccountId": region.account.account_id} if kind is SUBSCRIPTION else {}
            self._things[arn] = {**owner, **facts, kind.key: arn}
            self._tags[arn] = tag_map(parameters.get("ResourceTags"))
            return {kind.key: arn}

        return create

    def updates(self, kind: Kind) -> Gap:
        """Return the operation that changes what it is given."""

        def update(_region: Region, parameters: Properties) -> Properties:
            arn = text(parameters, kind.key)
            self._found(arn, kind, f"UpdateAnomaly{kind.word}").update(parameters)
            return {kind.key: arn}

        return update

    def deletes(self, kind: Kind) -> Gap:
        """Return the operation that removes one; subscriptions lose a monitor that goes."""

        def delete(_region: Region, parameters: Properties) -> Properties:
            arn = text(parameters, kind.key)
            self._found(arn, kind, f"DeleteAnomaly{kind.word}")
            del self._things[arn], self._tags[arn]
            for thing in self._things.values():
                if arn in texts(thing, "MonitorArnList"):
                    left: list[Value] = [
                        one for one in texts(thing, "MonitorArnList") if one != arn
                    ]
                    thing["MonitorArnList"] = left
            return {}

        return delete

    def gets(self, kind: Kind) -> Gap:
        """Return the operation that lists all, or those of the ARNs that it is given."""

        def get(_region: Region, parameters: Properties) -> Properties:
            asked = texts(parameters, f"{kind.key}List")
            arns = asked or sorted(arn for arn in self._things if f":{kind.arn}/" in arn)
            found: list[Value] = [self._found(arn, kind, f"GetAnomaly{kind.word}s") for arn in arns]
            return {f"{kind.member}s": found}

        return get

    def list_tags(self, region: Region, parameters: Properties) -> Properties:
        """Return tags of one; those of cost categories are moto's."""
        arn = text(parameters, "ResourceArn")
        if arn not in self._tags:
            return region.moto(SERVICE, "list_tags_for_resource", parameters)
        return {"ResourceTags": tag_list(self._tags[arn])}

    def tag(self, region: Region, parameters: Properties) -> Properties:
        """Tag one."""
        arn = text(parameters, "ResourceArn")
        if arn not in self._tags:
            return region.moto(SERVICE, "tag_resource", parameters)
        self._tags[arn] |= tag_map(parameters.get("ResourceTags"))
        return {}

    def untag(self, region: Region, parameters: Properties) -> Properties:
        """Remove tags of one."""
        arn = text(parameters, "ResourceArn")
        if arn not in self._tags:
            return region.moto(SERVICE, "untag_resource", parameters)
        for key in texts(parameters, "ResourceTagKeys"):
            self._tags[arn].pop(key, None)
        return {}

    def _found(self, arn: str, kind: Kind, operation: str) -> Properties:
        if arn not in self._things or f":{kind.arn}/" not in arn:
            message = f"{arn} is unknown"
            raise AwsError(message, operation, kind.unknown)
        return self._things[arn]
