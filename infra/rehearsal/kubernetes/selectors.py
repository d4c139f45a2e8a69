"""Label selectors of objects, in the words of a query.

Owns the translation. Who is selected the API server says.
"""

from collections.abc import Iterator

from infra.rehearsal.kubernetes.values import at, mapping, mappings, text
from infra.wire import Properties


def label_selector(selector: Properties) -> str:
    """Write a label selector as a query parameter takes it."""
    return ",".join(_requirements(selector))


def _requirements(selector: Properties) -> Iterator[str]:
    for key, value in sorted(mapping(selector, "matchLabels").items()):
        yield f"{key}={value}"
    for expression in mappings(selector, "matchExpressions"):
        key, operator = text(expression, "key"), text(expression, "operator")
        found = at(expression, "values")
        values = ",".join(str(item) for item in found) if isinstance(found, list) else ""
        yield {
            "In": f"{key} in ({values})",
            "NotIn": f"{key} notin ({values})",
            "Exists": key,
            "DoesNotExist": f"!{key}",
        }[operator]
