"""The stacks of this project, for tests that hold for each of them."""

from infra.spec.cloud import CloudProvider
from infra.spec.files import load_stack_file, stack_names

STACKS = stack_names()
"""Names of all stack files in `stacks/`."""


def stacks_of(cloud: CloudProvider) -> tuple[str, ...]:
    """Return the names of the stack files of one cloud."""
    return tuple(name for name in STACKS if load_stack_file(name).cloud.provider is cloud)


AWS_STACKS = stacks_of(CloudProvider.AWS)
GCP_STACKS = stacks_of(CloudProvider.GCP)
