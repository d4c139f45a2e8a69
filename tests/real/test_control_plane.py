"""The real control plane, driven by our own supervisor."""

import importlib
import socket
import ssl
import time
from pathlib import Path

import psutil
import pytest
import urllib3

from infra.rehearsal import control_plane as planes
from infra.rehearsal.control_plane import ControlPlane
from infra.rehearsal.control_plane.start import free_ports
from infra.rehearsal.ladder import Programs
from infra.rehearsal.supervisor import Supervisor, find_kept

pytestmark = pytest.mark.real


def test_the_control_plane_serves_the_stacks_version_with_the_pinned_programs(
    control_plane: ControlPlane, programs: Programs
) -> None:
    assert control_plane.emulated_version == "1.35"
    assert control_plane.server_version == programs.by_name["kube-apiserver"].version


def test_the_api_server_is_verified_by_its_authority_and_knows_only_its_tokens(
    control_plane: ControlPlane,
) -> None:
    strict = ssl.create_default_context(cadata=control_plane.ca_pem)
    strict.verify_flags |= ssl.VERIFY_X509_STRICT  # the default from Python 3.13 on
    url = f"{control_plane.endpoint}/api/v1/namespaces"

    def status(token: str | None) -> int:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        with urllib3.PoolManager(ssl_context=strict, retries=False) as pool:
            return pool.request("GET", url, headers=headers).status

    assert status(control_plane.admin_token) == 200
    assert status("guessed") == 401
    assert status(None) == 401
    with (
        urllib3.PoolManager(retries=False) as pool,
        pytest.raises(urllib3.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        pool.request("GET", url)


def test_secrets_of_the_control_plane_are_the_owners_and_in_no_argument(
    control_plane: ControlPlane,
) -> None:
    directory = control_plane.kubeconfig.parent
    for name in ("tokens.csv", "service-account.key", "admin.kubeconfig", "control-plane.json"):
        assert (directory / name).stat().st_mode & 0o077 == 0
    arguments = [
        " ".join(process.cmdline()) for process in psutil.Process().children(recursive=True)
    ]
    assert any("kube-apiserver" in line for line in arguments)
    assert not any(control_plane.admin_token in line for line in arguments)
    assert control_plane.admin_token not in repr(control_plane)


def test_a_control_plane_is_gone_once_its_supervisor_stopped(
    programs: Programs, tmp_path: Path
) -> None:
    started = time.monotonic()
    with Supervisor(tmp_path) as supervisor:
        plane = planes.start(supervisor, programs, tmp_path / "plane", kubernetes_version="1.35")
        running = find_kept(tmp_path)
        assert running is not None
        tree = running.process.children(recursive=True)
        names = {process.name() for process in tree}
        assert {"etcd", "kube-apiserver", "kube-scheduler"} <= names
        assert planes.ControlPlane.read(tmp_path / "plane") == plane
    assert [process for process in tree if process.is_running()] == []
    with urllib3.PoolManager(retries=False) as pool, pytest.raises(urllib3.exceptions.HTTPError):
        pool.request("GET", plane.endpoint, timeout=1)
    assert time.monotonic() - started < 60


def test_a_port_that_somebody_took_costs_a_second_attempt_and_no_more(
    programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken, Supervisor(tmp_path) as supervisor:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        asked: list[int] = []

        def first_a_taken_one(count: int) -> list[int]:
            asked.append(count)
            return [port, *free_ports(count - 1)] if asked.count(count) == 1 else free_ports(count)

        module = importlib.import_module("infra.rehearsal.control_plane.start")
        monkeypatch.setattr(module, "free_ports", first_a_taken_one)
        plane = planes.start(supervisor, programs, tmp_path / "plane", kubernetes_version="1.35")
        supervisor.check()
    assert asked == [2, 2, 1, 1]
    assert str(port) not in plane.endpoint


def test_a_version_that_cannot_be_emulated_is_refused_with_the_servers_own_words(
    programs: Programs, tmp_path: Path
) -> None:
    with (
        Supervisor(tmp_path) as supervisor,
        pytest.raises(ValueError, match=r"kube-apiserver: ended with exit code 1[\s\S]*1\.20"),
    ):
        planes.start(supervisor, programs, tmp_path / "plane", kubernetes_version="1.20")
