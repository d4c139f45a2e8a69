"""The API server as the account's calls see it, so that a killed account can be built anew.

Owns: putting every question of the simulated cluster service through the recorder. When a call is
repeated, the API server is left alone: it has outlived the kill, and may have moved on since.
"""

from dataclasses import dataclass
from typing import cast

from infra.rehearsal.cloud.control_plane import KubernetesApi
from infra.rehearsal.cloud.recording import Recorder


@dataclass(frozen=True)
class WitnessedApi:
    """`KubernetesApi` through a recorder."""

    api: KubernetesApi
    recorder: Recorder

    def apply(
        self, body: dict, field_manager: str, *, force: bool = False, dry_run: bool = False
    ) -> dict:
        """Apply an object on the server's side."""
        answer = self.recorder.witness(
            lambda: self.api.apply(body, field_manager, force=force, dry_run=dry_run)
        )
        return cast("dict", answer)

    def delete(  # noqa: PLR0913 - an object's address and how to delete it
        self,
        api_version: str,
        kind: str,
        name: str,
        namespace: str = "",
        *,
        uid: str = "",
        propagation: str = "",
    ) -> None:
        """Ask for deletion."""
        self.recorder.witness(
            lambda: self.api.delete(
                api_version, kind, name, namespace, uid=uid, propagation=propagation
            )
        )

    def list_objects(
        self, api_version: str, kind: str, namespace: str | None = None, **query: str | int | bool
    ) -> list[dict]:
        """Return all objects of a kind."""
        answer = self.recorder.witness(
            lambda: self.api.list_objects(api_version, kind, namespace, **query)
        )
        return cast("list[dict]", answer)
