"""A network that exists before the stack, as the stack file names it.

Owns what the command that rehearses tells the simulated cloud of it, and the file in between.
Does not own making it (`aws/existing_network.py`, `gcp/existing_network.py`): that needs the
simulated cloud, and no command should load it.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from infra.spec.stack import StackSpec


@dataclass(frozen=True)
class ExistingNetwork:
    """What a stack file says of it, and the range that the rehearsal gives it."""

    region: str
    vpc_id: str
    cidr: str
    """The stack's `networkCidr`, or its default: the real range is not known here."""
    private_subnet_ids: tuple[str, ...]
    public_subnet_ids: tuple[str, ...]
    pod_range: str = ""
    """On Google Cloud: the name of the subnetwork's secondary range for pods."""
    service_range: str = ""
    """And of that for Services."""

    @classmethod
    def of(cls, spec: StackSpec) -> "ExistingNetwork | None":
        """Return the network that a stack stands in, or None when it makes its own."""
        network = spec.network
        if network.vpc_id is None:
            return None
        return cls(
            spec.cloud.region,
            network.vpc_id,
            spec.cloud.network_cidr,
            network.private_subnet_ids,
            network.public_subnet_ids,
            network.pod_range or "",
            network.service_range or "",
        )

    @classmethod
    def read(cls, path: Path) -> "ExistingNetwork":
        """Return what `write` wrote."""
        found = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            found["region"],
            found["vpc_id"],
            found["cidr"],
            tuple(found["private_subnet_ids"]),
            tuple(found["public_subnet_ids"]),
            found["pod_range"],
            found["service_range"],
        )

    def write(self, path: Path) -> None:
        """Write it down for the simulated cloud."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")
