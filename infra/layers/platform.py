"""The platform: the software that every cluster runs.

Owns which of it a stack gets. Does not own the models.
"""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.kubernetes.gpu import GpuSoftware
from infra.spec.stack import StackSpec


@dataclass(frozen=True, eq=False)
class Platform:
    """What models run on."""

    needed_by_models: tuple[pulumi.Resource, ...]
    """What must be there before, and until after, a model."""


def build_platform(spec: StackSpec, access: kubernetes.Provider) -> Platform:
    """Create the platform of a stack."""
    if not spec.gpu_pools:
        return Platform(needed_by_models=())
    opts = pulumi.ResourceOptions(providers=[access])
    return Platform(needed_by_models=(GpuSoftware("gpu", opts=opts),))
