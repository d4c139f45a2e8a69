"""Every policy document of a recorded graph, and those that speak for one role.

Owns the table of inputs that hold documents. A document that stands anywhere else is found too, by
its look, so that a test can say that the table is complete.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from infra.graph.model import Graph, Resource
from infra.iam.documents import DocumentKind, PolicyDocument, read
from infra.wire import Properties, Value, plain, plain_properties

POLICY_INPUTS: Mapping[tuple[str, str], DocumentKind] = {
    ("aws:iam/role:Role", "assumeRolePolicy"): DocumentKind.TRUST,
    ("aws:iam/role:Role", "inlinePolicies[].policy"): DocumentKind.IDENTITY,
    ("aws:iam/rolePolicy:RolePolicy", "policy"): DocumentKind.IDENTITY,
    ("aws:iam/policy:Policy", "policy"): DocumentKind.IDENTITY,
    ("aws:kms/key:Key", "policy"): DocumentKind.KEY,
    ("aws:kms/keyPolicy:KeyPolicy", "policy"): DocumentKind.KEY,
    ("aws:s3/bucketPolicy:BucketPolicy", "policy"): DocumentKind.RESOURCE,
    ("aws:ec2/vpcEndpoint:VpcEndpoint", "policy"): DocumentKind.RESOURCE,
    ("aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy", "policy"): DocumentKind.RESOURCE,
}
"""Type and input to the kind of its document. `[]` stands for every item of a list."""


@dataclass(frozen=True, slots=True)
class Found:
    """A value that looks like a policy document, and where it stands."""

    resource: Resource
    path: str
    """`inlinePolicies[0].policy`."""
    content: Mapping[str, Value]

    @property
    def place(self) -> tuple[str, str]:
        """Return the key of the table above."""
        return self.resource.type, re.sub(r"\[\d+\]", "[]", self.path)

    def document(self) -> PolicyDocument:
        """Return it read; it must stand in the table."""
        name = f"{self.resource.name} {self.path}"
        return read(self.content, name=name, kind=POLICY_INPUTS[self.place])


def found_in(graph: Graph) -> list[Found]:
    """Return every value of any input that looks like a policy document, as text or as a map."""
    return [
        Found(resource, path, content)
        for resource in graph.resources
        for path, content in _documents(plain_properties(resource.inputs), "")
    ]


def role_named(graph: Graph, ending: str) -> Resource:
    """Return the one role whose logical name ends so. Raises `LookupError` unless there is one."""
    roles = [item for item in graph.of_type("aws:iam/role:Role") if item.name.endswith(ending)]
    if len(roles) != 1:
        names = ", ".join(item.name for item in graph.of_type("aws:iam/role:Role"))
        message = f"role …{ending}: must be one, got {len(roles)}; there are: {names}"
        raise LookupError(message)
    return roles[0]


def identity_documents(graph: Graph, role: Resource) -> list[PolicyDocument]:
    """Return the documents that say what a role may do.

    Raises:
        ValueError: a policy is attached to the role that this graph does not hold, such as one of
            AWS's own; its text cannot be judged here.
    """
    names = {plain(role.outputs.get(key)) for key in ("name", "id")}
    carriers = {
        item.urn
        for item in graph.of_type("aws:iam/rolePolicy:RolePolicy")
        if plain(item.inputs.get("role")) in names
    }
    policies = {
        plain(item.outputs.get("arn")): item for item in graph.of_type("aws:iam/policy:Policy")
    }
    for arn in attached_policy_arns(graph, role):
        if arn not in policies:
            message = f"role {role.name}: its attached policies must be in the stack, got {arn}"
            raise ValueError(message)
        carriers.add(policies[arn].urn)
    return [
        item.document()
        for item in found_in(graph)
        if item.resource.urn in {role.urn, *carriers}
        and POLICY_INPUTS[item.place] is DocumentKind.IDENTITY
    ]


def attached_policy_arns(graph: Graph, role: Resource) -> list[str]:
    """Return the ARNs of all policies attached to a role, in any of the ways that there are."""
    unread = graph.of_type("PolicyAttachment", "RolePolicyAttachmentsExclusive")
    if unread:
        message = f"{unread[0].name}: not read by these tests, got {unread[0].type}"
        raise ValueError(message)
    names = {plain(role.outputs.get(key)) for key in ("name", "id")}
    attached = [
        plain(item.inputs.get("policyArn"))
        for item in graph.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
        if plain(item.inputs.get("role")) in names
    ]
    return [str(arn) for arn in [*_list(role.inputs.get("managedPolicyArns")), *attached]]


def resource_documents(graph: Graph) -> list[PolicyDocument]:
    """Return the documents of buckets, keys and endpoints."""
    kinds = (DocumentKind.RESOURCE, DocumentKind.KEY)
    return [item.document() for item in found_in(graph) if POLICY_INPUTS[item.place] in kinds]


def _list(value: Value) -> list[Value]:
    inner = plain(value)
    return inner if isinstance(inner, list) else []


def _documents(value: Value, path: str) -> Iterator[tuple[str, Properties]]:
    content = _decoded(value)
    if isinstance(content, dict) and "Statement" in content:
        yield path, content
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _documents(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _documents(item, f"{path}[{index}]")


def _decoded(value: Value) -> Value:
    if isinstance(value, str) and "Statement" in value:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
