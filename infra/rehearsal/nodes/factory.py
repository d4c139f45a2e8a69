"""Node objects: the machine that a node group would start, as the API server would see it.

Owns names, labels, taints, addresses and sizes of a new node. Sizes come from the catalogue, GPUs
excepted: a node has none until a device plugin runs on it, as in a real cluster. Does not own when
a node comes or goes (`machines`) nor how it becomes Ready (`stages.yaml`).

Not simulated: the label `eks.amazonaws.com/nodegroup-image` (no image is chosen), labels that GPU
feature discovery and node feature discovery add later, and machines that are not x86-64.

Labels: EKS user guide, "Create a managed node group", and the well-known labels of Kubernetes.
`nvidia.com/gpu.present` from boot since Kubernetes 1.35: awslabs/amazon-eks-ami@81fec2e,
nodeadm/internal/kubelet/config.go, 2026-07-23.
"""

import hashlib

from infra.catalog.allocatable import allocatable, capacity_memory_mib, node_disk_gib
from infra.catalog.machines import MachineType, machine
from infra.rehearsal.nodes.groups import NodeGroup, Taint

GROUP_LABEL = "eks.amazonaws.com/nodegroup"
MACHINE_LABEL = "node.kubernetes.io/instance-type"
ZONE_LABEL = "topology.kubernetes.io/zone"
SERIAL_ANNOTATION = "rehearsal.tokenworks.dev/serial"
"""Number of a machine in its group; never used twice, as instance ids are not."""
LEAVING_ANNOTATION = "rehearsal.tokenworks.dev/leaving"
"""On nodes that are being drained and then end."""

_EKS_CAPACITY = {"on-demand": "ON_DEMAND", "spot": "SPOT"}
_GPU_LABEL_FROM_BOOT_SINCE = (1, 35)
_PLAYED_BY = "rehearsal"


def machine_of(group: NodeGroup) -> MachineType:
    """Return the machine type that the rehearsal starts for a group: the first one it names.

    Raises:
        UnknownMachineError: The catalogue does not have it.
    """
    return machine(group.cloud, group.machine_types[0])


def node(group: NodeGroup, serial: int) -> dict:
    """Return the Node object of a group's machine number `serial`, status included.

    The API server keeps the status of a new Node, so that allocatable and capacity hold from the
    first moment.

    Raises:
        UnknownMachineError: The catalogue does not have the group's machine type.
    """
    kind = machine_of(group)
    zone = group.zones[serial % len(group.zones)]
    digest = hashlib.sha256(f"{group.cluster}/{group.name}/{serial}".encode()).hexdigest()
    address = _address(digest)
    name = _private_dns_name(address, _region(zone))
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {"kubernetes.io/hostname": name, **labels(group, zone)},
            "annotations": {SERIAL_ANNOTATION: str(serial)},
        },
        "spec": {
            "providerID": f"aws:///{zone}/i-{digest[:17]}",
            "taints": [_taint(taint) for taint in group.taints],
        },
        "status": _status(group, kind, name, address),
    }


def labels(group: NodeGroup, zone: str) -> dict[str, str]:
    """Return the labels of a group's nodes in a zone, all but the host's own name."""
    kind = machine_of(group)
    found = {
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/os": "linux",
        MACHINE_LABEL: kind.name,
        "topology.kubernetes.io/region": _region(zone),
        ZONE_LABEL: zone,
        GROUP_LABEL: group.name,
        "eks.amazonaws.com/capacityType": _EKS_CAPACITY[group.capacity],
    }
    if kind.gpu_count and _version(group.kubernetes_version) >= _GPU_LABEL_FROM_BOOT_SINCE:
        found["nvidia.com/gpu.present"] = "true"
    return found | dict(group.labels)


def _status(group: NodeGroup, kind: MachineType, name: str, address: str) -> dict:
    free = allocatable(kind, group.disk_gib, raid0=group.raid0)
    disk_gib = node_disk_gib(kind, group.disk_gib, raid0=group.raid0)
    return {
        "addresses": [
            {"type": "InternalIP", "address": address},
            {"type": "Hostname", "address": name},
        ],
        "capacity": {
            "cpu": str(kind.vcpus),
            "memory": f"{capacity_memory_mib(kind)}Mi",
            "ephemeral-storage": f"{disk_gib}Gi",
            "pods": str(kind.max_pods),
        },
        "allocatable": {
            "cpu": f"{free.cpu_millicores}m",
            "memory": f"{free.memory_mib}Mi",
            "ephemeral-storage": f"{free.ephemeral_storage_gib}Gi",
            "pods": str(free.pods),
        },
        "nodeInfo": {
            "architecture": "amd64",
            "operatingSystem": "linux",
            "kubeletVersion": f"v{group.kubernetes_version}.0-{_PLAYED_BY}",
            "containerRuntimeVersion": f"{_PLAYED_BY}://0",
            "osImage": _PLAYED_BY,
            "kernelVersion": _PLAYED_BY,
            **dict.fromkeys(("bootID", "machineID", "systemUUID", "kubeProxyVersion"), ""),
        },
    }


def _taint(taint: Taint) -> dict[str, str]:
    return {"key": taint.key, "value": taint.value, "effect": taint.effect}


def _address(digest: str) -> str:
    """Return an address inside 10.0.0.0/16; the first four and the last are never a machine's."""
    third, fourth = int(digest[-4:-2], 16), int(digest[-2:], 16)
    return f"10.0.{third}.{4 + fourth % 251}"


def _private_dns_name(address: str, region: str) -> str:
    domain = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
    return f"ip-{address.replace('.', '-')}.{domain}"


def _region(zone: str) -> str:
    return zone.rstrip("abcdef")


def _version(minor: str) -> tuple[int, ...]:
    return tuple(int(part) for part in minor.split("."))
