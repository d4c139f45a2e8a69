"""The ports of a destroy (`infra.destroy`) on a rehearsal's engine, cluster and cloud.

Owns the translation and nothing of the order: that is the one of a real destroy.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from infra.destroy.cluster import ClusterError
from infra.destroy.run import Place
from infra.rehearsal.engine import EngineSession, OperationResult
from infra.rehearsal.failure import require_ok
from infra.rehearsal.kubernetes.client import NOT_FOUND, ApiClient, ApiError
from infra.rehearsal.screen import Screen, changes
from infra.rehearsal.site import Site
from infra.wire import Properties, Value


@dataclass(frozen=True)
class RehearsedEngine:
    """The engine of a rehearsal."""

    session: EngineSession
    on_end: Callable[[OperationResult], None]
    """Told of the end of each operation; raises when it failed."""
    screen: Screen

    def export(self, stack: str) -> Mapping[str, Value]:
        """Return the state."""
        return self.session.export(stack)

    def delete(self, stack: str, only: Sequence[str] = ()) -> None:
        """Delete what a stack has, or of it the resources of some URNs."""
        with self.screen.phase(f"{'empty' if only else 'destroy'} {stack}") as phase:
            result = self.session.destroy(stack, only=only, on_event=self.screen.resource)
            phase.outcome = changes(result)
        self.on_end(result)


@dataclass(frozen=True)
class RehearsedCluster:
    """The cluster of a rehearsal, as its administrator has it."""

    api: ApiClient

    def objects(self, api_version: str, kind: str) -> Sequence[Properties]:
        """Return all objects of a kind; none where the server does not serve the kind.

        Raises:
            ClusterError: the server refuses, or cannot be reached.
        """
        try:
            return self.api.list_served(api_version, kind)
        except ApiError as error:
            raise ClusterError(str(error)) from error

    def delete(self, api_version: str, kind: str, name: str, namespace: str) -> None:
        """Ask for deletion; what is gone is fine.

        Raises:
            ClusterError: the server refuses, or cannot be reached.
        """
        try:
            self.api.delete(api_version, kind, name, namespace)
        except ApiError as error:
            if error.status != NOT_FOUND:
                raise ClusterError(str(error)) from error


def place_of(site: Site, session: EngineSession, screen: Screen) -> Place:
    """Return where a rehearsal's environment stands, for a destroy."""

    def on_end(result: OperationResult) -> None:
        require_ok(result, site, screen)

    return Place(
        engine=RehearsedEngine(session, on_end, screen),
        cluster=lambda _kubeconfig: RehearsedCluster(site.api),
        look=site.cloud.look(site.door),
    )
