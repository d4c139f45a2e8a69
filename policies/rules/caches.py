"""Managed caches: who comes in and how, with whose key, and what outlives a zone."""

from collections.abc import Iterator

from policies.judge import items, judge, must_be, must_be_there, must_switch, said
from policies.rule import Family, Finding, Level, ResourceRule, Subject, Violation
from policies.scene import Scene
from policies.values import MISSING, UNKNOWN, as_bool

ELASTICACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
MEMORYSTORE = "gcp:memorystore/instance:Instance"
_PLAIN = "passwords and answers of models cross the network in plain text"
_ANYBODY = "whoever reaches the port reads and empties it"
_OWN = "Name a key of the stack's own: who may use it is then yours to say, and to take back."


def _in_transit(subject: Subject, scene: Scene) -> Iterator[Finding]:
    if subject.type == MEMORYSTORE:
        yield from must_be("transitEncryptionMode", "SERVER_AUTHENTICATION", since=_PLAIN)(
            subject, scene
        )
        return
    yield from must_switch("transitEncryptionEnabled", on=True, since=_PLAIN)(subject, scene)
    mode = subject.at("transitEncryptionMode")
    message = f"`transitEncryptionMode` is {said(mode)}: plain text works too. Write `required`."
    right = mode is MISSING or mode == "required"
    yield from judge(mode, "transitEncryptionMode", right=right, message=message)


def _asks_who_comes(subject: Subject, scene: Scene) -> Iterator[Finding]:
    if subject.type == MEMORYSTORE:
        yield from must_be("authorizationMode", "IAM_AUTH", "TOKEN_AUTH", since=_ANYBODY)(
            subject, scene
        )
        return
    groups = items(dict(subject.properties), "userGroupIds")
    token = subject.at("authToken")
    yield from judge(
        token if token is UNKNOWN else None,
        "authToken",
        right=bool(groups) or token is not MISSING,
        message=f"`userGroupIds` names nobody and there is no `authToken`: {_ANYBODY}. Name a "
        "group of users.",
    )


def _key(subject: Subject, scene: Scene) -> Iterator[Finding]:
    path = "kmsKey" if subject.type == MEMORYSTORE else "kmsKeyId"
    yield from must_be_there(path, "data and backups have a key of the cloud's", _OWN)(
        subject, scene
    )


def _outlives_a_zone(subject: Subject, scene: Scene) -> Iterator[Finding]:
    if scene.thresholds.zones_at_least == 1:
        return
    if subject.type == ELASTICACHE:
        for path in ("automaticFailoverEnabled", "multiAzEnabled"):
            value = subject.at(path)
            message = (
                f"`{path}` is {said(value)}: an outage of one zone takes the cache away. Write "
                "`true`, and two nodes or more."
            )
            yield from judge(value, path, right=as_bool(value) is True, message=message)
        return
    replicas = subject.at("replicaCount")
    right = isinstance(replicas, int) and replicas > 0
    message = f"`replicaCount` is {said(replicas)}: nobody takes over. Write `1` or more."
    yield from judge(replicas, "replicaCount", right=right, message=message)
    if subject.at("zoneDistributionConfig.mode") == "SINGLE_ZONE":
        yield Violation(
            "`zoneDistributionConfig.mode` is 'SINGLE_ZONE': an outage of it takes all nodes away. "
            "Write `MULTI_ZONE`."
        )


RULES = (
    ResourceRule(
        name="caches-encrypt-in-transit",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="Valkey speaks plain text unless it is told not to (ElastiCache and Memorystore user "
        'guides, "In-transit encryption", 2026).',
        types=(ELASTICACHE, MEMORYSTORE),
        check=_in_transit,
    ),
    ResourceRule(
        name="caches-ask-who-comes",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="Both services let everybody in by default (ElastiCache and Memorystore user guides, "
        '"Authentication", 2026).',
        types=(ELASTICACHE, MEMORYSTORE),
        check=_asks_who_comes,
    ),
    ResourceRule(
        name="caches-are-encrypted",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="Snapshots and what is synchronised lie on disks. ElastiCache encrypts them only where "
        "the group says so; Memorystore always does (both user guides, 2026).",
        types=(ELASTICACHE,),
        check=must_switch("atRestEncryptionEnabled", on=True, since="snapshots are plain"),
    ),
    ResourceRule(
        name="caches-have-a-key-of-their-own",
        family=Family.SECURITY,
        level=Level.ADVISORY,
        why="Both services encrypt with a key of their own where none is named.",
        types=(ELASTICACHE, MEMORYSTORE),
        check=_key,
    ),
    ResourceRule(
        name="caches-outlive-a-zone",
        family=Family.RELIABILITY,
        level=Level.MANDATORY,
        why="Rate limits and sessions are in it; how many zones, policies/thresholds.yaml says by "
        "environment.",
        types=(ELASTICACHE, MEMORYSTORE),
        check=_outlives_a_zone,
    ),
)
