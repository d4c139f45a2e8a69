"""The stacks of this project, for tests that hold for each of them."""

from infra.spec.files import stack_names

STACKS = tuple(name for name in stack_names() if name.startswith("aws-"))
"""Names of the stack files in `stacks/` that can be built; those of Google Cloud cannot be yet."""
