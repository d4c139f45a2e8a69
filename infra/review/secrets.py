"""What must not be shown: secrets of the configuration, and of the recorded values.

Owns the collection of their texts and the last sweep over whatever leaves this room. Values are
already hidden where they are read (`properties`); the sweep is for what came another way, such as a
secret inside a message of a rule, or the plain text of a value that became a secret.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from infra.graph.model import Graph
from infra.graph.values import SECRET_TEXT
from infra.spec.files import read_stack_file, stack_names
from infra.spec.mistakes import SpecError, is_secret
from infra.wire import OUTPUT, SECRET, SIGNATURE_KEY, Value

SHORTEST = 6
"""Shorter texts are everywhere, and no secret worth the name."""
_TOKENS = re.compile(
    r"(?:AKIA|ASIA)[0-9A-Z]{16}"  # AWS access key ids
    r"|gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,}"
    r"|hf_[A-Za-z0-9]{30,}"
    r"|AIza[0-9A-Za-z_-]{35}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
"""Forms that say what they are: a token in plain configuration is a mistake, shown or not."""


def config_secrets(stacks: Path) -> dict[tuple[str, str], str]:
    """Return the encrypted texts of all stack files, by stack and setting."""
    found: dict[tuple[str, str], str] = {}
    for name in stack_names(stacks):
        try:
            values = read_stack_file(name, stacks)
        except SpecError:
            continue
        for path, text in _encrypted(dict(values), ""):
            found[name, path] = text
    return found


def graph_secrets(graphs: Iterable[Graph]) -> frozenset[str]:
    """Return the plain texts of whatever is a secret by its wire form.

    What the same program also says in the open is none: the name of a stack inside a kubeconfig.
    What was open before and is a secret now is one.
    """
    found: set[str] = set()
    for graph in graphs:
        hidden: set[str] = set()
        shown = {graph.stack, graph.project}
        for item in graph.resources:
            shown |= {item.name, item.type}
            for key, value in item.inputs.items():
                is_secret_output = key in item.additional_secret_outputs
                for text, is_hidden in _texts(value, inside=is_secret_output):
                    (hidden if is_hidden else shown).add(text)
            hidden |= {text for text, is_hidden in _texts(item.outputs, inside=False) if is_hidden}
        found |= hidden - shown
    return frozenset(text for text in found if len(text) >= SHORTEST and text != SECRET_TEXT)


def swept(text: str, secrets: Iterable[str]) -> str:
    """Return a text with `[secret]` for every secret, the longest first."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, SECRET_TEXT)
    return _TOKENS.sub(SECRET_TEXT, text)


def _encrypted(value: object, path: str) -> Iterator[tuple[str, str]]:
    if is_secret(value) and isinstance(value, Mapping):
        yield path, str(value["secure"])
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _encrypted(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _encrypted(item, f"{path}[{index}]")


def _texts(value: Value, *, inside: bool) -> Iterator[tuple[str, bool]]:
    """Yield every text with whether it is inside a secret."""
    if isinstance(value, dict):
        signature = value.get(SIGNATURE_KEY)
        if signature in (SECRET, OUTPUT):
            is_secret_value = signature == SECRET or bool(value.get("secret"))
            yield from _texts(value.get("value"), inside=inside or is_secret_value)
            return
        for item in value.values():
            yield from _texts(item, inside=inside)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, inside=inside)
    elif isinstance(value, str):
        yield value, inside
