"""A real cert-manager controller on a real API server.

Owns starting it: its own controllers with their defaults (`.ci/cert-manager`), without its webhook,
so that the schemas alone refuse.
"""

import contextlib
import os
import subprocess
from collections.abc import Generator
from pathlib import Path

from infra.rehearsal.control_plane import ControlPlane

PROGRAM = Path(__file__).parents[2] / ".tools" / "cert-manager" / "1.21.2" / "cert-manager"
SECONDS = 20


def missing() -> str:
    """Say why it cannot run here; empty: it can."""
    if not PROGRAM.exists():
        return "cert-manager is not installed here (`make certificates` says why)"
    return ""


@contextlib.contextmanager
def controller(plane: ControlPlane, folder: Path) -> Generator[Path]:
    """Run the controller until the block ends; yields its log."""
    log = folder / "cert-manager.log"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "POD_NAMESPACE": "cert-manager",
    }
    with log.open("w") as output:
        running = subprocess.Popen(
            [str(PROGRAM), "--kubeconfig", str(plane.kubeconfig)],
            env=environment,
            stdout=output,
            stderr=output,
        )
        try:
            yield log
        finally:
            running.terminate()
            try:
                running.wait(SECONDS)
            except subprocess.TimeoutExpired:  # it ends a call to the outside first
                running.kill()
                running.wait()
