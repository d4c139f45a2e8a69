"""The place where a rehearsal happens: a control plane, a simulated cloud, and how to look at both.

Owns: starting the two in order, and how to ask them.
Does not own: what is built there (the engine does that) or how it is reported.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import urllib3

from infra.preflight.facts import TYPICAL
from infra.rehearsal.clouds import CloudDoor, RehearsedCloud, rehearsed_cloud
from infra.rehearsal.control_plane import ControlPlane
from infra.rehearsal.control_plane import start as start_control_plane
from infra.rehearsal.control_plane.files import AUTHORITY_FILE, write_secret
from infra.rehearsal.control_plane.start import free_ports
from infra.rehearsal.engine import EngineSession
from infra.rehearsal.existing_network import ExistingNetwork
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.kubernetes.kubeconfig import PUBLIC_AUTHORITY_VARIABLE
from infra.rehearsal.ladder import Programs
from infra.rehearsal.language_host.programs import is_address
from infra.rehearsal.nodes.stages import STAGES
from infra.rehearsal.supervisor import ChildSpec, Supervisor
from infra.rehearsal.supervisor.state import log_tail
from infra.spec.cloud import CloudProvider, CloudSpec
from infra.spec.stack import StackSpec

CLOUD_FILES = "simulated-cloud"
PRELOADED = "preloaded-sdks"
CLOUD_READY_SECONDS = 60.0
"""It takes about 4 s on two idle cores (2026-11): moto's imports and AWS's managed policies."""
POLL_SECONDS = 0.05
REQUEST_SECONDS = 10.0


class SiteError(ValueError):
    """The place cannot be set up."""


@dataclass(frozen=True)
class SiteFolders:
    """Where one rehearsal keeps its files; nothing outside is written but the program cache."""

    root: Path

    @classmethod
    def of(cls, project: Path, stack: str) -> "SiteFolders":
        """Return the folders of a stack's rehearsal in a project."""
        return cls(project / ".rehearsal" / stack)

    @property
    def control_plane(self) -> Path:
        """Files and logs of etcd, the API server and its companions."""
        return self.root / "control-plane"

    @property
    def authority(self) -> Path:
        """The certificate of the API server's own authority."""
        return self.control_plane / AUTHORITY_FILE

    @property
    def engine(self) -> Path:
        """The engine's backend, settings and logs."""
        return self.root / "engine"

    @property
    def cloud_log(self) -> Path:
        """Log of the simulated cloud."""
        return self.root / f"{CLOUD_FILES}.log"

    @property
    def cloud_state(self) -> Path:
        """The simulated account's marker credentials; readable by its owner only."""
        return self.root / f"{CLOUD_FILES}.json"

    @property
    def cloud_journal(self) -> Path:
        """Every call that changed the simulated account; readable by its owner only."""
        return self.root / f"{CLOUD_FILES}.journal"

    @property
    def existing_network(self) -> Path:
        """The network that is in the account at its start; absent when a stack makes its own."""
        return self.root / "existing-network.json"

    @property
    def preloaded(self) -> Path | None:
        """Socket of the process that has the SDKs loaded; None where no socket can be."""
        address = self.root.absolute() / "sdks"
        return address if is_address(address) else None

    @property
    def plane_for_cloud(self) -> Path:
        """What the simulated cloud is told of the API server; readable by its owner only."""
        return self.root / "plane-for-cloud.json"

    @property
    def kept(self) -> Path:
        """What a later `--destroy` needs to know."""
        return self.root / "kept.json"


@dataclass(frozen=True)
class Site:
    """A running control plane and a running simulated cloud."""

    folders: SiteFolders
    cloud: RehearsedCloud
    """The cloud that is simulated."""
    region: str
    """Region of the stacks."""
    plane: ControlPlane
    provider_port: int
    """Loopback port at which the simulated cloud speaks the engine's provider protocol."""
    cloud_port: int
    """Loopback port at which it answers token reviews and the inventory."""

    @property
    def api(self) -> ApiClient:
        """A client with the administrator's token: to look, never to build."""
        return ApiClient(self.plane.endpoint, self.plane.ca_pem, self.plane.admin_token)

    @property
    def door(self) -> CloudDoor:
        """The API of the simulated cloud, and the marker credentials for it."""
        state = json.loads(self.folders.cloud_state.read_text(encoding="utf-8"))
        return CloudDoor(f"http://127.0.0.1:{self.cloud_port}", state, self.region)

    def session(
        self,
        engine: Path,
        project: Path,
        *,
        check: Callable[[], None],
        policy_packs: Sequence[Path] = (),
    ) -> EngineSession:
        """Return the engine, attached to this place, for the stacks of a project.

        Previews and updates must pass the policy packs. `check` raises when a program of this place
        has ended; it is called while the engine works.

        Raises:
            UnsafeBackendError: the engine would keep state elsewhere.
        """
        return EngineSession(
            engine,
            project,
            self.folders.engine,
            debug_providers={self.cloud.provider: self.provider_port},
            # GKE's DNS endpoint has a public certificate, so no kubeconfig names its authority.
            credentials={
                **self.cloud.credentials(self.door),
                PUBLIC_AUTHORITY_VARIABLE: str(self.folders.authority),
            },
            preloaded=self.folders.preloaded,
            policy_packs=policy_packs,
            check=check,
        )

    def cloud_inventory(self) -> list[dict[str, str]]:
        """Return what exists in the simulated account and did not at its start.

        Raises:
            SiteError: the simulated cloud does not answer.
        """
        answer = _ask(self.cloud_port, "/inventory")
        if answer is None:
            message = (
                f"{self.cloud.program}: does not answer; the end of {self.folders.cloud_log}:\n"
                f"{log_tail(self.folders.cloud_log)}"
            )
            raise SiteError(message)
        return json.loads(answer)


def open_site(  # noqa: PLR0913 - the last two are named and have a default
    supervisor: Supervisor,
    programs: Programs,
    folders: SiteFolders,
    spec: StackSpec,
    *,
    facts: str = TYPICAL,
    preload: bool = True,
) -> Site:
    """Start an empty cluster and an empty account; return once both answer.

    A network that the spec names is in the account already.

    Args:
        supervisor: what owns the programs.
        programs: the control plane's.
        folders: where they write.
        spec: says which Kubernetes and which region.
        facts: name or file of the facts of the account; its quotas are enforced.
        preload: load the SDKs once for all programs; not where the time of a program is measured.

    Raises:
        ControlPlaneError: a program of the control plane is not ready in time.
        ChildEndedError: a program ended.
        SiteError: the simulated cloud is not ready in time.
    """
    cloud = rehearsed_cloud(spec.cloud.provider)
    cloud_port, provider_port = free_ports(2)
    existing = ExistingNetwork.of(spec)
    if existing is not None:
        existing.write(folders.existing_network)
    # First, because it takes longest to load; it waits for the description of the API server.
    supervisor.start(
        _cloud_child(
            folders, cloud, cloud_port=cloud_port, provider_port=provider_port, facts=facts
        )
    )
    if preload and folders.preloaded:
        supervisor.start(_preloaded_child(folders, folders.preloaded, spec.cloud.provider))
    plane = start_control_plane(
        supervisor,
        programs,
        folders.control_plane,
        kubernetes_version=spec.cluster.kubernetes_version,
        authenticator_port=cloud_port,
        stages=STAGES,
    )
    site = Site(folders, cloud, spec.cloud.region, plane, provider_port, cloud_port)
    _describe_plane(site, spec.cloud)
    _await_cloud(supervisor, site)
    return site


def _cloud_child(
    folders: SiteFolders, cloud: RehearsedCloud, *, cloud_port: int, provider_port: int, facts: str
) -> ChildSpec:
    existing = ("--existing-network", str(folders.existing_network))
    return ChildSpec(
        name=cloud.program,
        command=(
            *(sys.executable, "-P", "-m", cloud.module),
            *("--port", str(provider_port)),
            *("--authenticator-port", str(cloud_port)),
            *("--control-plane", str(folders.plane_for_cloud)),
            *("--state-file", str(folders.cloud_state)),
            *("--facts", facts),
            *("--journal", str(folders.cloud_journal)),
            *(existing if folders.existing_network.exists() else ()),
        ),
        log=folders.cloud_log,
        environment={"HOME": str(folders.root), "PATH": os.defpath},
        directory=folders.root,
    )


def _preloaded_child(folders: SiteFolders, address: Path, cloud: CloudProvider) -> ChildSpec:
    address.unlink(missing_ok=True)
    return ChildSpec(
        name=PRELOADED,
        command=(
            *(sys.executable, "-u", "-P", "-m", "infra.rehearsal.language_host.preloaded"),
            str(address),
            cloud,
        ),
        log=folders.root / f"{PRELOADED}.log",
        environment={"HOME": str(folders.root), "PATH": os.defpath},
        directory=folders.root,
    )


def _describe_plane(site: Site, cloud: CloudSpec) -> None:
    facts = {
        "endpoint": site.plane.endpoint,
        "caPem": site.plane.ca_pem,
        "adminToken": site.plane.admin_token,
        "region": cloud.region,
        "project": cloud.project or "",
    }
    partial = site.folders.plane_for_cloud.with_suffix(".partial")
    write_secret(partial, json.dumps(facts))
    partial.replace(site.folders.plane_for_cloud)


def _await_cloud(supervisor: Supervisor, site: Site) -> None:
    deadline = time.monotonic() + CLOUD_READY_SECONDS
    while not _is_ready(site):
        supervisor.check()
        if time.monotonic() > deadline:
            message = (
                f"{site.cloud.program}: not ready after {CLOUD_READY_SECONDS:.0f} s; the end of"
                f" {site.folders.cloud_log}:\n{log_tail(site.folders.cloud_log)}"
            )
            raise SiteError(message)
        time.sleep(POLL_SECONDS)


def _is_ready(site: Site) -> bool:
    """Say whether the cloud is all there: it writes its state when every port of it listens."""
    try:
        json.loads(site.folders.cloud_state.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):  # not yet, or not to its end
        return False
    return _ask(site.cloud_port, "/inventory") is not None


def _ask(port: int, path: str) -> bytes | None:
    try:
        answer = urllib3.request(
            "GET", f"http://127.0.0.1:{port}{path}", retries=False, timeout=REQUEST_SECONDS
        )
    except urllib3.exceptions.HTTPError:
        return None
    return answer.data if answer.status == 200 else None  # noqa: PLR2004 - HTTP OK
