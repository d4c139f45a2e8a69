"""The platform: the software that every cluster runs.

Owns which of it a stack gets. Does not own the models.
"""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import PlatformRef
from components.kubernetes.autoscaling import Autoscaling
from components.kubernetes.gpu import GpuSoftware
from components.kubernetes.model_namespace import ModelNamespace
from components.kubernetes.priorities import PriorityClasses
from components.kubernetes.storage import BlockStorage
from infra.spec.stack import StackSpec


@dataclass(frozen=True, eq=False)
class Platform:
    """What models run on."""

    needed_by_models: tuple[pulumi.Resource, ...]
    """What must be there before, and until after, a model."""


def build_platform(spec: StackSpec, access: kubernetes.Provider, platform: PlatformRef) -> Platform:
    """Create the platform of a stack."""
    opts = pulumi.ResourceOptions(providers=[access])
    version = spec.cluster.kubernetes_version
    BlockStorage("storage", opts)
    priorities = PriorityClasses("priorities", opts)
    autoscaling = Autoscaling(
        "autoscaling", spec.gpu_pools, platform=platform, kubernetes_version=version, opts=opts
    )
    models = ModelNamespace(
        "models",
        spec.gpu_pools,
        cloud=spec.cloud.provider,
        kubernetes_version=version,
        opts=opts,
    )
    needed: list[pulumi.Resource] = [priorities, autoscaling, models]
    if spec.gpu_pools:
        needed.append(GpuSoftware("gpu", kubernetes_version=version, opts=opts))
    return Platform(needed_by_models=tuple(needed))
