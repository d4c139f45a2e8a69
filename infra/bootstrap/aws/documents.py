"""The policy documents of a bootstrap: who takes a role on, and what each role may.

Owns statements. What the provider calls is in `rights`, where things are in `places`.
Why no permissions boundary: it would hold only if each role of a stack carried it, which no program
here declares; a boundary on the role that creates roles alone binds nobody whom it creates. What is
held instead: names, regions, the services that a role is handed to, and a denial of all that is
bootstrapped.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from infra.bootstrap.aws.places import ANYWHERE, CLUSTER, ROLES, Place
from infra.bootstrap.aws.rights import CHANGES, NEW, READS
from infra.bootstrap.plan import Forge, Role, Stacks, own_files
from infra.spec.stack import cluster_name
from infra.wire import Properties, Value

AUDIENCE = "sts.amazonaws.com"
"""Whom a token is for; GitLab puts there what a job asks for."""
VERSION = "2012-10-17"
HANDED_TO = (
    *("eks.amazonaws.com", "ec2.amazonaws.com", "pods.eks.amazonaws.com"),
    "vpc-flow-logs.amazonaws.com",
)
"""Services that take roles of a stack on."""
LINKED = ("eks", "eks-nodegroup", "autoscaling", "spot", "elasticache")
"""Services whose own role comes with their first use (EKS and EC2 user guides, 2026)."""
MOST_CHARACTERS = 6144
"""Characters of a managed policy (IAM user guide, "IAM and AWS STS quotas", 2026)."""
USE_KEY = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey")
HANDING = "iam:PassRole"


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What the documents name."""

    account: str
    region: str
    stacks: Stacks
    bucket: str
    """Name of the bucket of states."""
    key_arn: str
    """The key of states and of secrets in them."""

    @property
    def words(self) -> dict[str, str]:
        """What fills the holes of places."""
        return {
            "account": self.account,
            "region": self.region,
            "stack": self.stacks.ground,
            "cluster": cluster_name(self.stacks.ground),
        }

    def arns(self, place: Place) -> list[str]:
        """Return the ARNs of a place."""
        return [form.format(**self.words) for form in place.arns]

    def role_arn(self, role: Role) -> str:
        """Return the ARN of a bootstrapped role."""
        return f"arn:aws:iam::{self.account}:role/{self.stacks.role_name(role)}"


def trust(provider_arn: str, forge: Forge, subjects: Sequence[str]) -> Properties:
    """Return who takes a role on: jobs with one of these subjects, and nobody else."""
    operator = "StringLike" if any("*" in subject for subject in subjects) else "StringEquals"
    conditions: dict[str, dict[str, list[str] | str]] = {
        "StringEquals": {f"{forge.host}:aud": AUDIENCE}
    }
    conditions.setdefault(operator, {})[f"{forge.host}:sub"] = list(subjects)
    return _document(
        {
            "Sid": "JobsOfTheRepository",
            "Effect": "Allow",
            "Principal": {"Federated": provider_arn},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": _plain(conditions),
        }
    )


def grants(role: Role, ground: Ground) -> list[Properties]:
    """Return what a role may, as documents that a managed policy holds."""
    statements = {
        Role.PREVIEW: _preview,
        Role.FOUNDATION: _foundation,
        Role.MODELS: _models,
    }[role](ground)
    packed: list[list[Properties]] = [[]]
    for statement in statements:
        if len(text(_document(*packed[-1], statement))) > MOST_CHARACTERS:
            packed.append([])
        packed[-1].append(statement)
    return [_document(*part) for part in packed]


def text(document: Properties) -> str:
    """Return a document as IAM counts and keeps it."""
    return json.dumps(document, separators=(",", ":"), sort_keys=True)


def bucket_policy(bucket: str) -> Properties:
    """Return the policy of the bucket of states: nobody comes in without TLS."""
    arn = f"arn:aws:s3:::{bucket}"
    return _document(
        {
            "Sid": "OnlyWithTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )


def _preview(ground: Ground) -> Iterator[Properties]:
    yield from _reading(ground)
    yield from _state(ground)
    yield _allow("OpenStates", ("kms:Decrypt", "kms:DescribeKey"), [ground.key_arn])


def _foundation(ground: Ground) -> Iterator[Properties]:
    yield from _reading(ground)
    changes: dict[Place, list[str]] = {}
    for place, actions in CHANGES.values():
        changes.setdefault(place, []).extend(
            action for action in actions if action not in (HANDING, *changes.get(place, ()))
        )
    for place, actions in changes.items():
        yield _allow(f"Change{place.name}", actions, ground.arns(place), _held(place, ground))
    yield _allow("MakeNew", NEW, ["*"], {"StringEquals": {"aws:RequestedRegion": _regions(ground)}})
    handed: dict[str, dict[str, list[str] | str]] = {
        "StringEquals": {"iam:PassedToService": list(HANDED_TO)}
    }
    yield _allow("HandRolesOver", (HANDING,), ground.arns(ROLES), handed)
    linked = f"arn:aws:iam::{ground.account}:role/aws-service-role/*"
    services = [f"{name}.amazonaws.com" for name in LINKED]
    condition: dict[str, dict[str, list[str] | str]] = {
        "StringEquals": {"iam:AWSServiceName": services}
    }
    yield _allow("RolesOfServices", ("iam:CreateServiceLinkedRole",), [linked], condition)
    yield from _own_state(ground, (ground.stacks.ground,))
    yield _allow("UseTheKey", USE_KEY, [ground.key_arn])
    yield _deny_bootstrapped(ground)


def _models(ground: Ground) -> Iterator[Properties]:
    yield _allow("FindTheCluster", ("eks:DescribeCluster",), ground.arns(CLUSTER)[:1])
    deployer = f"arn:aws:iam::{ground.account}:role/{ground.stacks.ground}-models-deployer*"
    yield _allow("BecomeTheDeployer", ("sts:AssumeRole",), [deployer])
    yield from _own_state(ground, ground.stacks.of_models)
    yield _allow("UseTheKey", USE_KEY, [ground.key_arn])


def _reading(ground: Ground) -> Iterator[Properties]:
    for place, actions in READS.items():
        yield _allow(f"Read{place.name}", actions, ground.arns(place))


def _state(ground: Ground) -> Iterator[Properties]:
    arn = f"arn:aws:s3:::{ground.bucket}"
    yield _allow("FindStates", ("s3:GetBucketLocation", "s3:ListBucket"), [arn])
    yield _allow("ReadStates", ("s3:GetObject",), [f"{arn}/.pulumi/*"])


def _own_state(ground: Ground, stacks: Sequence[str]) -> Iterator[Properties]:
    """Yield what reads all states and writes some."""
    yield from _state(ground)
    arn = f"arn:aws:s3:::{ground.bucket}"
    files = [f"{arn}/{start}*" for stack in stacks for start in own_files(stack)]
    yield _allow("WriteOwnStates", ("s3:PutObject", "s3:DeleteObject"), files)


def _deny_bootstrapped(ground: Ground) -> Properties:
    """Return the denial that keeps whoever makes keys from the key of states."""
    return {
        "Sid": "LeaveTheKeyOfStates",
        "Effect": "Deny",
        "Action": [
            *("kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:CreateGrant"),
            *("kms:UpdateKeyDescription", "kms:TagResource", "kms:UntagResource"),
            *("kms:UpdateAlias", "kms:DeleteAlias"),
        ],
        "Resource": ground.key_arn,
    }


def _held(place: Place, ground: Ground) -> dict[str, dict[str, list[str] | str]]:
    if not place.in_region:
        return {}
    return {"StringEquals": {"aws:RequestedRegion": ground.region}}


def _regions(ground: Ground) -> list[str]:
    """Return where calls of the stack go; Route 53 has one region, which is this."""
    return list(dict.fromkeys((ground.region, "us-east-1")))


def _allow(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[str],
    conditions: Mapping[str, Mapping[str, Sequence[str] | str]] | None = None,
) -> Properties:
    statement: Properties = {
        "Sid": sid,
        "Effect": "Allow",
        "Action": [*sorted(actions)],
        "Resource": [*resources],
    }
    return statement | ({"Condition": _plain(conditions)} if conditions else {})


def _plain(conditions: Mapping[str, Mapping[str, Sequence[str] | str]]) -> Properties:
    return {
        operator: {
            key: value if isinstance(value, str) else [*value] for key, value in keys.items()
        }
        for operator, keys in conditions.items()
    }


def _document(*statements: Properties) -> Properties:
    listed: list[Value] = [*statements]
    return {"Version": VERSION, "Statement": listed}


ANY_RESOURCE_REASONS: Mapping[str, str] = {
    **dict.fromkeys(READS[ANYWHERE], "describes a list, which has no resource to limit it to"),
    **{
        action: "held to the region: EC2 and Auto Scaling give ids that nobody knows beforehand"
        for place, actions in CHANGES.values()
        if place.in_region
        for action in actions
    },
    **dict.fromkeys(NEW, "makes something whose name nobody knows before it is there"),
}
"""Action to why it is allowed on `*`."""
