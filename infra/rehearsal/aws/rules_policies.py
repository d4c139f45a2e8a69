"""What resource policies have in common: statements, and principals that must exist.

Owns: reading a policy document, and the principals that KMS, S3 and EKS look up when a policy or a
trust is set. Does not own: what a policy allows; nothing in the simulated AWS evaluates one.
"""

import json
import re
from collections.abc import Iterator

from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.errors import AwsError
from infra.wire import Properties, Value

ANYBODY = "*"


def document_of(policy: str) -> Properties:
    """Return a policy as a document; checks have made sure that it is a JSON object."""
    found = json.loads(policy)
    return found if isinstance(found, dict) else {}


def statements(document: Properties) -> list[Properties]:
    """Return the statements; a document may hold a single one without a list."""
    found = document.get("Statement")
    items = found if isinstance(found, list) else [found]
    return [item for item in items if isinstance(item, dict)]


def words(statement: Properties, name: str) -> list[str]:
    """Return an element that is one text or a list of them."""
    found = statement.get(name, [])
    return [str(item) for item in (found if isinstance(found, list) else [found])]


def principals(statement: Properties) -> Iterator[tuple[str, str]]:
    """Yield (kind, principal); everybody is `("AWS", "*")`."""
    found = statement.get("Principal")
    if isinstance(found, str):
        yield "AWS", found
    elif isinstance(found, dict):
        for kind, value in found.items():
            for item in _items(value):
                yield kind, str(item)


def unknown_principals(region: Region, document: Properties) -> list[str]:
    """Return roles and users of this account that a document names and that do not exist."""
    named = {
        name for one in statements(document) for kind, name in principals(one) if kind == "AWS"
    }
    return sorted(name for name in named if not _exists(region, name))


def _exists(region: Region, principal: str) -> bool:
    found = re.fullmatch(r"arn:aws[\w-]*:iam::(\d{12}):(role|user)/(.+)", principal)
    if found is None or found.group(1) != region.account.account_id:
        return True  # everybody, the account itself, or an account that nothing here can look into
    family, name = found.group(2), found.group(3).rsplit("/", 1)[-1]
    try:
        if family == "role":
            region.call("iam", "get_role", RoleName=name)
        else:
            region.call("iam", "get_user", UserName=name)
    except AwsError as error:
        if error.not_found:
            return False
        raise
    return True


def _items(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [value]
