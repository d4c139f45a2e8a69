"""The probe's own configuration in a real blackbox_exporter, against a server that answers as vLLM.

It takes seconds where the program is installed: nothing here builds it.
"""

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import urllib3

from components.observability import probe
from infra.rehearsal.control_plane.start import free_ports
from infra.spec.files import load_stack_file
from tests.support.envoy_gateway import eventually
from tests.support.exposition import samples

PROGRAM = shutil.which("blackbox_exporter")
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(PROGRAM is None, reason="not run: blackbox_exporter is not on the PATH"),
]
SCRAPE_SECONDS = 1.5
"""The program takes half a second off it: what hangs is given up within a second here."""


class Server(BaseHTTPRequestHandler):
    """Answers as the first part of a path says."""

    over = threading.Event()
    """Set once nobody waits any more."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = self.path.split("/")[1]
        if name == "hangs":
            self.over.wait()
        tokens = {"short": 3, "chatty": 17}.get(name, int(asked["min_tokens"]))
        status = {"fails": 500, "full": 503}.get(name, 200)
        body = {} if name == "odd" else {"usage": {"completion_tokens": tokens}}
        self._answer(status, json.dumps(body).encode())

    def do_GET(self) -> None:
        self._answer(401, b"{}")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in http.server
        """Say nothing."""


@pytest.fixture(scope="module", name="model")
def _model() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    Server.over.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module", name="prober")
def _prober(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    file = tmp_path_factory.mktemp("probe") / probe.FILE
    told = probe.configuration(load_stack_file("aws-prod").gateway)
    file.write_text(json.dumps(told), encoding="utf-8")
    (port,) = free_ports(1)
    address = f"http://127.0.0.1:{port}"
    with _started(file, port) as process:
        eventually(lambda: process.poll() is None and _is_healthy(address), "it runs")
        yield address
        process.terminate()


def _started(file: Path, port: int) -> subprocess.Popen[bytes]:
    arguments = [f"--config.file={file}", f"--web.listen-address=127.0.0.1:{port}"]
    return subprocess.Popen([str(PROGRAM), *arguments], stderr=subprocess.DEVNULL)


def _is_healthy(address: str) -> bool:
    try:
        return urllib3.request("GET", f"{address}/-/healthy", retries=False).status == 200
    except urllib3.exceptions.HTTPError:
        return False


def said(prober: str, module: str, target: str) -> dict[str, float]:
    answer = urllib3.request(
        "GET",
        f"{prober}/probe",
        fields={"module": module, "target": target},
        headers={"X-Prometheus-Scrape-Timeout-Seconds": f"{SCRAPE_SECONDS}"},
    )
    return {one.name: one.value for one in samples(answer.data.decode())}


@pytest.mark.parametrize(
    ("name", "success", "failed_by_count"),
    [
        ("good", 1, 0),
        ("short", 0, 1),
        ("chatty", 0, 1),
        ("odd", 0, 1),
        ("fails", 0, 0),
        ("full", 0, 0),
        ("hangs", 0, 0),
    ],
)
def test_a_model_has_answered_when_all_its_tokens_came(
    prober: str, model: str, name: str, success: float, failed_by_count: float
) -> None:
    found = said(prober, probe.COMPLETION, f"{model}/{name}/v1/completions")

    assert found["probe_success"] == success
    assert found["probe_failed_due_to_cel"] == failed_by_count
    assert (found["probe_duration_seconds"] >= SCRAPE_SECONDS - 0.6) is (name == "hangs")


def test_a_host_without_tls_is_no_way_in_though_it_asks_for_a_key(prober: str, model: str) -> None:
    found = said(prober, probe.LOCKED, f"{model}/v1/models")

    assert (found["probe_success"], found["probe_http_status_code"]) == (0, 401)
