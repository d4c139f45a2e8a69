"""Another Kubernetes version for a control plane that runs: what a cloud does on request.

Owns the order (the API server first, as Kubernetes' version skew policy wants it) and the wait.
etcd stays, and with it every object; the API server is away for some seconds. kubelets are played
by a program without a version: nodes bear the version of their pool.
"""

import time
from dataclasses import replace

from infra.rehearsal.control_plane.plane import ControlPlane
from infra.rehearsal.control_plane.start import POLL_SECONDS, READY_SECONDS, ControlPlaneError
from infra.rehearsal.kubernetes.client import ApiClient, ApiError
from infra.rehearsal.kubernetes.values import emulated_version
from infra.rehearsal.supervisor import ChildSpec, Supervisor

FLAG = "--emulated-version="
VERSIONED = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")


def upgrade(supervisor: Supervisor, plane: ControlPlane, version: str) -> ControlPlane:
    """Let the programs emulate another version, and return the control plane as it is then.

    Args:
        supervisor: of the programs.
        plane: as it runs.
        version: `major.minor`, no newer than the programs.

    Raises:
        ControlPlaneError: the API server does not answer in that version in time.
        ChildEndedError: a program ended; quotes its log.
    """

    def emulating(child: ChildSpec) -> ChildSpec:
        command = (FLAG + version if part.startswith(FLAG) else part for part in child.command)
        return replace(child, command=tuple(command))

    for name in VERSIONED:
        supervisor.restart(name, emulating)
        _await_version(supervisor, plane, version)
    return replace(plane, emulated_version=version)


def _await_version(supervisor: Supervisor, plane: ControlPlane, version: str) -> None:
    api = ApiClient(plane.endpoint, plane.ca_pem, plane.admin_token)
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        supervisor.check()
        if _emulated(api) == version:
            return
        time.sleep(POLL_SECONDS)
    message = f"kube-apiserver: does not emulate {version} after {READY_SECONDS:.0f} s"
    raise ControlPlaneError(message)


def _emulated(api: ApiClient) -> str:
    try:
        api.request("GET", "/api/v1/namespaces/kube-system")
        return emulated_version(api.request("GET", "/version"))
    except ApiError:  # not yet
        return ""
