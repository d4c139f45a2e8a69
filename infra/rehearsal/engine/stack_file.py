"""A copy of a stack file that only this rehearsal can decrypt; the file itself is never touched.

The `config:` section goes over as it stands, byte for byte, and is compared afterwards. Real
secrets cannot be read here and are not wanted: each becomes a marker.
"""

import re
from pathlib import Path
from typing import TypeAlias

import yaml

Config: TypeAlias = "dict[str, object]"

HEADER = re.compile(
    r"^(encryptionsalt|encryptedkey|secretsprovider):.*(\n[ \t].*)*\n?", re.MULTILINE
)
"""Top-level settings that say how secrets are encrypted."""
SALT = "encryptionsalt"


class StackFileError(ValueError):
    """A stack file cannot be rehearsed."""


def rehearsal_copy(original: Path, copy: Path, salt: str) -> list[str]:
    """Write the copy; return the settings whose secret values must be set to markers in it.

    Args:
        original: `stacks/Pulumi.STACK.yaml`.
        copy: where the rehearsal's own goes.
        salt: the rehearsal's encryption salt for this stack.

    Raises:
        StackFileError: not a stack file, or a secret inside a larger setting.
    """
    before = read_config(original)
    text = original.read_text(encoding="utf-8")
    copy.write_text(f"{SALT}: {salt}\n{HEADER.sub('', text)}", encoding="utf-8")
    if read_config(copy) != before:
        message = f"{original}: config changed in the copy at {copy}; report this as a defect"
        raise StackFileError(message)
    secret = [name for name, value in before.items() if _is_secret(value)]
    for name, value in before.items():
        if name not in secret and _holds_secret(value):
            message = (
                f"{original}: {name} holds a secret inside a larger value;"
                " a rehearsal knows only settings that are secret as a whole: move it out"
            )
            raise StackFileError(message)
    return secret


def read_config(path: Path) -> Config:
    """Return the `config:` section.

    Raises:
        StackFileError: the file is not there, or is no stack file.
    """
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except FileNotFoundError as error:
        message = f"{path}: there is no such stack file"
        raise StackFileError(message) from error
    except yaml.YAMLError as error:
        message = f"{path}: is not YAML: {error}"
        raise StackFileError(message) from error
    config = values.get("config") or {} if isinstance(values, dict) else None
    if not isinstance(config, dict):
        message = f"{path}: has no config section of settings, got {type(config).__name__}"
        raise StackFileError(message)
    return config


def read_salt(path: Path) -> str:
    """Return the encryption salt of a stack file that the engine has just made.

    Raises:
        StackFileError: it has none.
    """
    salt = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get(SALT)
    if not isinstance(salt, str):
        message = f"{path}: the engine wrote no {SALT}; its version may not fit"
        raise StackFileError(message)
    return salt


def _is_secret(value: object) -> bool:
    return isinstance(value, dict) and list(value) == ["secure"]


def _holds_secret(value: object) -> bool:
    if isinstance(value, dict):
        return _is_secret(value) or any(_holds_secret(item) for item in value.values())
    return isinstance(value, list) and any(_holds_secret(item) for item in value)
