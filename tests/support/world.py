"""Node groups whose machines are played, and the real scheduler: what tests of both stand on.

Owns a namespace on the shared control plane, its node groups, the loop that plays their machines,
and taking all of it away again. Does not own what is expected of them.
"""

import time
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeVar

import pytest

from infra.catalog import releases
from infra.rehearsal.charts import objects_of
from infra.rehearsal.control_plane import ControlPlane
from infra.rehearsal.kubernetes.client import ApiClient, ApiError
from infra.rehearsal.nodes.autoscaler import Patience
from infra.rehearsal.nodes.controller import NodeController
from infra.rehearsal.nodes.factory import GROUP_LABEL
from infra.rehearsal.nodes.groups import NodeGroup
from infra.rehearsal.nodes.report import Verdict, verdicts
from infra.rehearsal.nodes.scaling import REASON
from infra.wire import Value
from tests.unit.rehearsal.nodes.examples import ListedGroups

T = TypeVar("T")
ANY_GPU: Value = {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
BACKGROUND = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
SHORT = Patience(gpus_seconds=2.0, late_gpus_seconds=2.0, no_group_seconds=1.0)


class World:
    """A namespace, node groups and a running node controller on the shared control plane."""

    def __init__(self, api: ApiClient, groups: ListedGroups) -> None:
        self.api = api
        self.groups = groups
        self.namespace = f"nodes-{uuid.uuid4().hex[:8]}"
        api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace}})
        self.install("cluster-autoscaler", autoDiscovery={"clusterName": "test"})

    def install(self, chart: str, **values: Value) -> None:
        version = releases.chart(chart).version
        for body in objects_of(chart, version, chart, self.namespace, values):
            self.api.apply(body, "test")

    def device_plugin(self) -> None:
        self.install("nvidia-device-plugin", gfd={"enabled": True})

    def model(self, requests: dict[str, str], replicas: int = 1) -> None:
        labels = {"tokenworks.dev/model": "qwen"}
        container = {
            "name": "vllm",
            "image": "vllm",
            "resources": {"requests": requests, "limits": _extended(requests)},
        }
        self.api.create(
            {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {"name": "qwen", "namespace": self.namespace},
                "spec": {
                    "replicas": replicas,
                    "strategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}},
                    "selector": {"matchLabels": labels},
                    "template": {
                        "metadata": {"labels": labels},
                        "spec": {
                            "nodeSelector": {"tokenworks.dev/pool": "l4"},
                            "tolerations": [ANY_GPU],
                            "containers": [container],
                        },
                    },
                },
            }
        )

    def deployment(self, name: str = "qwen") -> dict:
        return self.api.get("apps/v1", "Deployment", name, self.namespace)

    def until_available(self, replicas: int) -> None:
        wait(
            lambda: self.deployment()["status"].get("availableReplicas", 0) == replicas,
            f"{replicas} available replicas",
        )

    def refusal(self) -> str:
        """Return the message of the first event that says that growing helps no pod."""
        selector = f"reason={REASON}"
        events = wait(
            lambda: self.api.list_objects("v1", "Event", self.namespace, fieldSelector=selector),
            f"an event {REASON}",
        )
        return events[0]["message"]

    def verdict(self) -> Verdict:
        mine = [item for item in verdicts(self.api) if item.pod.startswith(self.namespace)]
        assert len(mine) == 1
        return mine[0]

    def nodes(self, group: str | None = None) -> list[dict]:
        selector = GROUP_LABEL if group is None else f"{GROUP_LABEL}={group}"
        return self.api.list_objects("v1", "Node", labelSelector=selector)

    def owned(self, api_version: str, kind: str) -> list[dict]:
        return self.api.list_objects(api_version, kind, self.namespace)

    def clean(self) -> None:
        for name in list(self.groups.by_name):
            self.groups.drop(name)
        inside = f"namespaces/{self.namespace}"
        for kinds in ("apps/v1/{}/deployments", "apps/v1/{}/daemonsets", "batch/v1/{}/jobs"):
            self.api.request("DELETE", f"/apis/{kinds.format(inside)}", BACKGROUND)
        self.api.request("DELETE", f"/api/v1/{inside}/pods")
        wait(lambda: not self.nodes(), "no node is left")
        wait(lambda: not self.owned("apps/v1", "ReplicaSet"), "nothing makes new pods")
        wait(lambda: not self.owned("v1", "Pod"), "no pod is left")
        # Not waited for: even an empty namespace takes 5 s to go.
        self.api.delete("v1", "Namespace", self.namespace)


@contextmanager
def open_world(control_plane: ControlPlane, *groups: NodeGroup) -> Generator[World]:
    """Play the machines of some groups until the end of the block; a passed test leaves nothing."""
    api = ApiClient(control_plane.endpoint, control_plane.ca_pem, control_plane.admin_token)
    listed = ListedGroups(*groups)
    made = World(api, listed)
    controller = NodeController(api, listed, SHORT)
    controller.start()
    try:
        yield made
        made.clean()
    finally:
        controller.stop()
        api.close()


def wait(condition: Callable[[], T], what: str, seconds: float = 60.0) -> T:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            found = condition()
        except ApiError:
            found = None
        if found:
            return found
        time.sleep(0.1)
    pytest.fail(f"after {seconds:.0f} s still not: {what}")


def _extended(requests: dict[str, str]) -> dict[str, str]:
    """Extended resources need a limit equal to the request."""
    return {name: amount for name, amount in requests.items() if "/" in name}
