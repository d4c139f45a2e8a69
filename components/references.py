"""Reading what another stack of this project exported.

Owns the spelling of a stack reference and the message when an output is not there.
Does not own what is read: see `handles`.
"""

from collections.abc import Callable, Mapping

import pulumi


class MissingExportError(ValueError):
    """An output that another stack should have, and has not."""


def stack_reference(stack: str) -> pulumi.StackReference:
    """Return a reference to a stack of this project and organization.

    On self-managed backends the organization is the literal `organization`; the engine says which.
    """
    return pulumi.StackReference(f"{pulumi.get_organization()}/{pulumi.get_project()}/{stack}")


def exported_text(reference: pulumi.StackReference, name: str) -> pulumi.Output[str]:
    """Return an output of another stack. Fails with `MissingExportError` when it is not there.

    The SDK's own `require_output` raises a bare `KeyError` with the output's name (3.272).
    """
    return _exported(reference, name, lambda value: value if isinstance(value, str) else None)


def exported_entry(reference: pulumi.StackReference, name: str, key: str) -> pulumi.Output[str]:
    """Return a text of a mapping that another stack exported, as `exported_text` does."""

    def entry(value: object) -> str | None:
        found = value.get(key) if isinstance(value, Mapping) else None
        return found if isinstance(found, str) and found else None

    return _exported(reference, name, entry)


def _exported(
    reference: pulumi.StackReference, name: str, read: Callable[[object], str | None]
) -> pulumi.Output[str]:
    def present(values: list[object]) -> str:
        stack, value = values
        if (found := read(value)) is not None:
            return found
        message = (
            f"stack {stack}: exports no {name}, got {value!r}; "
            "bring it up with its layer `foundation` first, then this stack"
        )
        raise MissingExportError(message)

    return pulumi.Output.all(reference.name, reference.get_output(name)).apply(present)
