"""Who may do what: policy documents and attachments of AWS, grants of Google Cloud, RBAC.

Owns which resources carry such a thing, and which findings stop. What is too wide in a document of
AWS says `infra.iam.audit`, which tests of the components ask too.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from infra.iam.audit import Rule as Width
from infra.iam.audit import Severity, audit
from infra.iam.documents import DocumentKind, Json, PolicyDocument, PolicyError, read
from infra.iam.gcp.bindings import EVERYBODY
from infra.iam.gcp.roles import PRIMITIVE
from policies.judge import items, judge, said
from policies.rule import (
    Family,
    Finding,
    Level,
    ResourceRule,
    StackRule,
    Subject,
    Unjudged,
    Violation,
)
from policies.scene import Scene
from policies.values import MISSING, UNKNOWN, Plain, at

ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
RBAC = "kubernetes:rbac.authorization.k8s.io/v1"
IDENTITY: Mapping[str, str] = {
    ROLE_POLICY: "policy",
    "aws:iam/policy:Policy": "policy",
    "aws:iam/userPolicy:UserPolicy": "policy",
    "aws:iam/groupPolicy:GroupPolicy": "policy",
    ROLE: "inlinePolicies[].policy",
}
"""Type to the input that says what somebody may do."""
RESOURCE: Mapping[str, tuple[str, DocumentKind]] = {
    ROLE: ("assumeRolePolicy", DocumentKind.TRUST),
    "aws:kms/key:Key": ("policy", DocumentKind.KEY),
    "aws:kms/keyPolicy:KeyPolicy": ("policy", DocumentKind.KEY),
    BUCKET_POLICY: ("policy", DocumentKind.RESOURCE),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("policy", DocumentKind.RESOURCE),
    "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy": ("policy", DocumentKind.RESOURCE),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": ("policy", DocumentKind.RESOURCE),
    "aws:secretsmanager/secretPolicy:SecretPolicy": ("policy", DocumentKind.RESOURCE),
    "aws:sns/topicPolicy:TopicPolicy": ("policy", DocumentKind.RESOURCE),
    "aws:sqs/queuePolicy:QueuePolicy": ("policy", DocumentKind.RESOURCE),
}
"""Type to the input that says who may do it with the resource."""
ATTACHMENTS: Mapping[str, str] = {
    ATTACHMENT: "policyArn",
    "aws:iam/policyAttachment:PolicyAttachment": "policyArn",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": "policyArn",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": "policyArn",
    ROLE: "managedPolicyArns[]",
}
_GRANT = re.compile(r"gcp:.+[iI][aA][mM](Member|Binding|Policy)")
"""Type of a grant, whatever it is on: there are over 200 of them."""
_ALL_POWERFUL = re.compile(
    r"arn:aws[\w-]*:iam::aws:policy/(.*/)?(\w*FullAccess|\w*Administrator\w*|PowerUserAccess)"
)
_READS = re.compile(r"[a-z0-9-]+:(Describe|List)[A-Za-z]*")
_NO_RESOURCE = (
    "ec2:GetInstanceTypesFromInstanceRequirements",
    "ecr:GetAuthorizationToken",
    "sts:GetCallerIdentity",
)
"""What reads, but is not called so (AWS service authorization reference, 2026)."""
_EVERYONE = ("system:anonymous", "system:unauthenticated", "system:authenticated")


def _identity(subject: Subject, _: Scene) -> Iterator[Finding]:
    for path, value in subject.each(IDENTITY[subject.type]):
        yield from _document(subject, path, value, DocumentKind.IDENTITY)


def _resource(subject: Subject, _: Scene) -> Iterator[Finding]:
    path, kind = RESOURCE[subject.type]
    value = subject.at(path)
    if value is not MISSING:
        yield from _document(subject, path, value, kind)


def _document(subject: Subject, path: str, value: Plain, kind: DocumentKind) -> Iterator[Finding]:
    content = _json(value)
    if content is None:
        yield Unjudged(path)
        return
    try:
        document = read(content, name=f"`{path}` of {subject.name}", kind=kind)
    except PolicyError as error:
        yield Violation(f"{error}. What cannot be read cannot be trusted.")
        return
    for finding in audit(document, _reasons(document)):
        if finding.rule is Width.OPERATOR:
            yield Unjudged(f"the condition {finding.got} in {path}")
        elif finding.severity is Severity.REFUSE:
            yield Violation(f"{finding}.")


def _json(value: Plain) -> "str | Mapping[str, Json] | None":
    """Return a document as text or mapping; None when a part of it is unknown."""
    if value is UNKNOWN:
        return None
    if isinstance(value, str):
        return value
    try:
        text = json.dumps(value)
    except TypeError:
        return None
    return text


def _reasons(document: PolicyDocument) -> dict[str, str]:
    """Return why an action may be allowed on any resource: it changes nothing."""
    return {
        action: "it reads, and has no resource to limit it to"
        for statement in document.statements
        for action in statement.actions.values
        if _READS.fullmatch(action) or action in _NO_RESOURCE
    }


def _attached(subject: Subject, _: Scene) -> Iterator[Finding]:
    for path, value in subject.each(ATTACHMENTS[subject.type]):
        right = isinstance(value, str) and not _ALL_POWERFUL.fullmatch(value)
        message = (
            f"`{path}` is {said(value)}: it allows everything, or everything of a service. "
            "Write a policy that names the actions and the resources."
        )
        yield from judge(value, path, right=right, message=message)


def _grants(subject: Subject) -> Iterator[tuple[Plain, Plain]]:
    """Yield role and member of everything that a resource grants."""
    kind = subject.type.rpartition(":")[2].lower()
    if kind.endswith("member"):
        yield subject.at("role"), subject.at("member")
    elif kind.endswith("binding"):
        for member in _list(subject.at("members")):
            yield subject.at("role"), member
    else:
        data = subject.at("policyData")
        bindings = _bindings(data)
        for binding in [UNKNOWN] if bindings is None else bindings:
            for member in _list(at(binding, "members")):
                yield at(binding, "role"), member


def _list(value: Plain) -> list[Plain]:
    return value if isinstance(value, list) else [value]


def _bindings(data: Plain) -> list[Plain] | None:
    if not isinstance(data, str):
        return None
    try:
        return items(json.loads(data), "bindings")
    except json.JSONDecodeError:
        return None


def _granting(subjects: Sequence[Subject]) -> Iterator[tuple[Subject, Plain, Plain]]:
    for subject in subjects:
        if _GRANT.fullmatch(subject.type):
            for role, member in _grants(subject):
                yield subject, role, member


def _no_primitive_role(subjects: Sequence[Subject], _: Scene) -> Iterator[Finding]:
    for subject, role, _member in _granting(subjects):
        if role is UNKNOWN:
            yield Unjudged("role", subject.urn)
        elif not isinstance(role, str) or role in PRIMITIVE:
            message = (
                f"`role` is {said(role)}: it allows thousands of things in the whole project. "
                "Name a role that allows what is needed."
            )
            yield Violation(message, subject.urn)


def _nobody_unnamed(subjects: Sequence[Subject], _: Scene) -> Iterator[Finding]:
    for subject, role, member in _granting(subjects):
        if member is UNKNOWN:
            yield Unjudged("member", subject.urn)
        elif not isinstance(member, str) or member in EVERYBODY:
            message = (
                f"{said(role)} is granted to {said(member)}: to everybody, with or without an "
                "account. Name who needs it."
            )
            yield Violation(message, subject.urn)


def _rbac_role(subject: Subject, _: Scene) -> Iterator[Finding]:
    for index, rule in enumerate(items(dict(subject.properties), "rules")):
        for key in ("verbs", "resources"):
            values = at(rule, key)
            what = f"rules[{index}].{key}"
            yield from judge(
                UNKNOWN if values is UNKNOWN or UNKNOWN in _list(values) else None,
                what,
                right=values is MISSING or "*" not in _texts(values),
                message=f"`{what}` holds `*`: it allows what Kubernetes or an operator invents "
                "tomorrow. Name them.",
            )


def _texts(value: Plain) -> Iterable[str]:
    """Return the texts of a list; a star for what is no list of texts."""
    return [one if isinstance(one, str) else "*" for one in _list(value)]


def _rbac_binding(subject: Subject, _: Scene) -> Iterator[Finding]:
    role = subject.at("roleRef.name")
    message = (
        f"`roleRef.name` is {said(role)}: it may do everything in the cluster. Bind a role that "
        "names what is needed."
    )
    right = isinstance(role, str) and role != "cluster-admin"
    yield from judge(role, "roleRef.name", right=right, message=message)
    for path, name in subject.each("subjects[].name"):
        message = f"`{path}` is {said(name)}: whoever reaches the API server. Name who needs it."
        yield from judge(name, path, right=name not in _EVERYONE, message=message)


RULES = (
    ResourceRule(
        name="iam-policies-name-what-they-allow",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="A wildcard allows what AWS invents tomorrow, and `*` as a resource what the next "
        "team builds; what only reads a list and takes no resource may have it (IAM User Guide, "
        '"Apply least-privilege permissions", 2026).',
        types=tuple(IDENTITY),
        check=_identity,
    ),
    ResourceRule(
        name="resource-policies-name-who",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="A principal `*` without a condition is everybody with or without an account (IAM "
        'User Guide, "AWS JSON policy elements: Principal", 2026).',
        types=tuple(RESOURCE),
        check=_resource,
    ),
    ResourceRule(
        name="nobody-is-administrator",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="Policies of AWS called Administrator, PowerUser or FullAccess allow everything of an "
        "account or a service; nothing of the platform needs that.",
        types=tuple(ATTACHMENTS),
        check=_attached,
    ),
    StackRule(
        name="google-roles-are-not-primitive",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="Owner, editor and viewer allow thousands of things in a whole project (Google IAM "
        'documentation, "Basic roles", 2026).',
        check=_no_primitive_role,
    ),
    StackRule(
        name="google-grants-name-who",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="allUsers is everybody, allAuthenticatedUsers everybody with a Google account (Google "
        'IAM documentation, "Principal identifiers", 2026).',
        check=_nobody_unnamed,
    ),
    ResourceRule(
        name="rbac-roles-name-what-they-allow",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="A wildcard also allows what a later version or an operator adds (Kubernetes "
        'documentation, "Role Based Access Control Good Practices", 2026).',
        types=(f"{RBAC}:Role", f"{RBAC}:ClusterRole"),
        check=_rbac_role,
    ),
    ResourceRule(
        name="rbac-bindings-name-who",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="Whoever holds cluster-admin owns the nodes and every secret; system:authenticated is "
        'whoever has an account (Kubernetes documentation, "Role Based Access Control Good '
        'Practices", 2026).',
        types=(f"{RBAC}:RoleBinding", f"{RBAC}:ClusterRoleBinding"),
        check=_rbac_binding,
    ),
)
