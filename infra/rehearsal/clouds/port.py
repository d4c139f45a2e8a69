"""The port: what a rehearsal must know of the cloud that it plays.

Owns: the words. Does not own: the simulation, which is a program of its own and is only talked to.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from infra.destroy.found import Look
from infra.preflight.findings import Finding
from infra.rehearsal.engine import EngineSession
from infra.spec.cloud import CloudProvider
from infra.spec.stack import StackSpec

HOST_KINDS = ("A", "CNAME")
"""Types of records that say where a host is."""


@dataclass(frozen=True)
class CloudDoor:
    """Where a simulated cloud takes API calls, and what it wrote down of itself."""

    url: str
    """`http://127.0.0.1:PORT`."""
    state: Mapping[str, str] = field(repr=False)
    """Marker credentials among it."""
    region: str
    """The region that the stacks name."""


class RehearsedCloud(ABC):
    """One cloud."""

    provider: ClassVar[CloudProvider]
    """As stack files name it; the engine's package has the same name."""
    account: ClassVar[str]
    """What a customer has there: `account`, `project`."""
    not_proven: ClassVar[tuple[str, ...]]
    """What a rehearsal on it cannot prove, besides what none can."""

    @property
    def module(self) -> str:
        """The program that plays it."""
        return f"infra.rehearsal.{self.provider}"

    @property
    def program(self) -> str:
        """What that program is called among the rehearsal's."""
        return f"simulated-{self.provider}"

    @abstractmethod
    def credentials(self, door: CloudDoor) -> dict[str, str]:
        """Return the marker credentials as environment variables.

        Among them what keeps SDKs from looking for real ones where they usually lie.
        """

    @abstractmethod
    def lift_protection(
        self, stack: str, cluster: str, door: CloudDoor, session: EngineSession
    ) -> None:
        """Take the cloud's own protection off a cluster.

        Raises:
            CloudApiError: the cloud does not allow it.
            EngineError: the engine does not.
        """

    @abstractmethod
    def put_secret(self, door: CloudDoor, name: str, value: bytes) -> None:
        """Give a secret a value, as `components.secrets.put_command` does.

        Raises:
            CloudApiError: there is no such secret.
        """

    @abstractmethod
    def secret_values(self, door: CloudDoor) -> Mapping[str, bytes]:
        """Return the present value of each secret that has one, by the secret's name.

        Raises:
            CloudApiError: the simulated cloud does not answer.
        """

    @abstractmethod
    def host_targets(self, door: CloudDoor, domain: str) -> Mapping[str, Sequence[str]]:
        """Return where each host of a domain's zone points: names or addresses, without a dot.

        Raises:
            CloudApiError: the simulated cloud does not answer, or there is no such zone.
        """

    @abstractmethod
    def look(self, door: CloudDoor) -> Look:
        """Return the look of a destroy at what is left, as in a real account."""

    @abstractmethod
    def network_findings(self, door: CloudDoor, spec: StackSpec) -> list[Finding]:
        """Return what the preflight finds about the network that a stack names.

        Raises:
            CloudApiError: the simulated cloud does not answer.
        """
