"""The objects that a new EKS cluster has unless it is told otherwise: its self-managed add-ons.

Owns: what a cluster with `bootstrapSelfManagedAddons` starts with: what the add-ons of the same
names would bring, in their default settings, and the class `gp2`. Does not own the workloads
(`addon_catalogue.py`).
"""

from infra.rehearsal.aws.addon_catalogue import SELF_MANAGED
from infra.wire import Properties

VERSION = "rehearsal"
"""Tag of their images: EKS picks a version that it does not tell."""


def system_objects() -> list[Properties]:
    """Return the objects in the order of their creation."""
    return [*(one for kind in SELF_MANAGED for one in kind.objects({}, VERSION)), _gp2()]


def _gp2() -> Properties:
    # Present on every cluster; no longer the default class since 1.30 (EKS release notes).
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "gp2"},
        "provisioner": "kubernetes.io/aws-ebs",
        "parameters": {"type": "gp2", "fsType": "ext4"},
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "WaitForFirstConsumer",
    }
