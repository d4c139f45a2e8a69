"""Policy documents and requests in few words."""

from collections.abc import Mapping

from infra.iam.documents import DocumentKind, Json, PolicyDocument, read
from infra.iam.evaluate import Request

ROLE = "arn:aws:iam::123456789012:role/models"


def document(
    *statements: Mapping[str, Json], kind: DocumentKind = DocumentKind.IDENTITY
) -> PolicyDocument:
    """Return a document of these statements."""
    content: dict[str, Json] = {"Version": "2012-10-17", "Statement": list(map(dict, statements))}
    return read(content, name="policy", kind=kind)


def allow(action: Json = "s3:GetObject", resource: Json = "*", **more: Json) -> dict[str, Json]:
    """Return a statement that allows."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Json = "s3:GetObject", resource: Json = "*", **more: Json) -> dict[str, Json]:
    """Return a statement that denies."""
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def request(
    action: str = "s3:GetObject",
    resource: str = "arn:aws:s3:::weights/model",
    *,
    principal: str = ROLE,
    **context: str | tuple[str, ...],
) -> Request:
    """Return a request of a role; `aws__SourceIp` in Python is the key `aws:SourceIp`."""
    keys = {key.replace("__", ":"): value for key, value in context.items()}
    return Request(principal=principal, action=action, resource=resource, context=keys)
