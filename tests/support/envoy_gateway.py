"""A real Envoy Gateway controller on a real API server, and a real Envoy that it programs.

Owns starting both as a cluster would: the controller in a folder that is its whole file system,
because it reads its certificates in `/certs` and nowhere else (v1.9.1, internal/xds/runner); Envoy
with the very arguments of the Deployment that the controller made, told where things are here.
"""

import base64
import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import psutil
import urllib3
import yaml

from components.kubernetes.gateway_names import CONTROLLER, NAMESPACE
from infra.rehearsal.control_plane import ControlPlane
from infra.rehearsal.kubernetes.client import ApiClient

TOOLS = Path(__file__).parents[2] / ".tools"
PROGRAM = TOOLS / "envoy-gateway" / "1.9.1" / "envoy-gateway"
ENVOY = TOOLS / "envoy" / "lib" / "python3.11" / "site-packages" / "envoy" / "_bin" / "envoy"
PORTS = (8081, 9443, 18000, 18001, 18002, 19000, 19001)
"""Of the controller, fixed in its source."""
HTTPS_PORT = 10443
HTTP_PORT = 10080
"""Of Envoy: the Gateway's ports, which are privileged, and ten thousand."""
ADMIN_PORT = 19500
"""Of Envoy here: its own 19000 is the controller's, too."""
SECONDS = 60
ALONE = ("unshare", "--user", "--map-root-user")
"""Root of a namespace of its own, who may change into a folder without being root outside."""


def missing() -> str:
    """Say why neither can run here; empty: they can."""
    for program, what in ((PROGRAM, "the Envoy Gateway controller"), (ENVOY, "Envoy")):
        if not program.exists():
            return f"{what} is not installed here (`make gateway` says why)"
    if subprocess.run([*ALONE, "true"], check=False, capture_output=True).returncode:
        return "this machine gives a process no namespace of its own"
    taken = [port for port in (*PORTS, HTTPS_PORT, HTTP_PORT, ADMIN_PORT) if _is_taken(port)]
    return f"ports are taken: {taken}" if taken else ""


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def own_address() -> str:
    """Return an address of this machine that is not its loopback, which no EndpointSlice takes."""
    for addresses in psutil.net_if_addrs().values():
        for one in addresses:
            if one.family is socket.AF_INET and not one.address.startswith(("127.", "169.254.")):
                return one.address
    return ""


def eventually(condition: Callable[[], bool], what: str, seconds: float = SECONDS) -> None:
    """Wait for a condition, or fail with what it was."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.2)


@contextlib.contextmanager
def controller(plane: ControlPlane, api: ApiClient, folder: Path) -> Generator[Path]:
    """Run the controller until the block ends; yields its log."""
    root = folder / "root"
    for name in ("certs", "config", "tmp", "etc", "var/lib/eg/wasm"):
        (root / name).mkdir(parents=True)
    shutil.copy(PROGRAM, root / PROGRAM.name)
    shutil.copy(plane.kubeconfig, root / "config" / "kubeconfig")
    settings = {
        "apiVersion": "gateway.envoyproxy.io/v1alpha1",
        "kind": "EnvoyGateway",
        "gateway": {"controllerName": CONTROLLER},
        "provider": {
            "type": "Kubernetes",
            "kubernetes": {
                "leaderElection": {"disable": True},
                "proxyTopologyInjector": {"disabled": True},
            },
        },
    }
    (root / "config" / "settings.yaml").write_text(yaml.safe_dump(settings))
    subprocess.run(
        _command(root, "certgen", "--disable-topology-injector"),
        env=_environment(),
        check=True,
        capture_output=True,
    )
    write_secret(api, "envoy-gateway", root / "certs")
    log = folder / "controller.log"
    with log.open("w") as output:
        running = subprocess.Popen(
            _command(root, "server", "--config-path=/config/settings.yaml"),
            env=_environment(),
            stdout=output,
            stderr=output,
        )
        try:
            yield log
        finally:
            running.terminate()
            running.wait(30)


def _command(root: Path, *arguments: str) -> list[str]:
    return [*ALONE, "chroot", str(root), f"/{PROGRAM.name}", *arguments]


def _environment() -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": "/tmp",  # noqa: S108 - of its own file system
        "KUBECONFIG": "/config/kubeconfig",
        "ENVOY_GATEWAY_NAMESPACE": NAMESPACE,
    }


def write_secret(api: ApiClient, name: str, folder: Path) -> None:
    """Write the values of a Secret of the gateway's namespace as files, as a pod finds them."""
    folder.mkdir(parents=True, exist_ok=True)
    for key, value in api.get("v1", "Secret", name, NAMESPACE)["data"].items():
        (folder / key).write_bytes(base64.b64decode(value))


@dataclass(frozen=True)
class Proxy:
    """A running Envoy."""

    log: Path
    """What it wrote: access log lines among it."""

    def dump(self) -> dict:
        """Return the whole configuration that it was given."""
        pool = urllib3.PoolManager()
        answer = pool.request(
            "GET", f"http://127.0.0.1:{ADMIN_PORT}/config_dump?include_eds", timeout=10
        )
        return answer.json()


@contextlib.contextmanager
def proxy(api: ApiClient, folder: Path) -> Generator[Proxy]:
    """Run Envoy as the one Deployment of the controller says; ends with the block."""
    found = [
        item
        for item in api.list_objects("apps/v1", "Deployment")
        if item["metadata"]["labels"].get("app.kubernetes.io/managed-by") == "envoy-gateway"
    ]
    (deployment,) = found
    (container,) = (
        item
        for item in deployment["spec"]["template"]["spec"]["containers"]
        if item["name"] == "envoy"
    )
    arguments = list(container["args"])
    where = arguments.index("--config-yaml") + 1
    write_secret(api, "envoy", folder / "certs")
    name = deployment["metadata"]["name"]
    files = api.get("v1", "ConfigMap", name, NAMESPACE)["data"]
    for file, text in files.items():
        (folder / file).write_text(text.replace("/certs", str(folder / "certs")))
    arguments[where] = json.dumps(_here(yaml.safe_load(arguments[where]), folder))
    log = folder / "envoy.log"
    told = [item.replace("$(ENVOY_POD_NAME)", "pod-1") for item in arguments]
    with log.open("w") as output:
        running = subprocess.Popen(
            [str(ENVOY), *told, "--base-id", "7"], stdout=output, stderr=output
        )
        try:
            yield Proxy(log)
        finally:
            running.terminate()
            running.wait(30)


def _here(bootstrap: dict, folder: Path) -> dict:
    """Return the bootstrap with this machine's addresses and files: nothing else is changed."""
    text = json.dumps(bootstrap).replace("/sds/", f"{folder}/")
    found = json.loads(text)
    found["admin"]["address"]["socket_address"]["port_value"] = ADMIN_PORT
    # The Prometheus listener has the controller's own port, and is not what is tried here.
    found["static_resources"]["listeners"] = []
    for cluster in found["static_resources"]["clusters"]:
        for group in cluster["load_assignment"]["endpoints"]:
            for endpoint in group["lb_endpoints"]:
                address = endpoint["endpoint"]["address"]["socket_address"]
                if cluster["name"] == "xds_cluster":
                    address["address"] = "127.0.0.1"
                else:
                    address["port_value"] = ADMIN_PORT
    return found
