"""May whoever runs this bring a stack up? Asked of IAM's simulator.

Owns a sample of what a first `up` calls, and on what; not the whole of it, which a role made by
`tokenworks bootstrap aws` has. The simulator knows the caller's own policies, permissions boundary
and organisation, and asks nothing of the services themselves.
"""

from collections.abc import Iterator, Mapping

from infra.aws_api import AwsApi, listed
from infra.cloud_error import CloudApiError
from infra.preflight.verdict import Row, Verdict, not_asked
from infra.replies import dig, optional_text, text
from infra.spec.stack import StackSpec
from infra.wire import Value

SAMPLE: Mapping[str, tuple[str, ...]] = {
    "*": (
        "ec2:CreateVpc",
        "ec2:CreateSubnet",
        "ec2:CreateNatGateway",
        "ec2:AllocateAddress",
        "ec2:CreateLaunchTemplate",
        "ec2:RunInstances",
        "kms:CreateKey",
    ),
    "arn:aws:logs:{region}:{account}:log-group:/aws/eks/tokenworks-{stack}/cluster": (
        "logs:CreateLogGroup",
    ),
    "arn:aws:eks:{region}:{account}:cluster/tokenworks-{stack}": (
        "eks:CreateCluster",
        "eks:CreateNodegroup",
        "eks:CreateAddon",
    ),
    "arn:aws:iam::{account}:role/{stack}-identity-nodes-1": (
        "iam:CreateRole",
        "iam:AttachRolePolicy",
        "iam:PassRole",
    ),
    "arn:aws:s3:::{stack}-weights-1": ("s3:CreateBucket", "s3:PutBucketPolicy"),
    "arn:aws:secretsmanager:{region}:{account}:secret:tokenworks/{stack}/hub-token-1": (
        "secretsmanager:CreateSecret",
    ),
}
"""Resource to some actions on it of a first `up` (service authorization reference, 2026)."""
_ROOT, _ASSUMED = ":root", ":assumed-role/"


def permission_row() -> Row:
    """Return the row, not asked yet."""
    count = sum(map(len, SAMPLE.values()))
    return not_asked("permission", "to bring it up", f"{count} actions of a first up")


def permission_rows(api: AwsApi, spec: StackSpec) -> Iterator[Row]:
    """Yield whether the caller's policies allow the sample.

    Raises:
        CloudApiError: AWS refuses a call, or does not answer.
    """
    row = permission_row()
    caller = api.call("sts", "GetCallerIdentity")
    arn, account = text(caller, "Arn"), text(caller, "Account")
    if arn.endswith(_ROOT):
        yield row.said("root, which may do everything: use a role", Verdict.ENOUGH)
        return
    principal = _principal(api, arn)
    place = {"region": spec.cloud.region, "account": account, "stack": spec.name}
    denied: list[str] = []
    conditional: list[str] = []
    for form, actions in SAMPLE.items():
        for one in _simulated(api, principal, form.format(**place), actions):
            if dig(one, "EvalDecision") == "allowed":
                continue
            depends = bool(dig(one, "MissingContextValues"))
            (conditional if depends else denied).append(text(one, "EvalActionName"))
    if denied:
        steps = (f"{principal} lacks {', '.join(denied)}", "`tokenworks bootstrap aws` makes roles")
        yield row.said(f"{len(denied)} denied", Verdict.SHORT, *steps)
    elif conditional:
        why = f"allowed under conditions that a simulation does not know: {', '.join(conditional)}"
        yield row.said("unknown", Verdict.UNKNOWN, why)
    else:
        yield row.said("all allowed", Verdict.ENOUGH)


def _principal(api: AwsApi, arn: str) -> str:
    """Return whose policies count: of a session, its role, whose path only IAM knows."""
    if _ASSUMED not in arn:
        return arn
    role = arn.partition(_ASSUMED)[2].partition("/")[0]
    return text(api.call("iam", "GetRole", RoleName=role), "Role.Arn")


def _simulated(
    api: AwsApi, principal: str, resource: str, actions: tuple[str, ...]
) -> list[dict[str, Value]]:
    names: list[Value] = [*actions]
    resources: list[Value] = [resource]
    found = listed(
        api,
        "iam",
        "SimulatePrincipalPolicy",
        "EvaluationResults",
        PolicySourceArn=principal,
        ActionNames=names,
        ResourceArns=resources,
    )
    answered = {optional_text(one, "EvalActionName") for one in found}
    if missing := [name for name in actions if name not in answered]:
        operation, code = "SimulatePrincipalPolicy", "NoAnswer"
        raise CloudApiError(operation, code, f"says nothing of {', '.join(missing)}")
    return found
