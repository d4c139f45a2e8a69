"""`configurationValues` of an EKS add-on: reading them, and EKS's and our refusals.

Owns which of the settings are understood. What they change is in `system_workloads.py`.
EKS checks the text against a JSON schema of the add-on's version, and answers in the words of its
validator (seen in cookpad/terraform-aws-eks#331, 2023-02).
"""

import json

from infra.rehearsal.aws.addon_workloads import AddonKind
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.wire import Properties, Value

JSON_TYPES = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer"}


def settings_of(kind: AddonKind, text: str, operation: str) -> Properties:
    """Return the settings in a text; an empty one has none.

    EKS takes YAML too; the rehearsal takes JSON only.
    """
    if not text:
        return {}
    try:
        found = json.loads(text)
    except ValueError as error:
        message = f"not simulated: configurationValues of add-on {kind.name} that are not JSON"
        raise NotSimulatedError(message) from error
    wrong: list[str] = []
    unknown: list[str] = []
    _compare(kind, found, "", wrong, unknown)
    if wrong:
        message = (
            "ConfigurationValue provided in request is not supported: Json schema validation "
            f"failed with error: [{', '.join(wrong)}]"
        )
        raise AwsError(message, operation, "InvalidParameterException")
    if unknown:
        message = (
            f"not simulated: configurationValues of add-on {kind.name}: {', '.join(unknown)}; "
            f"played are {', '.join(kind.settings)}"
        )
        raise NotSimulatedError(message)
    return found


def _compare(
    kind: AddonKind, value: Value, path: str, wrong: list[str], unknown: list[str]
) -> None:
    """Collect what has the wrong type, and what is not known."""
    is_group = not path or any(known.startswith(f"{path}.") for known in kind.settings)
    wanted = "object" if is_group else kind.settings.get(path)
    found = "null" if value is None else JSON_TYPES.get(type(value), "number")
    if wanted is None:
        unknown.append(path)
    elif found != wanted:
        place = f"$.{path}" if path else "$"
        wrong.append(f"{place}: {found} found, {wanted} expected")
    elif is_group and isinstance(value, dict):
        for key, item in value.items():
            _compare(kind, item, f"{path}.{key}".lstrip("."), wrong, unknown)
