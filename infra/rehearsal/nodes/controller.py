"""The node controller: it lets machines come, announces GPUs and plays the autoscaler.

Owns the order of a step. What a step does is in `machines`, `overlooked`, `gpus` and `scaling`; how
it is taken again and again is the loop's.
"""

import time

from infra.catalog.machines import UnknownMachineError
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.loop import Played
from infra.rehearsal.nodes.autoscaler import Patience
from infra.rehearsal.nodes.factory import machine_of
from infra.rehearsal.nodes.gpus import announce
from infra.rehearsal.nodes.groups import NodeGroup, NodeGroups
from infra.rehearsal.nodes.machines import Machines
from infra.rehearsal.nodes.overlooked import Overlooked
from infra.rehearsal.nodes.scaling import NUDGE, Scaling
from infra.rehearsal.nodes.view import Cluster, node_view, pod_view


class NodeController(Played):
    """Plays the machines of one cluster, from `start` to `stop`."""

    def __init__(
        self, api: ApiClient, groups: NodeGroups, patience: Patience | None = None
    ) -> None:
        """Prepare; nothing is sent yet."""
        super().__init__("node controller")
        self._api = api
        self._groups = groups
        self._machines = Machines(api)
        self._overlooked = Overlooked(api)
        self._scaling = Scaling(api, groups, patience or Patience())

    def step(self) -> None:
        """Look once and act once.

        Raises:
            ApiError: The API server cannot be reached or refuses.
        """
        cluster, now = self._look(), time.time()
        self._machines.step(cluster)
        self._overlooked.step(cluster, now)
        announce(self._api, cluster)
        self._scaling.step(cluster, now)

    def _look(self) -> Cluster:
        # Pods before nodes: the node of every placed pod is then among the nodes, or is gone.
        pods = tuple(pod_view(item) for item in self._api.list_objects("v1", "Pod"))
        nodes = tuple(node_view(item) for item in self._api.list_objects("v1", "Node"))
        groups = tuple(group for group in self._groups.list_groups() if self._known(group))
        return Cluster(groups, nodes, tuple(pod for pod in pods if pod.name != NUDGE[1]))

    def _known(self, group: NodeGroup) -> bool:
        try:
            machine_of(group)
        except UnknownMachineError as error:
            self._loop.report(f"node group {group.name} gets no nodes: {error}")
            return False
        return True
