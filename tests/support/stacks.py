"""The stacks of this project, for tests that hold for each of them."""

from infra.spec.files import stack_names

STACKS = stack_names()
"""Names of all stack files in `stacks/`."""
