"""Values as a person reads them: secrets hidden, special values named, JSON laid out.

Owns the one place where wire values become text for files, so that no secret can slip into a
golden file or a rendered object by another way.
"""

import json

import yaml

from infra.graph.model import Resource
from infra.graph.symbolic import COMPUTED_NUMBER
from infra.wire import (
    ARCHIVE,
    ASSET,
    OUTPUT,
    RESOURCE,
    SECRET,
    SIGNATURE_KEY,
    UNKNOWN,
    Properties,
    Value,
)

SECRET_TEXT = "[secret]"  # noqa: S105 - stands for a secret, is none
UNKNOWN_TEXT = "[unknown until created]"
NUMBER_TEXT = "${number}"


def shown(value: Value) -> Value:
    """Return a value without secrets, without the engine's markers, without nulls in maps."""
    if isinstance(value, dict):
        if SIGNATURE_KEY in value:
            return _special(value)
        return {key: shown(item) for key, item in sorted(value.items()) if item is not None}
    if isinstance(value, list):
        return [shown(item) for item in value]
    if isinstance(value, str):
        return (
            UNKNOWN_TEXT if value == UNKNOWN else value.replace(str(COMPUTED_NUMBER), NUMBER_TEXT)
        )
    return NUMBER_TEXT if value == COMPUTED_NUMBER else value


def without_secret_outputs(resource: Resource) -> Properties:
    """Return inputs with `[secret]` for values that the SDK declares secret as outputs.

    Kubernetes Secrets are the case: their data are secret even when the program did not say so.
    """
    return {
        key: _hidden(value) if key in resource.additional_secret_outputs else value
        for key, value in resource.inputs.items()
    }


def laid_out(value: Value) -> Value:
    """Return a value with JSON documents inside strings indented, so that a diff shows lines."""
    if isinstance(value, dict):
        return {key: laid_out(item) for key, item in value.items()}
    if isinstance(value, list):
        return [laid_out(item) for item in value]
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.dumps(json.loads(value), indent=2, sort_keys=True)
        except ValueError:
            return value
    return value


def to_yaml(value: object) -> str:
    """Return YAML with text of several lines as blocks."""
    return yaml.dump(
        value,
        Dumper=_Dumper,
        sort_keys=False,
        width=100,
        allow_unicode=True,
        default_flow_style=False,
    )


def _hidden(value: Value) -> Value:
    """Return `[secret]` for each value of a map, whose keys are no secret, or for the whole."""
    if isinstance(value, dict) and value.get(SIGNATURE_KEY) == SECRET:
        return _hidden(value.get("value"))
    is_map = isinstance(value, dict) and SIGNATURE_KEY not in value
    return dict.fromkeys(value, SECRET_TEXT) if is_map else SECRET_TEXT


def _special(value: dict[str, Value]) -> Value:
    match value[SIGNATURE_KEY]:
        case signature if signature == SECRET:
            return SECRET_TEXT
        case signature if signature == OUTPUT:
            if value.get("secret"):
                return SECRET_TEXT
            return shown(value["value"]) if "value" in value else UNKNOWN_TEXT
        case signature if signature in (ASSET, ARCHIVE):
            return f"[asset {value.get('path') or value.get('uri') or value.get('text')}]"
        case signature if signature == RESOURCE:
            return f"[resource {value.get('urn')}]"
        case signature:
            return f"[special value {signature}]"


class _Dumper(yaml.SafeDumper):
    """Plain YAML without anchors."""

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
