"""A real Envoy Gateway controller on a real API server, and a real Envoy that it programs.

Owns starting both as a cluster would: the controller in a folder that is its whole file system,
because it reads its certificates in `/certs` and nowhere else (v1.9.1, internal/xds/runner); Envoy
with the very arguments of the Deployment that the controller made, told where things are here.
"""

import base64
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import urllib3
import yaml

from components.handles import CountsRef
from components.kubernetes.gateway_names import CONTROLLER, NAMESPACE
from components.kubernetes.shared_host import gateway_settings
from infra.rehearsal.control_plane import ControlPlane
from infra.rehearsal.kubernetes.client import ApiClient
from infra.spec.environment import Environment

TOOLS = Path(__file__).parents[2] / ".tools"
PROGRAM = TOOLS / "envoy-gateway" / "1.9.1" / "envoy-gateway"
KINDS = PROGRAM.with_name("gateway-crds-helm")
ENVOY = TOOLS / "envoy" / "lib" / "python3.11" / "site-packages" / "envoy" / "_bin" / "envoy"
CONTROLLER_ADMIN_PORT = 19500
"""Of the controller here: its own 19000 is Envoy's, too, whose ending program knows no other."""
PORTS = (8081, 9443, 18000, 18001, 18002, CONTROLLER_ADMIN_PORT)
"""Of the controller; all but the last are fixed in its source."""
HTTPS_PORT = 10443
HTTP_PORT = 10080
"""Of Envoy: the Gateway's ports, which are privileged, and ten thousand."""
ADMIN_PORT, STATS_PORT, READY_PORT = 19000, 19001, 19003
"""Of Envoy."""
PROXY_PORTS = (HTTPS_PORT, HTTP_PORT, ADMIN_PORT, STATS_PORT, READY_PORT)
SETTINGS = {
    "apiVersion": "gateway.envoyproxy.io/v1alpha1",
    "kind": "EnvoyGateway",
    "gateway": {"controllerName": CONTROLLER},
    "admin": {"address": {"host": "127.0.0.1", "port": CONTROLLER_ADMIN_PORT}},
    "telemetry": {"metrics": {"prometheus": {"disable": True}}},
    "provider": {
        "type": "Kubernetes",
        "kubernetes": {
            "leaderElection": {"disable": True},
            "proxyTopologyInjector": {"disabled": True},
        },
    },
    # As where a host is shared; the rate-limit service and its cache are not here.
    **{
        key: gateway_settings(CountsRef("counts.example.com:6379", ()), Environment.DEV)[key]
        for key in ("extensionApis", "rateLimit")
    },
}
"""Its file: the way in is one process here, and its two side ports give way to Envoy's."""
DEFINITION = "CustomResourceDefinition"
SECONDS = 60
ALONE = ("unshare", "--user", "--map-root-user")
"""Root of a namespace of its own, who may change into a folder without being root outside."""


def missing() -> str:
    """Say why neither can run here; empty: they can."""
    wanted = {PROGRAM: "the Envoy Gateway controller", KINDS: "its chart of kinds", ENVOY: "Envoy"}
    for path, what in wanted.items():
        if not path.exists():
            return f"{what} is not installed here (`make gateway` says why)"
    if subprocess.run([*ALONE, "true"], check=False, capture_output=True).returncode:
        return "this machine gives a process no namespace of its own"
    taken = [port for port in (*PORTS, *PROXY_PORTS) if _is_taken(port)]
    return f"ports are taken: {taken}" if taken else ""


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def kinds() -> Iterator[dict]:
    """Yield the definitions of the Gateway API and of Envoy Gateway, of the controller's version.

    Their contract is of a later day (docs/contracts.md), and has fields that this version has not.
    """
    for file in (KINDS / "standard-gatewayapi-crds.yaml", *sorted(KINDS.glob("generated/*.yaml"))):
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        # The chart's own conditions are around whole files.
        text = "".join(line for line in lines if not line.startswith("{{"))
        bodies = yaml.load_all(text, yaml.CSafeLoader)
        yield from (body for body in bodies if body and body["kind"] == DEFINITION)


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


class Controller:
    """The controller, in a folder that is its whole file system."""

    def __init__(self, plane: ControlPlane, api: ApiClient, folder: Path) -> None:
        """Make its folder and its certificates; it does not run yet."""
        self._root = folder / "root"
        self._log = folder / "controller.log"
        self._running: subprocess.Popen[bytes] | None = None
        for name in ("certs", "config", "tmp", "etc", "var/lib/eg/wasm"):
            (self._root / name).mkdir(parents=True)
        shutil.copy(PROGRAM, self._root / PROGRAM.name)
        shutil.copy(plane.kubeconfig, self._root / "config" / "kubeconfig")
        (self._root / "config" / "settings.yaml").write_text(yaml.safe_dump(SETTINGS))
        (self._root / "etc" / "hosts").write_text("127.0.0.1 localhost\n")
        made = self._run("certgen", "--disable-topology-injector")
        assert made.wait(SECONDS) == 0, self._log.read_text()
        write_secret(api, "envoy-gateway", self._root / "certs")

    def start(self) -> None:
        """Start it; it has looked at nothing yet when this returns."""
        self._running = self._run("server", "--config-path=/config/settings.yaml")

    def stop(self) -> None:
        """Stop it; proxies go on."""
        _stop(self._running)

    def end_proxy(self, *command: str) -> subprocess.Popen[bytes]:
        """Run the program that ends a proxy in peace, as its pod does before it stops."""
        return self._run(*command)

    def _run(self, *arguments: str) -> subprocess.Popen[bytes]:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": "/tmp",  # noqa: S108 - of its own file system
            "KUBECONFIG": "/config/kubeconfig",
            "ENVOY_GATEWAY_NAMESPACE": NAMESPACE,
        }
        command = [*ALONE, "chroot", str(self._root), f"/{PROGRAM.name}", *arguments]
        with self._log.open("a") as output:
            return subprocess.Popen(command, env=environment, stdout=output, stderr=output)


def _stop(running: subprocess.Popen[bytes] | None) -> None:
    if running is not None:
        running.terminate()
        running.wait(30)


def write_secret(api: ApiClient, name: str, folder: Path) -> None:
    """Write the values of a Secret of the gateway's namespace as files, as a pod finds them."""
    folder.mkdir(parents=True, exist_ok=True)
    for key, value in api.get("v1", "Secret", name, NAMESPACE)["data"].items():
        (folder / key).write_bytes(base64.b64decode(value))


class Proxy:
    """An Envoy, run as the one Deployment of the controller says."""

    def __init__(self, api: ApiClient, folder: Path) -> None:
        """Take its arguments, files and certificates; it does not run yet."""
        self.log = folder / "envoy.log"
        """What it wrote: access log lines among it."""
        self._running: subprocess.Popen[bytes] | None = None
        deployment = proxy_deployment(api)
        self.containers = {
            item["name"]: item for item in deployment["spec"]["template"]["spec"]["containers"]
        }
        """Of its pod, by name."""
        write_secret(api, "envoy", folder / "certs")
        name = deployment["metadata"]["name"]
        for file, text in api.get("v1", "ConfigMap", name, NAMESPACE)["data"].items():
            (folder / file).write_text(text.replace("/certs", str(folder / "certs")))
        told = [item.replace("$(ENVOY_POD_NAME)", "pod-1") for item in self._args()]
        where = told.index("--config-yaml") + 1
        told[where] = json.dumps(_here(yaml.safe_load(told[where]), folder))
        self._command = [str(ENVOY), *told, "--base-id", "7"]

    def _args(self) -> list[str]:
        return list(self.containers["envoy"]["args"])

    def start(self) -> None:
        """Start it; it has no routes yet when this returns."""
        with self.log.open("a") as output:
            self._running = subprocess.Popen(self._command, stdout=output, stderr=output)
        eventually(lambda: _is_taken(ADMIN_PORT), "Envoy is up")

    def stop(self) -> None:
        """Stop it as a kubelet would."""
        _stop(self._running)

    def dump(self) -> dict:
        """Return the whole configuration that it was given."""
        return self._admin("config_dump?include_eds").json()

    def counters(self, pattern: str) -> dict[str, int]:
        """Return its statistics whose names match, by name."""
        found = self._admin(f"stats?format=json&filter={pattern}").json()["stats"]
        return {item["name"]: item["value"] for item in found if "name" in item}

    def _admin(self, path: str) -> urllib3.BaseHTTPResponse:
        return urllib3.request("GET", f"http://127.0.0.1:{ADMIN_PORT}/{path}", timeout=10)


def proxy_deployment(api: ApiClient) -> dict:
    """Return the one Deployment of proxies that the controller made."""
    (deployment,) = (
        item
        for item in api.list_objects("apps/v1", "Deployment", NAMESPACE)
        if item["metadata"]["labels"].get("app.kubernetes.io/managed-by") == "envoy-gateway"
    )
    return deployment


def _here(bootstrap: dict, folder: Path) -> dict:
    """Return the bootstrap with this machine's files and controller: nothing else is changed."""
    found = json.loads(json.dumps(bootstrap).replace("/sds/", f"{folder}/"))
    for cluster in found["static_resources"]["clusters"]:
        if cluster["name"] == "xds_cluster":
            for group in cluster["load_assignment"]["endpoints"]:
                for endpoint in group["lb_endpoints"]:
                    endpoint["endpoint"]["address"]["socket_address"]["address"] = "127.0.0.1"
    return found
