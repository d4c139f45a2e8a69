"""Cases of the rules in `policies.rules.access`."""

import json

from policies.rules.access import ATTACHMENT, BUCKET_POLICY, RBAC, ROLE, ROLE_POLICY
from tests.unit.policies.cases import UNKNOWN, Cases, Json, Thing, Verdict, one

MEMBER = "gcp:projects/iAMMember:IAMMember"
BINDING = "gcp:storage/bucketIAMBinding:BucketIAMBinding"
POLICY = "gcp:storage/bucketIAMPolicy:BucketIAMPolicy"
SOMEBODY = "serviceAccount:nodes@p.iam.gserviceaccount.com"
READER = "roles/storage.objectViewer"
MANAGED = "arn:aws:iam::aws:policy"
OBJECTS = "arn:aws:s3:::weights/*"
HOST: Json = {"AWS": "arn:aws:iam::123456789012:role/deployer"}


def _document(**statement: Json) -> str:
    whole = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": OBJECTS, **statement}
    return json.dumps({"Version": "2012-10-17", "Statement": [whole]})


def _rules(**rule: Json) -> tuple[Thing, ...]:
    return one(f"{RBAC}:ClusterRole", rules=[{"apiGroups": [""], "resources": ["pods"], **rule}])


def _binds(role: Json, subject: Json = "deployers") -> tuple[Thing, ...]:
    return one(f"{RBAC}:ClusterRoleBinding", roleRef={"name": role}, subjects=[{"name": subject}])


CASES = (
    Cases(
        rule="iam-policies-name-what-they-allow",
        compliant=(
            *one(ROLE_POLICY, policy=_document()),
            *one(ROLE_POLICY, policy=_document(Action="ec2:DescribeImages", Resource="*")),
            *one(ROLE_POLICY, policy=_document(Effect="Deny", Action="*", Resource="*")),
        ),
        violating=one(ROLE_POLICY, policy=_document(Action="s3:PutObject", Resource="*")),
        missing=one(ROLE),
        missing_is=Verdict.FINE,
        unknown=one(ROLE_POLICY, policy=UNKNOWN),
        odd=one(ROLE_POLICY, policy="no document"),
    ),
    Cases(
        rule="resource-policies-name-who",
        compliant=one(BUCKET_POLICY, policy=_document(Principal=HOST)),
        violating=one(BUCKET_POLICY, policy=_document(Principal="*")),
        missing=one(BUCKET_POLICY),
        missing_is=Verdict.FINE,
        unknown=one(BUCKET_POLICY, policy={"Statement": [UNKNOWN]}),
        odd=one(BUCKET_POLICY, policy=["Principal"]),
    ),
    Cases(
        rule="nobody-is-administrator",
        compliant=one(ATTACHMENT, policyArn=f"{MANAGED}/AmazonEKSClusterPolicy"),
        violating=one(ATTACHMENT, policyArn=f"{MANAGED}/AdministratorAccess"),
        missing=one(ATTACHMENT),
        missing_is=Verdict.FINE,
        unknown=one(ATTACHMENT, policyArn=UNKNOWN),
        odd=one(ATTACHMENT, policyArn=[f"{MANAGED}/AmazonEKSClusterPolicy"]),
    ),
    Cases(
        rule="google-roles-are-not-primitive",
        compliant=one(MEMBER, role=READER, member=SOMEBODY),
        violating=one(MEMBER, role="roles/editor", member=SOMEBODY),
        missing=one(MEMBER, member=SOMEBODY),
        missing_is=Verdict.VIOLATION,
        unknown=one(POLICY, policyData=UNKNOWN),
        odd=one(MEMBER, role=[READER], member=SOMEBODY),
        stack="gcp-prod",
    ),
    Cases(
        rule="google-grants-name-who",
        compliant=one(BINDING, role=READER, members=[SOMEBODY]),
        violating=one(
            POLICY,
            policyData=json.dumps({"bindings": [{"role": READER, "members": ["allUsers"]}]}),
        ),
        missing=one(BINDING, role=READER),
        missing_is=Verdict.VIOLATION,
        unknown=one(BINDING, role=READER, members=[SOMEBODY, UNKNOWN]),
        odd=one(BINDING, role=READER, members={"all": True}),
        stack="gcp-prod",
    ),
    Cases(
        rule="rbac-roles-name-what-they-allow",
        compliant=_rules(verbs=["get", "list"]),
        violating=_rules(verbs=["*"]),
        missing=one(f"{RBAC}:ClusterRole", aggregationRule={}),
        missing_is=Verdict.FINE,
        unknown=_rules(verbs=UNKNOWN),
        odd=_rules(verbs={"get": True}),
    ),
    Cases(
        rule="rbac-bindings-name-who",
        compliant=_binds("model-deployer"),
        violating=_binds("model-deployer", "system:unauthenticated"),
        missing=one(f"{RBAC}:ClusterRoleBinding"),
        missing_is=Verdict.VIOLATION,
        unknown=_binds(UNKNOWN),
        odd=_binds(["cluster-admin"]),
    ),
)
