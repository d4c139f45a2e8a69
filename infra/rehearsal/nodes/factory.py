"""Node objects: the machine that a node group would start, as the API server would see it.

Owns what a new node has in every cloud: address, size, taints, well-known labels. Sizes come from
the catalogue, GPUs excepted: a node has none until a device plugin runs on it, as in a real
cluster. Does not own what its cloud calls it (`clouds`), when a node comes or goes (`machines`) nor
how it becomes Ready (`stages.yaml`).

Not simulated: labels that GPU feature discovery and node feature discovery add later, and machines
that are not x86-64.
"""

import hashlib

from infra.catalog.allocatable import allocatable, capacity_memory_mib, node_disk_gib
from infra.catalog.machines import MachineType, machine
from infra.rehearsal.nodes.clouds import CLOUDS
from infra.rehearsal.nodes.groups import NodeGroup, Taint

GROUP_LABEL = "rehearsal.tokenworks.dev/group"
"""On every node that is played: the group it came from, whatever the cloud's own label for that."""
MACHINE_LABEL = "node.kubernetes.io/instance-type"
ZONE_LABEL = "topology.kubernetes.io/zone"
SERIAL_ANNOTATION = "rehearsal.tokenworks.dev/serial"
"""Number of a machine in its group; never used twice, as instance ids are not."""
LEAVING_ANNOTATION = "rehearsal.tokenworks.dev/leaving"
"""On nodes that are being drained and then end."""

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
    identity = CLOUDS[group.cloud].identity(group, zone, digest, address)
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": identity.name,
            "labels": {"kubernetes.io/hostname": identity.name, **labels(group, zone)},
            "annotations": {SERIAL_ANNOTATION: str(serial)},
        },
        "spec": {
            "providerID": identity.provider_id,
            "taints": [_taint(taint) for taint in group.taints],
        },
        "status": _status(group, kind, identity.name, address),
    }


def labels(group: NodeGroup, zone: str) -> dict[str, str]:
    """Return the labels of a group's nodes in a zone, all but the host's own name."""
    kind, cloud = machine_of(group), CLOUDS[group.cloud]
    return {
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/os": "linux",
        MACHINE_LABEL: kind.name,
        "topology.kubernetes.io/region": cloud.region(zone),
        ZONE_LABEL: zone,
        GROUP_LABEL: group.name,
        **cloud.labels(group, kind, zone),
        **group.labels,
    }


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
