"""Each machine has a network interface, from when its node is there until the node is gone."""

from infra.rehearsal.controllers.account import CloudAccount, Machine
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.nodes.factory import GROUP_LABEL, ZONE_LABEL


class Interfaces:
    """Keeps the network interfaces of the nodes."""

    def __init__(self, api: ApiClient, account: CloudAccount) -> None:
        """Prepare; nothing is sent yet."""
        self._api = api
        self._account = account
        self._kept: frozenset[Machine] = frozenset()

    def step(self) -> None:
        """Let the account follow the nodes; nothing is asked of it while they are the same.

        Raises:
            ApiError: The API server cannot be reached or refuses.
        """
        nodes = self._api.list_objects("v1", "Node", labelSelector=GROUP_LABEL)
        machines = frozenset(_machine(node) for node in nodes)
        if machines != self._kept:
            self._account.keep_interfaces(machines)
            self._kept = machines


def _machine(node: dict) -> Machine:
    labels = node["metadata"]["labels"]
    return Machine(node["metadata"]["name"], labels[GROUP_LABEL], labels.get(ZONE_LABEL, ""))
