"""The bridge from Pulumi's configuration to the spec, for the program that Pulumi runs.

Owns how the engine hands settings over: values as text, groups and lists as JSON. The only module
that reads Pulumi configuration; everything else takes the frozen spec.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env, is_config_secret

from infra.extras import require_extra
from infra.spec.files import STACKS_FOLDER, read_stack_file
from infra.spec.loader import load_stack
from infra.spec.mistakes import SpecError
from infra.spec.stack import StackSpec
from infra.spec.stack_file import NAMESPACE

IGNORED_NAMESPACE = "aws:"
"""Settings of default providers, which there are none of: the spec refuses them by name."""


def running_spec() -> StackSpec:
    """Return the effective spec of the stack that Pulumi runs.

    Raises:
        pulumi.RunError: The stack has mistakes, or its cloud's packages are not installed. The
            message names all of them; Pulumi shows it
            without a traceback.
    """
    try:
        spec = load_stack(pulumi.get_stack(), engine_settings(), _read_base)
        require_extra(spec)
    except SpecError as error:
        raise pulumi.RunError(str(error)) from error
    return spec


def engine_settings() -> Mapping[str, object]:
    """Return our settings as the engine gave them, groups and lists decoded.

    A secret is replaced by the marker that it has in a stack file: its plaintext must not reach a
    message.
    """
    given = {**get_config_env(), **CONFIG.get()}
    return {
        key: {"secure": "[secret]"} if is_config_secret(key) else _decoded(value)
        for key, value in given.items()
        if key.startswith((NAMESPACE, IGNORED_NAMESPACE))
    }


def _decoded(value: str) -> object:
    # The engine writes groups and lists as JSON, and plain values as their bare text.
    if not value.startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


def _read_base(name: str) -> Mapping[str, object]:
    # The base's file lies beside our own; under mocks there is no project, and ours is meant.
    beside = Path(pulumi.get_root_directory() or STACKS_FOLDER.parent) / STACKS_FOLDER.name
    return read_stack_file(name, beside if beside.is_dir() else STACKS_FOLDER)
