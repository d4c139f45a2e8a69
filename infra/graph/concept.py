"""The form of a row of `docs/clouds.md`.

An entry is a resource type (`eks.NodeGroup`), one of its settings (`eks.NodeGroup capacityType`), a
function of the provider (`fn ec2.getSubnet`) or a chart (`chart dcgm-exporter`).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Concept:
    """One row."""

    name: str
    """What it is for."""
    aws: tuple[str, ...]
    """Entries on AWS; none where AWS has nothing of the kind."""
    gcp: tuple[str, ...]
    """Entries on Google Cloud; likewise."""
    differs: str = ""
    """What is different and why. Required where one cloud has no entry."""
