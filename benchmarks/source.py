"""Python source as text: calls, lists, dicts, and the SDK's Python names.

Owns the form of generated code. Does not know resources or graphs. The names come from the SDK's
own helpers in `pulumi._types`, which are private; the version is pinned.
"""

import importlib
import keyword
import re
import textwrap
from collections.abc import Iterable, Mapping
from functools import cache

from pulumi import _types

INDENT = "    "


class SourceError(ValueError):
    """Something has no plain form in Python source."""


def call(function: str, arguments: Iterable[tuple[str, str]]) -> str:
    """Return a call, one argument a line; an argument without a name is positional."""
    lines = [f"{name}={value}" if name else value for name, value in arguments]
    return _block(f"{function}(", lines, ")")


def listed(items: Iterable[str]) -> str:
    """Return a list, one item a line."""
    return _block("[", list(items), "]")


def mapped(items: Mapping[str, str]) -> str:
    """Return a dict with text keys, one entry a line."""
    return _block("{", [f"{key!r}: {value}" for key, value in items.items()], "}")


def class_path(sdk_class: type) -> str:
    """Return where a program finds a class: `pulumi_aws.ec2.Vpc`.

    Raises:
        SourceError: it is not in the package of its module, as every class of an SDK is.
    """
    package = sdk_class.__module__.rpartition(".")[0]
    found = getattr(importlib.import_module(package), sdk_class.__name__, None) if package else None
    if found is not sdk_class:
        message = f"{sdk_class.__qualname__}: must be public in its package, got {package!r}"
        raise SourceError(message)
    return f"{package}.{sdk_class.__name__}"


@cache
def python_names(sdk_class: type) -> Mapping[str, str]:
    """Return the Python names of a class's properties by wire name."""
    return _types.resource_pulumi_to_py_names(sdk_class)


def variable(text: str, taken: Iterable[str]) -> str:
    """Return an identifier that reads like a text and is not taken."""
    base = re.sub(r"\W+", "_", text).strip("_").lower()
    base = f"_{base}" if not base or base[0].isdigit() or keyword.iskeyword(base) else base
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    return name


def _block(start: str, lines: list[str], end: str) -> str:
    if not lines:
        return start + end
    # Texts are literals of one line, so only code is indented.
    return start + "\n" + textwrap.indent(",\n".join(lines), INDENT) + ",\n" + end
