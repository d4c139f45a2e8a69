"""`target.template`: what of Go's templates is played, `{{ .key }}`.

Owns the refusal of the rest: a text that is not understood must not reach a Secret half done.
"""

import re
from collections.abc import Mapping

from infra.rehearsal.controllers.external_secrets.port import SecretManagerError
from infra.rehearsal.kubernetes.values import mapping
from infra.wire import Properties

_ACTION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_KEY = re.compile(r"\s*\.([A-Za-z_][A-Za-z0-9_]*)\s*")


def rendered(template: Properties, data: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the data of a Secret: the template's, and what was read where nothing replaces it.

    Raises:
        SecretManagerError: a template is not played, or names a key that was not read.
    """
    texts = mapping(template, "data")
    made = {key: _filled(key, str(text), data) for key, text in texts.items()}
    keeps = not texts or template.get("mergePolicy") == "Merge"
    return {**(data if keeps else {}), **made}


def _filled(name: str, text: str, data: Mapping[str, bytes]) -> bytes:
    made, end = b"", 0
    for action in _ACTION.finditer(text):
        found = _KEY.fullmatch(action[1])
        if found is None:
            message = (
                f"not simulated: template of {name}: {{{{{action[1]}}}}}; a rehearsal fills "
                "{{ .key }} alone"
            )
            raise SecretManagerError(message)
        if found[1] not in data:
            message = (
                "could not apply template: could not execute template: unable to execute template "
                f'at key {name}: map has no entry for key "{found[1]}"'
            )
            raise SecretManagerError(message)
        made += text[end : action.start()].encode() + data[found[1]]
        end = action.end()
    return made + text[end:].encode()
