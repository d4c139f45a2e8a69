"""The platform: the software that every cluster runs.

Owns which of it a stack gets: what a cloud brings by itself is not installed a second time. Does
not own the models.
"""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import DeployersRef, PlatformRef
from components.kubernetes.admins import ClusterAdmins
from components.kubernetes.autoscaling import Autoscaling
from components.kubernetes.gpu import GpuSoftware
from components.kubernetes.model_namespace import ModelNamespace
from components.kubernetes.priorities import PriorityClasses
from components.kubernetes.storage import BlockStorage
from infra.spec.cloud import CloudProvider
from infra.spec.stack import StackSpec


@dataclass(frozen=True, eq=False)
class Platform:
    """What models run on."""

    needed_by_models: tuple[pulumi.Resource, ...]
    """What must be there before, and until after, a model."""


def build_platform(
    spec: StackSpec,
    access: kubernetes.Provider,
    platform: PlatformRef,
    *,
    deployers: DeployersRef | None,
    disk_key: pulumi.Output[str] | None,
) -> Platform:
    """Create the platform of a stack.

    Args:
        spec: the stack.
        access: the way into its cluster.
        platform: whose cluster it is.
        deployers: who ships models, or None.
        disk_key: key of the cloud for volumes, where the platform has one that it must name.
    """
    opts = pulumi.ResourceOptions(providers=[access])
    cloud, version = spec.cloud.provider, spec.cluster.kubernetes_version
    BlockStorage("storage", cloud=cloud, key=disk_key, opts=opts)
    needed: list[pulumi.Resource] = [PriorityClasses("priorities", opts)]
    if cloud is CloudProvider.GCP and spec.cluster.admins:  # on AWS the cluster lets them in
        needed.append(ClusterAdmins("admins", spec.cluster.admins, opts))
    if cloud is CloudProvider.AWS:  # GKE's control plane has an autoscaler
        needed.append(
            Autoscaling(
                "autoscaling",
                spec.gpu_pools,
                platform=platform,
                kubernetes_version=version,
                opts=opts,
            )
        )
    needed.append(
        ModelNamespace(
            "models",
            spec.gpu_pools,
            cloud=cloud,
            deployers=deployers,
            kubernetes_version=version,
            opts=opts,
        )
    )
    if spec.gpu_pools:
        needed.append(
            GpuSoftware("gpu", spec.gpu_pools, cloud=cloud, kubernetes_version=version, opts=opts)
        )
    return Platform(needed_by_models=tuple(needed))
