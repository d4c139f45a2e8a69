"""A simulated cloud as a process that a test kills and starts again."""

import json
import subprocess
import sys
from pathlib import Path

from infra.rehearsal.clouds import CloudDoor, rehearsed_cloud
from infra.rehearsal.control_plane import ControlPlane
from infra.rehearsal.control_plane.start import free_ports
from infra.spec.cloud import CloudSpec
from infra.spec.files import load_stack_file

AWS = load_stack_file("aws-dev").cloud
REGION = AWS.region


class Daemon:
    """`python -m infra.rehearsal.{aws,gcp}` with a journal, on ports that stay."""

    def __init__(self, folder: Path, plane: ControlPlane, at: CloudSpec = AWS) -> None:
        """Prepare it; its clusters are an API server that runs."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.at = folder, at
        self.cloud = rehearsed_cloud(at.provider)
        self.journal = folder / "journal"
        self.faults = folder / "faults"
        self.faults.mkdir(exist_ok=True)
        self.provider_port, self.api_port = free_ports(2)
        described = {
            "endpoint": plane.endpoint,
            "caPem": plane.ca_pem,
            "adminToken": plane.admin_token,
            "region": at.region,
            "project": at.project or "",
        }
        (folder / "plane.json").write_text(json.dumps(described), encoding="utf-8")
        self._process: subprocess.Popen[str] | None = None

    def start(self, journal: Path | None = None) -> None:
        """Start it, with its journal or with a copy of it."""
        command = [
            *(sys.executable, "-m", self.cloud.module),
            *("--port", str(self.provider_port), "--authenticator-port", str(self.api_port)),
            *("--control-plane", str(self.folder / "plane.json")),
            *("--state-file", str(self.folder / "state.json")),
            *("--journal", str(journal or self.journal)),
            *("--faults", str(self.faults)),
        ]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        assert self._process.stdout is not None
        ready = self._process.stdout.readline()
        assert ready, (self.folder / "log").read_text(encoding="utf-8")

    def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    @property
    def door(self) -> CloudDoor:
        """Its API, and the marker credentials for it."""
        state = json.loads((self.folder / "state.json").read_text(encoding="utf-8"))
        return CloudDoor(f"http://127.0.0.1:{self.api_port}", state, self.at.region)

    @property
    def credentials(self) -> dict[str, str]:
        """Its marker credentials, as environment variables."""
        return self.cloud.credentials(self.door)
