"""The simulated Google Cloud under test, through the wire of the engine."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from infra.rehearsal.gcp.server import SimulatedCloud
from infra.wire import Value
from tests.unit.rehearsal.cloud.wire import Engine, Made

PROJECT, REGION = "acme-llm", "us-central1"
LABELS = '{"team": "ml"}'
NETWORK = "gcp:compute/network:Network"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
FIREWALL = "gcp:compute/firewall:Firewall"
ADDRESS = "gcp:compute/address:Address"
ROUTER = "gcp:compute/router:Router"
NAT = "gcp:compute/routerNat:RouterNat"


@dataclass(frozen=True)
class Scene:
    """A running simulated Google Cloud and an engine that is connected to it."""

    cloud: SimulatedCloud
    engine: Engine

    def network(self) -> Made:
        """Make a network."""
        return self.engine.create(NETWORK, {"autoCreateSubnetworks": False}, name="vpc")

    def subnetwork(self, network: Made, cidr: str = "10.0.0.0/20", **more: Value) -> Made:
        """Make a subnetwork with ranges for pods and Services."""
        ranges: list[Value] = [
            {"rangeName": "pods", "ipCidrRange": "100.64.0.0/16"},
            {"rangeName": "services", "ipCidrRange": "100.65.0.0/20"},
        ]
        return self.engine.create(
            SUBNETWORK,
            {
                "network": network.physical_id,
                "ipCidrRange": cidr,
                "secondaryIpRanges": ranges,
                "privateIpGoogleAccess": True,
                **more,
            },
            name="nodes",
        )


@contextmanager
def scene(**limits: int) -> Generator[Scene]:
    """Start a simulated Google Cloud, and stop it."""
    cloud = SimulatedCloud(None, limits, project=PROJECT, region=REGION)
    engine = Engine(
        cloud.ports.provider,
        project=PROJECT,
        region=REGION,
        defaultLabels=LABELS,
        addPulumiAttributionLabel="false",
    )
    try:
        yield Scene(cloud, engine)
    finally:
        engine.close()
        cloud.stop()
