"""The simulated EKS's node groups as the node controller sees them."""

import base64
import email
import logging

import yaml

from infra.rehearsal.aws.account import Account, Region
from infra.rehearsal.aws.eks_launches import ENDED, Launches, wanted
from infra.rehearsal.aws.eks_state import EksState
from infra.rehearsal.aws.rules_eks import zones_offering
from infra.rehearsal.aws.rules_templates import machine_types, template_data
from infra.rehearsal.aws.values import (
    block,
    blocks,
    dig,
    number,
    optional_text,
    tag_map,
    text,
    texts,
)
from infra.rehearsal.nodes.groups import Effect, NodeGroup, Taint
from infra.wire import Properties, Value

EFFECTS: dict[str, Effect] = {
    "NO_SCHEDULE": "NoSchedule",
    "PREFER_NO_SCHEDULE": "PreferNoSchedule",
    "NO_EXECUTE": "NoExecute",
}
"""EKS's spelling to Kubernetes's (EKS API reference, Taint)."""
NODE_CONFIG = "application/node.eks.aws"
DEFAULT_DISK_GIB = 20  # EKS API reference, CreateNodegroup, diskSize


_log = logging.getLogger(__name__)


class UnknownNodeGroupError(ValueError):
    """No node group of that name exists."""


class Fleet:
    """`NodeGroups` over the simulated account. Thread-safe."""

    def __init__(self, account: Account, state: EksState) -> None:
        """Look at all clusters of the account."""
        self._account = account
        self._state = state
        self._launches = Launches(state)
        self._seen: list[NodeGroup] = []
        self._seen_at = -1

    def list_groups(self) -> list[NodeGroup]:
        """Return every group; one that is being deleted wants no nodes.

        The node controller asks several times a second: what did not change is not read again.
        """
        with self._account.lock:
            if self._seen_at != self._state.generation:
                self._seen = [
                    self._group(self._account.region(region), cluster, name)
                    for (region, cluster), record in self._state.records.items()
                    for name in record.node_groups
                ]
                # What keeps a group from growing may go without any group having changed.
                kept = not any(group.blocked for group in self._seen)
                self._seen_at = self._state.generation if kept else -1
            return list(self._seen)

    def set_desired(self, name: str, count: int) -> None:
        """Ask for nodes outside of Pulumi's state, as an autoscaler does.

        An account without quota for them leaves the group as it is; `blocked` then says why.

        Raises:
            UnknownNodeGroupError: there is no such group.
            AwsError: the count is outside the group's bounds.
        """
        with self._account.lock:
            for (region, cluster), record in self._state.records.items():
                if name in record.node_groups:
                    place = self._account.region(region)
                    reason = self._blocked(place, cluster, name, self._found(place, cluster, name))
                    if reason:
                        _log.warning("node group %s does not grow: %s", name, reason)
                        return
                    place.call(
                        "eks",
                        "update_nodegroup_config",
                        clusterName=cluster,
                        nodegroupName=name,
                        scalingConfig={"desiredSize": count},
                    )
                    return
        message = f"node group {name!r} does not exist; it may have been deleted meanwhile"
        raise UnknownNodeGroupError(message)

    def _found(self, region: Region, cluster: str, name: str) -> Properties:
        # moto's description, not ours: ours ends deletions and reads nodes, this must do neither.
        reply = region.moto(
            "eks", "describe_nodegroup", {"clusterName": cluster, "nodegroupName": name}
        )
        overlay = self._state.records[region.name, cluster].node_groups[name]
        return {**block(reply, "nodegroup"), **overlay}

    def _group(self, region: Region, cluster: str, name: str) -> NodeGroup:
        found = self._found(region, cluster, name)
        ended = found["status"] in ENDED
        template = template_data(region, found)
        kinds = machine_types(found, template)
        return NodeGroup(
            cluster=cluster,
            name=name,
            machine_types=kinds,
            capacity="spot" if found["capacityType"] == "SPOT" else "on-demand",
            labels=tag_map(found.get("labels")),
            taints=tuple(
                Taint(
                    text(item, "key"), optional_text(item, "value"), EFFECTS[text(item, "effect")]
                )
                for item in blocks(found, "taints")
            ),
            min=0 if ended else number(found, "scalingConfig.minSize"),
            max=0 if ended else number(found, "scalingConfig.maxSize"),
            desired=0 if ended else wanted(found),
            zones=_zones(region, texts(found, "subnets"), kinds),
            kubernetes_version=text(found, "version"),
            disk_gib=_disk_gib(found, template),
            raid0=_raid0(template),
            blocked=self._blocked(region, cluster, name, found),
        )

    def _blocked(self, region: Region, cluster: str, name: str, found: Properties) -> str:
        """Return why one more machine of a group would come to nothing; empty when it would not."""
        if found["status"] in ENDED:
            return optional_text(found, "health.issues.0.message")
        count = wanted(found) + 1
        return self._launches.no_room(
            region, cluster, name, found, count
        ) or self._launches.why_nodes_fail(region, cluster, found)


def _zones(region: Region, subnets: list[str], kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Return zones of the subnets that have the first machine type, which the rehearsal takes."""
    ids: list[Value] = [*subnets]
    found = blocks(region.call("ec2", "describe_subnets", SubnetIds=ids), "Subnets")
    zones = sorted({text(item, "AvailabilityZone") for item in found})
    offering = zones_offering(region, kinds[0])
    return tuple(zone for zone in zones if zone in offering) or tuple(zones)


def _disk_gib(found: Properties, template: Properties) -> int:
    sizes = [dig(item, "Ebs.VolumeSize") for item in blocks(template, "BlockDeviceMappings")]
    size = next((size for size in sizes if isinstance(size, int)), found.get("diskSize"))
    return size if isinstance(size, int) else DEFAULT_DISK_GIB


def _raid0(template: Properties) -> bool:
    """Read from its user data what nodeadm would do with the local disks of a machine.

    Every part of the type `application/node.eks.aws` is a NodeConfig, and the last one counts
    (awslabs/amazon-eks-ami nodeadm/doc/examples.md@06dcc00).
    """
    data = optional_text(template, "UserData")
    message = email.message_from_bytes(base64.b64decode(data))
    strategy: object = None
    for part in message.walk():
        if part.get_content_type() == NODE_CONFIG:
            spec = yaml.safe_load(str(part.get_payload())).get("spec") or {}
            local = (spec.get("instance") or {}).get("localStorage") or {}
            strategy = local.get("strategy", strategy)
    return strategy == "RAID0"
