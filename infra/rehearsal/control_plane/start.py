"""Start the control plane's programs in order, each when what it needs is ready."""

import json
import os
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import urllib3

from infra.rehearsal.control_plane import commands
from infra.rehearsal.control_plane.files import Files
from infra.rehearsal.control_plane.plane import ControlPlane
from infra.rehearsal.kubernetes.values import emulated_version
from infra.rehearsal.ladder.results import Programs
from infra.rehearsal.supervisor import ChildEndedError, ChildSpec, Supervisor
from infra.rehearsal.supervisor.state import log_tail

READY_SECONDS = 60.0
"""It takes 3 s on two idle cores (2026-11); a busy machine takes longer."""
POLL_SECONDS = 0.05
REQUEST_SECONDS = 2.0
PORT_ATTEMPTS = 3
PORT_TAKEN = "address already in use"

T = TypeVar("T")


class ControlPlaneError(ValueError):
    """A program of the control plane does not start, or does not become ready."""


def start(  # noqa: PLR0913 - all but the first three are named
    supervisor: Supervisor,
    programs: Programs,
    directory: Path,
    *,
    kubernetes_version: str,
    authenticator_port: int | None = None,
    stages: Path | None = None,
) -> ControlPlane:
    """Start etcd, API server, controller manager, scheduler and kwok; return once all is ready.

    Args:
        supervisor: owns the programs from here on.
        programs: from the ladder.
        directory: a folder of its own for files and logs; an empty one gives an empty cluster.
        kubernetes_version: `major.minor` that the cluster is to look like.
        authenticator_port: loopback port that answers TokenReviews at `/authenticate`; it need not
            answer yet. None: only the admin's token is known.
        stages: kwok's stages; None starts no kwok, and no node ever becomes Ready.

    Raises:
        ControlPlaneError: not ready in time; names the program and quotes its log.
        ChildEndedError: a program ended; quotes its log.
    """
    return _Starter(supervisor, programs, Files(directory), kubernetes_version).run(
        authenticator_port, stages
    )


class _Starter:
    def __init__(
        self, supervisor: Supervisor, programs: Programs, files: Files, emulated: str
    ) -> None:
        self._supervisor = supervisor
        self._programs = programs
        self._files = files
        self._emulated = emulated
        self._token = ""

    def run(self, authenticator_port: int | None, stages: Path | None) -> ControlPlane:
        files = self._files
        self._token = files.prepare(authenticator_port)
        etcd_port = self._start_etcd()
        endpoint, ca_pem = self._start_api_server(etcd_port)
        files.write_kubeconfig(endpoint, ca_pem, self._token)
        self._start("kube-controller-manager", commands.controller_manager(files, self._emulated))
        self._start("kube-scheduler", commands.scheduler(files, self._emulated))
        if stages is not None:
            self._start("kwok", commands.kwok(files, stages))
        # Pods are refused until the controller manager has made their service account.
        account = "/api/v1/namespaces/default/serviceaccounts/default"
        self._await("kube-controller-manager", lambda: self._get(endpoint, ca_pem, account))
        version = json.loads(self._get(endpoint, ca_pem, "/version") or b"{}")
        plane = ControlPlane(
            endpoint=endpoint,
            ca_pem=ca_pem,
            admin_token=self._token,
            kubeconfig=files.kubeconfig,
            server_version=version["gitVersion"].removeprefix("v"),
            emulated_version=emulated_version(version),
        )
        plane.write(files.directory)
        return plane

    def _start_etcd(self) -> int:
        def attempt() -> int:
            client_port, peer_port = free_ports(2)
            self._start("etcd", commands.etcd(self._files, client_port, peer_port))
            self._await("etcd", lambda: is_healthy(client_port) or None)
            return client_port

        return with_free_ports("etcd", attempt)

    def _start_api_server(self, etcd_port: int) -> tuple[str, str]:
        def attempt() -> tuple[str, str]:
            (port,) = free_ports(1)
            endpoint = f"https://{commands.LOOPBACK}:{port}"
            self._start(
                "kube-apiserver",
                commands.api_server(self._files, etcd_port, port, self._emulated),
            )
            ca_pem = self._await("kube-apiserver", self._files.read_authority)
            self._await("kube-apiserver", lambda: self._get(endpoint, ca_pem, "/readyz"))
            return endpoint, ca_pem

        return with_free_ports("kube-apiserver", attempt)

    def _start(self, name: str, arguments: Sequence[str]) -> None:
        home = self._files.directory  # no program may find the user's ~/.kube or ~/.kwok
        self._supervisor.start(
            ChildSpec(
                name=name,
                command=(str(self._programs.path(name)), *arguments),
                log=self._files.log(name),
                environment={"HOME": str(home), "PATH": os.defpath},
                directory=home,
            )
        )

    def _await(self, name: str, ready: Callable[[], T | None]) -> T:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            self._supervisor.check()
            answer = ready()
            if answer is not None:
                self._supervisor.check()  # it may be another one's answer, on a port we lost
                return answer
            time.sleep(POLL_SECONDS)
        log = self._files.log(name)
        message = (
            f"{name}: not ready after {READY_SECONDS:.0f} s; the end of {log}:\n{log_tail(log)}"
        )
        raise ControlPlaneError(message)

    def _get(self, endpoint: str, ca_pem: str, path: str) -> bytes | None:
        """Return what the API server answers, its certificate verified; None unless it is 200."""
        with urllib3.PoolManager(ca_cert_data=ca_pem, retries=False) as pool:
            try:
                answer = pool.request(
                    "GET",
                    endpoint + path,
                    headers={"Authorization": f"Bearer {self._token}"},
                    timeout=REQUEST_SECONDS,
                )
            except urllib3.exceptions.HTTPError:
                return None
        return answer.data if answer.status == 200 else None  # noqa: PLR2004 - HTTP OK


def free_ports(count: int) -> list[int]:
    """Return loopback ports that were free a moment ago, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind((commands.LOOPBACK, 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def with_free_ports(name: str, attempt: Callable[[], T]) -> T:
    """Try again with other ports when somebody took one between its choice and the program's use.

    Only for that very program: another one that ended does not come back by a new attempt.
    """
    for _ in range(PORT_ATTEMPTS - 1):
        try:
            return attempt()
        except ChildEndedError as error:
            if error.name != name or PORT_TAKEN not in str(error).lower():
                raise
    return attempt()


def is_healthy(port: int) -> bool:
    """Ask etcd itself: anything may accept a connection on a port that somebody else took."""
    url = f"http://{commands.LOOPBACK}:{port}/health"
    with urllib3.PoolManager(retries=False) as pool:
        try:
            health = json.loads(pool.request("GET", url, timeout=REQUEST_SECONDS).data)
        except (urllib3.exceptions.HTTPError, ValueError):
            return False
    return isinstance(health, dict) and health.get("health") == "true"
