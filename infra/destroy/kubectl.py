"""A cluster through `kubectl`, with the kubeconfig that the engine's own provider has.

Why kubectl: it is what whoever is on call has and what the runbooks use; the terminal's current
context is never taken, so that no other cluster can be meant.
"""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from infra.destroy.cluster import ClusterError
from infra.replies import blocks
from infra.wire import Properties

COMMAND_SECONDS = 60
NO_SUCH_KIND = "the server doesn't have a resource type"
"""kubectl's words for a kind that the server does not serve (kubectl 1.36)."""


class KubectlCluster:
    """One cluster; nothing of the terminal's own settings is used."""

    def __init__(self, kubeconfig: str) -> None:
        """Use a kubeconfig, which is JSON text without any credential."""
        self._kubeconfig = kubeconfig

    def objects(self, api_version: str, kind: str) -> Sequence[Properties]:
        """Return all objects of a kind; none where the server does not serve the kind.

        Raises:
            ClusterError: the server refuses, or cannot be reached.
        """
        try:
            printed = self._run("get", _resource(api_version, kind), "-A", "-o", "json")
        except ClusterError as error:
            if NO_SUCH_KIND in str(error):
                return []
            raise
        return blocks(json.loads(printed), "items")

    def delete(self, api_version: str, kind: str, name: str, namespace: str) -> None:
        """Ask for deletion, and do not wait; what is gone is fine.

        Raises:
            ClusterError: the server refuses, or cannot be reached.
        """
        what = (_resource(api_version, kind), name, "--namespace", namespace)
        self._run("delete", *what, "--ignore-not-found", "--wait=false")

    def _run(self, *arguments: str) -> str:
        if shutil.which("kubectl") is None:
            message = "kubectl is not on PATH: https://kubernetes.io/docs/tasks/tools/"
            raise ClusterError(message)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "kubeconfig"
            file.write_text(self._kubeconfig, encoding="utf-8")
            command = ["kubectl", "--kubeconfig", str(file), *arguments]
            try:
                ended = subprocess.run(  # noqa: S603 - arguments of our own
                    command, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False
                )
            except subprocess.TimeoutExpired as error:
                message = f"kubectl {arguments[0]}: no answer within {COMMAND_SECONDS} s"
                raise ClusterError(message) from error
        if ended.returncode != 0:
            message = f"kubectl {arguments[0]}: {ended.stderr.strip()}"
            raise ClusterError(message)
        return ended.stdout


def _resource(api_version: str, kind: str) -> str:
    """Return a kind as kubectl takes it without doubt: `Ingress.v1.networking.k8s.io`."""
    group, slash, version = api_version.rpartition("/")
    return f"{kind}.{version}.{group}" if slash else kind
