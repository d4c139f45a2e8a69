"""The API server as the account's calls see it, so that a killed account can be built anew.

Owns: putting every question of the simulated cluster service through the recorder. When a call is
repeated, the API server is left alone: it has outlived the kill, and may have moved on since.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import cast

from infra.rehearsal.cloud.control_plane import ControlPlane, KubernetesApi
from infra.rehearsal.cloud.recording import Recorder


def witnessed(plane: ControlPlane | None, recorder: Recorder) -> ControlPlane | None:
    """Return the API server as calls of the account see it."""
    return None if plane is None else replace(plane, api=WitnessedApi(plane.api, recorder))


@dataclass(frozen=True)
class WitnessedApi(KubernetesApi):
    """An API server through a recorder."""

    api: KubernetesApi
    recorder: Recorder

    def apply(self, body: dict, field_manager: str, *, force: bool = False) -> dict:
        """Apply an object on the server's side."""
        ask = partial(self.api.apply, body, field_manager, force=force)
        return cast("dict", self.recorder.witness(ask))

    def delete(
        self, api_version: str, kind: str, name: str, namespace: str = "", *, propagation: str = ""
    ) -> None:
        """Ask for deletion."""
        thing = (api_version, kind, name, namespace)
        self.recorder.witness(partial(self.api.delete, *thing, propagation=propagation))

    def list_objects(
        self, api_version: str, kind: str, namespace: str | None = None, **query: str | int | bool
    ) -> list[dict]:
        """Return all objects of a kind."""
        ask = partial(self.api.list_objects, api_version, kind, namespace, **query)
        return cast("list[dict]", self.recorder.witness(ask))

    def request(self, method: str, path: str) -> dict:
        """Send one request and return the decoded answer."""
        ask = partial(self.api.request, method, path)
        return cast("dict", self.recorder.witness(ask))
