"""What the three roles of a bootstrap may, asked of our own evaluator: least, and enough."""

import re
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import TypeAlias

import pytest

from infra.bootstrap.aws.documents import (
    ANY_RESOURCE_REASONS,
    MOST_CHARACTERS,
    Ground,
    bucket_policy,
    grants,
    text,
    trust,
)
from infra.bootstrap.aws.rights import CHANGES, NEW, READS
from infra.bootstrap.plan import GITHUB, Forge, Role, Stacks
from infra.graph.symbolic_aws import ACCOUNT_ID
from infra.iam.audit import Severity, audit
from infra.iam.documents import DocumentKind, PolicyDocument, read
from infra.iam.evaluate import PrincipalType, Request, evaluate
from infra.preflight.aws.permissions import SAMPLE
from tests.support.foundation_actions import ALTERING
from tests.support.stacks import AWS_STACKS

GOLDEN = Path(__file__).parents[3] / "golden"
REGION, STACK = "us-east-1", "aws-prod"
STACKS = Stacks(ground=STACK, of_models=("aws-prod-models",))
GROUND = Ground(
    account=ACCOUNT_ID,
    region=REGION,
    stacks=STACKS,
    bucket=f"tokenworks-aws-prod-state-{ACCOUNT_ID}",
    key_arn=f"arn:aws:kms:{REGION}:{ACCOUNT_ID}:key/11111111-2222-3333-4444-555555555555",
)
STATE = f"arn:aws:s3:::{GROUND.bucket}"
FILES = {
    name: [
        f"{STATE}/.pulumi/stacks/tokenworks/{name}.json",
        f"{STATE}/.pulumi/history/tokenworks/{name}/{name}-1.history.json",
        f"{STATE}/.pulumi/locks/organization/tokenworks/{name}/1.json",
    ]
    for name in (*STACKS.names, "aws-dev", "aws-prod-2")
}
FORGE = Forge(issuer=GITHUB, repository="example/platform")
PROVIDER = f"arn:aws:iam::{ACCOUNT_ID}:oidc-provider/{FORGE.host}"
WRITES = sorted(
    {
        *(action for actions in ALTERING.values() for action in actions),
        *(action for _place, actions in CHANGES.values() for action in actions),
        *("s3:PutObject", "s3:DeleteObject", "kms:Encrypt", "iam:CreatePolicyVersion"),
        *("iam:UpdateAssumeRolePolicy", "iam:DeleteOpenIDConnectProvider", "kms:CreateKey"),
        "secretsmanager:GetSecretValue",
    }
)
Contexts: TypeAlias = "tuple[dict[str, str], ...]"
CONTEXTS: Contexts = (
    {},
    {
        "aws:RequestedRegion": REGION,
        "iam:PassedToService": "eks.amazonaws.com",
        "iam:AWSServiceName": "eks.amazonaws.com",
        "aws:SecureTransport": "true",
    },
)


def documents(role: Role) -> list[PolicyDocument]:
    return [
        read(item, name=f"{role}-{number}", kind=DocumentKind.IDENTITY)
        for number, item in enumerate(grants(role, GROUND), start=1)
    ]


def may(role: Role, action: str, resource: str, context: dict[str, str]) -> bool:
    asked = Request(
        principal=GROUND.role_arn(role), action=action, resource=resource, context=context
    )
    return evaluate(documents(role), asked).is_allowed


ENTRY = "eks:{of}:access-entry/tokenworks-aws-prod/role/admin/1"
STREAM = "logs:{of}:log-group:/aws/eks/tokenworks-aws-prod/pods:log-stream:tokenworks-aws-prod"
REAL = {
    "aws:amp/workspace:Workspace": "aps:{of}:workspace/ws-99999999-2222-3333-4444-555555555555",
    "aws:budgets/budget:Budget": "budgets::{account}:budget/aws-prod-budget-month-1234567",
    "aws:costexplorer/anomalyMonitor:AnomalyMonitor": "ce::{account}:anomalymonitor/99999999-1",
    "aws:costexplorer/anomalySubscription:AnomalySubscription": (
        "ce::{account}:anomalysubscription/99999999-1"
    ),
    "aws:cloudwatch/logGroup:LogGroup": "logs:{of}:log-group:/aws/eks/tokenworks-aws-prod/cluster",
    "aws:cloudwatch/logStream:LogStream": STREAM,
    "aws:cloudwatch/metricAlarm:MetricAlarm": "cloudwatch:{of}:alarm:aws-prod-cache-cpu-1234567",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": "ecr:{of}:repository/tokenworks-aws-prod/loader",
    "aws:ecr/repository:Repository": "ecr:{of}:repository/tokenworks-aws-prod/model-server",
    "aws:eks/accessEntry:AccessEntry": ENTRY,
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": ENTRY,
    "aws:eks/addon:Addon": "eks:{of}:addon/tokenworks-aws-prod/vpc-cni/1",
    "aws:eks/cluster:Cluster": "eks:{of}:cluster/tokenworks-aws-prod",
    "aws:eks/nodeGroup:NodeGroup": "eks:{of}:nodegroup/tokenworks-aws-prod/system/1",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": (
        "eks:{of}:podidentityassociation/tokenworks-aws-prod/a-1"
    ),
    "aws:elasticache/parameterGroup:ParameterGroup": (
        "elasticache:{of}:parametergroup:aws-prod-cache-parameters-1234567"
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": (
        "elasticache:{of}:replicationgroup:aws-prod-responses"
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": "elasticache:{of}:subnetgroup:aws-prod-cache-1",
    "aws:elasticache/user:User": "elasticache:{of}:user:aws-prod-responses",
    "aws:elasticache/userGroup:UserGroup": "elasticache:{of}:usergroup:aws-prod-responses",
    "aws:iam/role:Role": "iam::{account}:role/aws-prod-identity-nodes-1234567",
    "aws:iam/rolePolicy:RolePolicy": "iam::{account}:role/aws-prod-identity-nodes-1234567",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "iam::{account}:role/aws-prod-nodes-1",
    "aws:kms/alias:Alias": "kms:{of}:alias/tokenworks-aws-prod",
    "aws:kms/key:Key": "kms:{of}:key/99999999-2222-3333-4444-555555555555",
    "aws:route53/zone:Zone": "route53:::hostedzone/Z0123456789",
    "aws:secretsmanager/secret:Secret": (
        "secretsmanager:{of}:secret:tokenworks/aws-prod/hub-token-AbCdEf"
    ),
} | dict.fromkeys(
    (kind for kind in CHANGES if kind.startswith("aws:s3/")), "s3:::aws-prod-store-weights-1234567"
)
"""Type to a thing of the stack, as its golden file names it; of all others EC2 gives the id."""
OTHERS = [
    *(file for files in FILES.values() for file in files),
    *(STATE, GROUND.key_arn, PROVIDER, *map(GROUND.role_arn, Role)),
]


def real_arn(kind: str) -> str:
    """Return the ARN of a thing of a type; `*` where a call to the region is asked for."""
    of = {"of": f"{REGION}:{ACCOUNT_ID}", "account": ACCOUNT_ID}
    return f"arn:aws:{REAL[kind].format(**of)}" if kind in REAL else "*"


def allowed(
    role: Role, actions: list[str], targets: Sequence[str] = (), contexts: Contexts = CONTEXTS
) -> set[tuple[str, str]]:
    """Return each action and resource that a role may, in any context.

    An action that no document names is allowed by none: they have no wildcards (see below).
    """
    own, who = documents(role), GROUND.role_arn(role)
    named = {action for one in own for item in one.statements for action in item.actions.values}
    things = targets or ["*", *map(real_arn, REAL), *OTHERS]
    return {
        (action, target)
        for action, target, context in product(named & set(actions), things, contexts)
        if evaluate(
            own, Request(principal=who, action=action, resource=target, context=context)
        ).is_allowed
    }


def test_a_preview_writes_nothing() -> None:
    assert allowed(Role.PREVIEW, WRITES) == {("kms:Decrypt", GROUND.key_arn)}


def test_models_write_their_own_state_and_touch_nothing_of_the_foundation() -> None:
    deployer = f"arn:aws:iam::{ACCOUNT_ID}:role/aws-prod-models-deployer-role-1234567"
    wanted = {("s3:PutObject", file) for file in FILES["aws-prod-models"]}
    wanted |= {("s3:DeleteObject", file) for file in FILES["aws-prod-models"]}
    wanted |= {
        (action, GROUND.key_arn) for action in ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")
    }

    assert allowed(Role.MODELS, WRITES) == wanted
    assert may(Role.MODELS, "sts:AssumeRole", deployer, {})
    assert not may(Role.MODELS, "sts:AssumeRole", GROUND.role_arn(Role.FOUNDATION), {})
    admin = f"arn:aws:iam::{ACCOUNT_ID}:role/aws-prod-identity-nodes"
    assert not may(Role.MODELS, "sts:AssumeRole", admin, {})


def test_every_type_that_our_stacks_have_is_among_the_rights() -> None:
    goldens = [(GOLDEN / f"{name}.yaml").read_text(encoding="utf-8") for name in AWS_STACKS]
    line = re.compile(r"^  type: (aws:\S+)$", re.MULTILINE)
    types = {kind for text in goldens for kind in line.findall(text)}

    assert types
    assert types | ALTERING.keys() == CHANGES.keys()


NOT_THE_PROVIDERS = {
    *("autoscaling:DeleteAutoScalingGroup", "autoscaling:SetDesiredCapacity"),
    *("autoscaling:TerminateInstanceInAutoScalingGroup", "autoscaling:UpdateAutoScalingGroup"),
    *("cloudwatch:DisableAlarmActions", "cloudwatch:SetAlarmState", "ec2:TerminateInstances"),
    *("ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"),
    *("elasticache:RebootCacheCluster", "elasticache:TestFailover", "kms:Encrypt"),
    *("aps:RemoteWrite", "logs:PutLogEvents", "s3:PutObject", "s3:PutBucketAcl"),
    *("route53:AssociateVPCWithHostedZone", "secretsmanager:PutSecretValue", "sts:AssumeRole"),
}
"""Of what alters a foundation: calls of the cluster, of pods, of people. No role here has them."""


def test_the_foundation_may_change_and_destroy_each_thing_of_its_stack() -> None:
    own, who = documents(Role.FOUNDATION), GROUND.role_arn(Role.FOUNDATION)
    lacking = {
        (kind, action)
        for kind in CHANGES
        for action in {*ALTERING[kind], *CHANGES[kind][1]} - NOT_THE_PROVIDERS - set(NEW)
        if not evaluate(
            own,
            Request(principal=who, action=action, resource=real_arn(kind), context=CONTEXTS[1]),
        ).is_allowed
    }

    assert lacking == set()


def test_the_foundation_may_what_a_preflight_asks_about() -> None:
    place = {"region": REGION, "account": ACCOUNT_ID, "stack": STACK}
    lacking = {
        action
        for form, actions in SAMPLE.items()
        for action in actions
        if not may(Role.FOUNDATION, action, form.format(**place), CONTEXTS[1])
    }

    assert lacking == set()


def test_the_foundation_keeps_off_what_is_bootstrapped_and_other_states() -> None:
    others = set(OTHERS) - {GROUND.key_arn} - set(FILES[STACK])

    found = allowed(Role.FOUNDATION, WRITES, OTHERS, CONTEXTS[1:])

    no_call_on_these = {*NEW} | {
        action for place, actions in CHANGES.values() if place.in_region for action in actions
    }
    assert {action for action, target in found if target in others} <= no_call_on_these
    on_the_key = {action for action, target in found if target == GROUND.key_arn}
    assert on_the_key - no_call_on_these <= {
        *("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"),
        *("kms:EnableKey", "kms:EnableKeyRotation", "kms:CreateAlias"),
    }


def test_what_the_foundation_does_in_ec2_stays_in_its_region() -> None:
    elsewhere = {"aws:RequestedRegion": "eu-west-1"}

    assert not may(Role.FOUNDATION, "ec2:CreateVpc", "*", elsewhere)
    assert may(Role.FOUNDATION, "ec2:CreateVpc", "*", CONTEXTS[1])


def test_roles_are_handed_to_the_services_of_a_platform_alone() -> None:
    role = f"arn:aws:iam::{ACCOUNT_ID}:role/aws-prod-identity-nodes-1234567"

    assert may(Role.FOUNDATION, "iam:PassRole", role, {"iam:PassedToService": "eks.amazonaws.com"})
    assert not may(
        Role.FOUNDATION, "iam:PassRole", role, {"iam:PassedToService": "lambda.amazonaws.com"}
    )
    own = GROUND.role_arn(Role.FOUNDATION)
    assert not may(Role.FOUNDATION, "iam:PassRole", own, CONTEXTS[1])


@pytest.mark.parametrize("role", Role)
def test_no_document_is_too_wide_or_too_long(role: Role) -> None:
    findings = [
        str(finding)
        for document in documents(role)
        for finding in audit(document, ANY_RESOURCE_REASONS)
        if finding.severity is Severity.REFUSE
    ]

    assert findings == []
    assert all(len(text(item)) <= MOST_CHARACTERS for item in grants(role, GROUND))
    assert len(grants(role, GROUND)) <= 10


def test_what_reads_only_reads() -> None:
    verbs = ("Describe", "Get", "List", "ViewBudget")

    actions = {action for actions in READS.values() for action in actions}
    assert {action for action in actions if not action.partition(":")[2].startswith(verbs)} == set()
    assert "secretsmanager:GetSecretValue" not in actions
    assert "s3:GetObject" not in actions


def _comes_in(
    role: Role, subject: str, audience: str = "sts.amazonaws.com", forge: Forge = FORGE
) -> bool:
    own = read(
        trust(PROVIDER, forge, forge.subjects(role, STACKS)), name="trust", kind=DocumentKind.TRUST
    )
    asked = Request(
        principal=PROVIDER,
        principal_type=PrincipalType.FEDERATED,
        action="sts:AssumeRoleWithWebIdentity",
        resource=GROUND.role_arn(role),
        context={f"{forge.host}:sub": subject, f"{forge.host}:aud": audience},
    )
    return evaluate([own], asked).is_allowed


WHO = {
    Role.PREVIEW: ("aws-prod-preview", "aws-prod-read", "aws-prod-models-preview"),
    Role.FOUNDATION: ("aws-prod",),
    Role.MODELS: ("aws-prod-models",),
}


@pytest.mark.parametrize("role", Role)
def test_a_role_is_taken_on_by_jobs_of_its_environments_alone(role: Role) -> None:
    subject = "repo:example/platform:environment"
    environments = {name for names in WHO.values() for name in names}

    came = {name for name in environments if _comes_in(role, f"{subject}:{name}")}

    assert came == set(WHO[role])
    name = WHO[role][0]
    assert not _comes_in(role, f"repo:somebody/platform:environment:{name}")
    assert not _comes_in(role, "repo:example/platform:ref:refs/heads/main")
    assert not _comes_in(role, f"{subject}:{name}", "https://github.com/example")


LAB = Forge(issuer="https://gitlab.example.com", repository="team/platform")


@pytest.mark.parametrize("role", Role)
def test_a_gitlab_brings_main_up_and_previews_its_protected_branches(role: Role) -> None:
    form = "project_path:team/platform:ref_type:branch:ref"
    previews = role is Role.PREVIEW
    branches = {"main": True, "preview/1": previews, "preview/team/1": previews}
    branches |= dict.fromkeys(("preview", "mainly", "main/1", "dev", "a/preview/1"), False)

    came = {one: _comes_in(role, f"{form}:{one}", forge=LAB) for one in branches}

    assert came == branches
    other = form.replace("platform", "other")
    assert not _comes_in(role, f"{other}:main", forge=LAB)
    assert not _comes_in(role, f"{form.replace('branch', 'tag')}:main", forge=LAB)
    assert not _comes_in(role, f"{form}:main", "https://gitlab.example.com", forge=LAB)


def test_nobody_reaches_states_without_tls() -> None:
    policy = read(bucket_policy(GROUND.bucket), name="bucket", kind=DocumentKind.RESOURCE)
    asked = Request(
        principal=GROUND.role_arn(Role.FOUNDATION),
        action="s3:GetObject",
        resource=FILES[STACK][0],
        context={"aws:SecureTransport": "false"},
    )

    assert not evaluate([policy, *documents(Role.FOUNDATION)], asked).is_allowed
