"""The clouds, by the names that stack files have for them. Apart, as it loads nothing else."""

from enum import StrEnum


class CloudProvider(StrEnum):
    """The clouds that a stack may name."""

    AWS = "aws"
    GCP = "gcp"
