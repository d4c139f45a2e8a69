"""The node controller: one loop that lets machines come, announces GPUs and plays the autoscaler.

Owns the loop, its thread and what happens when a step fails. What a step does is in `machines`,
`gpus` and `scaling`.
"""

import logging
import threading
import time

from infra.catalog.machines import UnknownMachineError
from infra.rehearsal.kubernetes.client import ApiClient, ApiError
from infra.rehearsal.nodes.autoscaler import Patience
from infra.rehearsal.nodes.factory import machine_of
from infra.rehearsal.nodes.gpus import announce
from infra.rehearsal.nodes.groups import NodeGroup, NodeGroups
from infra.rehearsal.nodes.machines import Machines
from infra.rehearsal.nodes.scaling import NUDGE, Scaling
from infra.rehearsal.nodes.view import Cluster, node_view, pod_view

_INTERVAL_SECONDS = 0.2
_STOP_SECONDS = 10.0
_log = logging.getLogger(__name__)


class NodeController:
    """Plays the machines of one cluster, from `start` to `stop`."""

    def __init__(
        self, api: ApiClient, groups: NodeGroups, patience: Patience | None = None
    ) -> None:
        """Prepare; nothing is sent yet."""
        self._api = api
        self._groups = groups
        self._machines = Machines(api)
        self._scaling = Scaling(api, groups, patience or Patience())
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="node-controller", daemon=True)
        self._trouble = ""

    def start(self) -> None:
        """Start the loop in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """End the loop; returns when its current step is done."""
        self._stopping.set()
        self._thread.join(_STOP_SECONDS)

    def step(self) -> None:
        """Look once and act once.

        Raises:
            ApiError: The API server cannot be reached or refuses.
        """
        cluster = self._look()
        self._machines.step(cluster)
        announce(self._api, cluster)
        self._scaling.step(cluster, time.time())

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
            self._report(f"node group {group.name} gets no nodes: {error}")
            return False
        return True

    def _run(self) -> None:
        while not self._stopping.wait(_INTERVAL_SECONDS):
            try:
                self.step()
            except ApiError as error:
                self._report(str(error))
            except Exception as error:  # noqa: BLE001 - without the loop nothing becomes Ready
                self._report(f"a step failed: {error!r}", error)

    def _report(self, trouble: str, error: Exception | None = None) -> None:
        """Say a trouble once, not five times a second for as long as it lasts."""
        if trouble != self._trouble:
            _log.warning("node controller: %s", trouble, exc_info=error)
            self._trouble = trouble
