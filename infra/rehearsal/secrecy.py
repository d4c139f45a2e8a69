"""That no secret of a rehearsal got out: learnt while everything stands, required at the end.

Owns when is looked, and what a failure says. What counts and where is in `secret_scan`.
"""

from dataclasses import dataclass

from rich.markup import escape

from infra.rehearsal.engine.session import SECRET_MARKER
from infra.rehearsal.failure import RehearsalFailedError
from infra.rehearsal.screen import Screen
from infra.rehearsal.secret_scan import (
    Finding,
    Secret,
    cloud_secrets,
    cluster_secrets,
    find_in_cluster,
    find_in_files,
)
from infra.rehearsal.site import Site


@dataclass(frozen=True)
class Secrecy:
    """The secrets of a standing rehearsal, and which of its objects hold one."""

    secrets: tuple[Secret, ...]
    in_cluster: tuple[Finding, ...]

    @classmethod
    def learn(cls, site: Site) -> "Secrecy":
        """Look at a cluster in which everything stands.

        Raises:
            ApiError: the API server cannot be reached.
            CloudApiError: the simulated cloud cannot.
        """
        marker = Secret("a secret setting of a stack file", SECRET_MARKER.encode())
        kept = cloud_secrets(site.cloud.secret_values(site.door))
        secrets = (marker, *kept, *cluster_secrets(site.api))
        return cls(secrets, tuple(find_in_cluster(site.api, secrets)))

    def require(self, site: Site, screen: Screen) -> None:
        """Look through all that the rehearsal wrote.

        Raises:
            RehearsalFailedError: a secret stands where none belongs; it has been printed.
            OSError: a file cannot be read.
        """
        with screen.phase("secrets") as phase:
            found = sorted({*self.in_cluster, *find_in_files(site.folders.root, self.secrets)})
            phase.outcome = f"{len(found)} got out" if found else f"{len(self.secrets)}, none out"
        if not found:
            return
        for one in found:
            screen.say(f"    [red]{escape(str(one))}[/red]")
        message = "a secret stands where none belongs; whoever reads a log or a preview has it"
        raise RehearsalFailedError(message)
