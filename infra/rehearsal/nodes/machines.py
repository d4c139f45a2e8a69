"""Machines come and go: Node objects follow what the node groups ask for.

Owns creation, draining and removal of nodes and of the pods that a vanished node leaves behind.
Does not own how many there should be (the cloud, `autoscaler`) nor how they become Ready
(`stages.yaml`).

Not simulated: pod disruption budgets while a group shrinks (EKS waits up to 15 minutes for them,
then deletes the pods; the rehearsal deletes them at once), and machines that fail to start.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from infra.rehearsal.kubernetes.client import MERGE_PATCH, NOT_FOUND, ApiClient, ApiError
from infra.rehearsal.nodes.factory import LEAVING_ANNOTATION, node
from infra.rehearsal.nodes.groups import NodeGroup
from infra.rehearsal.nodes.view import Cluster, NodeView, PodView

_CONFLICT = 409
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """What is missing and what is too much."""

    create: tuple[NodeGroup, ...]
    """A group for each node that it lacks."""
    remove: tuple[NodeView, ...]
    """Nodes to drain and end, those already leaving among them."""


def plan(groups: Sequence[NodeGroup], nodes: Sequence[NodeView]) -> Plan:
    """Compare groups and nodes. The newest nodes of a group leave first."""
    create: list[NodeGroup] = []
    remove = [node for node in nodes if node.leaving]
    for group in groups:
        mine = [node for node in nodes if node.group == group.name and not node.leaving]
        create += [group] * (group.desired - len(mine))
        newest_first = sorted(mine, key=lambda node: node.serial, reverse=True)
        remove += newest_first[: max(0, len(mine) - group.desired)]
    names = {group.name for group in groups}
    remove += [
        node for node in nodes if node.group and node.group not in names and not node.leaving
    ]
    return Plan(tuple(create), tuple(remove))


class Machines:
    """Keeps the nodes of one cluster. Not thread-safe: one loop calls it."""

    def __init__(self, api: ApiClient) -> None:
        """Prepare; nothing is sent yet."""
        self._api = api
        self._serials: dict[str, int] = {}

    def step(self, cluster: Cluster) -> None:
        """Take one step towards what the groups ask for.

        Raises:
            ApiError: The API server cannot be reached or refuses.
        """
        todo = plan(cluster.groups, cluster.nodes)
        for group in todo.create:
            self._create(group, cluster)
        for leaving in todo.remove:
            self._remove(leaving, cluster)
        self._sweep(cluster)

    def _create(self, group: NodeGroup, cluster: Cluster) -> None:
        seen = max((node.serial for node in cluster.nodes if node.group == group.name), default=-1)
        serial = max(seen, self._serials.get(group.name, -1)) + 1
        self._serials[group.name] = serial
        try:
            self._api.create(node(group, serial))
        except ApiError as error:
            # Another machine has the address: the next serial gets another one.
            if error.status != _CONFLICT:
                raise

    def _remove(self, leaving: NodeView, cluster: Cluster) -> None:
        if not leaving.leaving:
            body = {
                "metadata": {"annotations": {LEAVING_ANNOTATION: "true"}},
                "spec": {"unschedulable": True},
            }
            path = self._api.object_path("v1", "Node", leaving.name)
            self._api.request("PATCH", path, body, content_type=MERGE_PATCH)
            return
        guests = [pod for pod in cluster.pods_on(leaving) if not pod.of_daemon_set]
        if not guests:
            _log.info("node %s ends", leaving.name)
            self._gone(self._api.object_path("v1", "Node", leaving.name), {})
        for pod in guests:
            if not pod.deleting:
                self._gone(self._api.object_path("v1", "Pod", pod.name, pod.namespace), {})

    def _sweep(self, cluster: Cluster) -> None:
        """Pods of a node that is gone go at once; a real cluster's pod collector takes a minute."""
        names = {node.name for node in cluster.nodes}
        for pod in _stranded(cluster.pods, names):
            path = self._api.object_path("v1", "Pod", pod.name, pod.namespace)
            self._gone(path, {"gracePeriodSeconds": 0})

    def _gone(self, path: str, options: dict[str, int]) -> None:
        body = {"apiVersion": "v1", "kind": "DeleteOptions", **options}
        try:
            self._api.request("DELETE", path, body)
        except ApiError as error:
            if error.status != NOT_FOUND:
                raise


def _stranded(pods: Sequence[PodView], node_names: set[str]) -> list[PodView]:
    return [pod for pod in pods if pod.node and pod.node not in node_names]
