"""What kwok leaves undone on a busy machine, and that the rehearsal does it."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from infra.rehearsal import control_plane as planes
from infra.rehearsal.control_plane import ControlPlane, commands
from infra.rehearsal.control_plane.files import Files
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.ladder import Programs
from infra.rehearsal.nodes import factory
from infra.rehearsal.nodes.controller import NodeController
from infra.rehearsal.nodes.stages import STAGES
from infra.rehearsal.nodes.view import node_view, pod_view
from infra.rehearsal.supervisor import ChildSpec, Supervisor
from tests.support.planes import KUBERNETES_VERSION
from tests.support.world import World, open_world, wait
from tests.unit.rehearsal.nodes.examples import SYSTEM, ListedGroups

pytestmark = pytest.mark.real

GROUP = replace(SYSTEM, max=1)
NODE = factory.node(GROUP, 0)["metadata"]["name"]
WITHOUT_A_VIEW_OF_LEASES = [
    {"apiGroups": [""], "resources": ["*"], "verbs": ["*"]},
    {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["create", "update"]},
]
VIEW_OF_LEASES = [
    {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["list", "watch"]},
]


@pytest.fixture
def world(control_plane: ControlPlane) -> Iterator[World]:
    with open_world(control_plane, GROUP) as opened:
        yield opened


def test_pods_are_ready_again_after_a_heartbeat_that_was_late(
    world: World, control_plane: ControlPlane
) -> None:
    world.device_plugin()  # brings pods of Deployments and of a DaemonSet onto the node

    def ready() -> list[bool]:
        pods = world.api.list_objects("v1", "Pod", world.namespace)
        return [pod_view(pod).ready for pod in pods]

    wait(lambda: len(ready()) > 2 and all(ready()), "all pods are ready")
    pods = len(ready())
    kwok = process_of_kwok(control_plane)
    kwok.suspend()
    try:  # the node controller's patience is 50 s
        wait(lambda: not any(ready()), "no pod is ready", seconds=120)
    finally:
        kwok.resume()
    wait(lambda: ready() == [True] * pods, "all pods are ready again")


def test_a_pod_that_came_before_kwok_knew_that_it_holds_the_lease_runs(
    programs: Programs, tmp_path: Path
) -> None:
    with Supervisor(tmp_path) as supervisor:
        directory = tmp_path / "control-plane"
        plane = planes.start(supervisor, programs, directory, kubernetes_version=KUBERNETES_VERSION)
        api = ApiClient(plane.endpoint, plane.ca_pem, plane.admin_token)
        api.create(factory.node(GROUP, 0))
        api.create(early_pod())
        # A slow cache of leases, made sure of: kwok makes the lease and cannot see it yet.
        token = allow(api, "lease-maker", WITHOUT_A_VIEW_OF_LEASES)
        start_kwok(supervisor, programs, plane, token, tmp_path / "kwok")
        wait(lambda: node_view(api.get("v1", "Node", NODE)).ready, "a Ready node")
        first = renewed(api)
        allow(api, "lease-maker", VIEW_OF_LEASES, role="lease-viewer")
        wait(lambda: renewed(api) != first, "kwok sees the lease that it holds")
        time.sleep(3)  # ten times what a stage waits
        if phase(api) == "Running":  # it listed pods anew in between: seen once, 2026-11-27
            pytest.skip("kwok played the pod by itself; when it always does, the mending can go")

        controller = NodeController(api, ListedGroups(GROUP))
        controller.start()
        try:
            wait(lambda: phase(api) == "Running", "the early pod runs")
        finally:
            controller.stop()
            api.close()


def process_of_kwok(plane: ControlPlane) -> psutil.Process:
    (kwok,) = [
        process
        for process in psutil.Process().children(recursive=True)
        if process.name() == "kwok" and f"--kubeconfig={plane.kubeconfig}" in process.cmdline()
    ]
    return kwok


def early_pod() -> dict:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "early", "namespace": "default"},
        "spec": {"nodeName": NODE, "containers": [{"name": "main", "image": "main"}]},
    }


def phase(api: ApiClient) -> str:
    return api.get("v1", "Pod", "early", "default")["status"]["phase"]


def renewed(api: ApiClient) -> str:
    lease = api.get("coordination.k8s.io/v1", "Lease", NODE, "kube-node-lease")
    return lease["spec"]["renewTime"]


def allow(api: ApiClient, account: str, rules: list[dict], role: str = "") -> str:
    """Give rights to a service account, which is made if need be; return a token of it."""
    role = role or account
    group = "rbac.authorization.k8s.io"
    subject = {"kind": "ServiceAccount", "name": account, "namespace": "default"}
    for body in (
        {"apiVersion": "v1", "kind": "ServiceAccount"}
        | {"metadata": {"name": account, "namespace": "default"}},
        {"apiVersion": f"{group}/v1", "kind": "ClusterRole", "metadata": {"name": role}}
        | {"rules": rules},
        {"apiVersion": f"{group}/v1", "kind": "ClusterRoleBinding", "metadata": {"name": role}}
        | {"roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": role}}
        | {"subjects": [subject]},
    ):
        api.apply(body, "test")
    path = api.object_path("v1", "ServiceAccount", account, "default")
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    return api.request("POST", f"{path}/token", request)["status"]["token"]


def start_kwok(
    supervisor: Supervisor, programs: Programs, plane: ControlPlane, token: str, directory: Path
) -> None:
    directory.mkdir()
    files = Files(directory)
    files.write_kubeconfig(plane.endpoint, plane.ca_pem, token)
    supervisor.start(
        ChildSpec(
            name="kwok",
            command=(str(programs.path("kwok")), *commands.kwok(files, STAGES)),
            log=files.log("kwok"),
            environment={"HOME": str(directory), "PATH": os.defpath},
            directory=directory,
        )
    )
