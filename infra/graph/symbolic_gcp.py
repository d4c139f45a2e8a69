"""What a recording knows of Google Cloud: default labels, project and region."""

import json

from infra.graph.model import Resource
from infra.wire import Properties, Value, plain

_LABELS = ("labels", "resourceLabels")
"""What a resource calls its labels (pulumi-gcp 10.2.0)."""


def known(resource: Resource, provider: Resource) -> Properties:
    """Return outputs of Google Cloud's resources that follow from the provider."""
    own = next((resource.inputs[name] for name in _LABELS if name in resource.inputs), {})
    together = _default_labels(provider) | _mapping(own)
    answer: Properties = {"effectiveLabels": together, "pulumiLabels": together}
    for name in ("project", "region"):
        value = plain(provider.inputs.get(name))
        if isinstance(value, str):
            answer[name] = value
    return answer


def _default_labels(provider: Resource) -> Properties:
    encoded = plain(provider.inputs.get("defaultLabels"))
    decoded = json.loads(encoded) if isinstance(encoded, str) else encoded
    return _mapping(decoded)


def _mapping(value: Value) -> Properties:
    unwrapped = plain(value)
    return unwrapped if isinstance(unwrapped, dict) else {}
