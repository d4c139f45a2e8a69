"""A simulated project with Compute Engine in it, and what most tests make there first."""

from dataclasses import dataclass

import pytest

from infra.rehearsal.gcp.api.compute.engine import ComputeEngine
from infra.rehearsal.gcp.api.compute.places import Market
from infra.rehearsal.gcp.api.errors import GoogleError
from infra.rehearsal.gcp.api.operations import Operations
from infra.rehearsal.gcp.api.project import Project
from infra.rehearsal.gcp.api.services import Services
from infra.replies import blocks, text
from infra.wire import Properties, Value

PROJECT, REGION, ZONE = "tokenworks-dev", "us-central1", "us-central1-a"
LIMITS = {
    "NETWORKS": 5,
    "SUBNETWORKS": 100,
    "FIREWALLS": 100,
    "ROUTERS": 10,
    "STATIC_ADDRESSES": 8,
    "CPUS": 24,
    "NVIDIA_L4_GPUS": 2,
    "PREEMPTIBLE_NVIDIA_L4_GPUS": 0,
    "GPUS_ALL_REGIONS": 2,
    "SSD_TOTAL_GB": 4096,
}


@dataclass
class Scene:
    """One project, and calls to it in few words."""

    project: Project
    compute: ComputeEngine

    def call(
        self, method_id: str, body: Properties | None = None, /, **parameters: Value
    ) -> Properties:
        """Make a call of Compute Engine in the project."""
        return self.project.call(f"compute.{method_id}", body, project=PROJECT, **parameters)

    def refusal(
        self, method_id: str, body: Properties | None = None, /, **parameters: Value
    ) -> str:
        """Make a call that Google refuses at once; return the words."""
        with pytest.raises(GoogleError) as caught:
            self.call(method_id, body, **parameters)
        return str(caught.value)

    def failure(
        self, method_id: str, body: Properties | None = None, /, **parameters: Value
    ) -> str:
        """Make a call whose operation fails; return the words."""
        operation = self.call(method_id, body, **parameters)
        place = {key: value for key, value in parameters.items() if key in ("region", "zone")}
        collection = {"region": "regionOperations", "zone": "zoneOperations"}
        done = self.call(
            f"{collection.get(next(iter(place), ''), 'globalOperations')}.wait",
            operation=text(operation, "name"),
            **place,
        )
        return text(blocks(done, "error.errors")[0], "message")

    def network(self, name: str = "n") -> str:
        """Make a network; return its link."""
        body: Properties = {"name": name, "autoCreateSubnetworks": False}
        self.call("networks.insert", body)
        return text(self.call("networks.get", network=name), "selfLink")

    def subnetwork(
        self, cidr: str, name: str = "s", network: str = "n", **more: Value
    ) -> Properties:
        """Make a subnetwork; return it."""
        body: Properties = {"name": name, "network": network, "ipCidrRange": cidr, **more}
        self.call("subnetworks.insert", body, region=REGION)
        return self.call("subnetworks.get", region=REGION, subnetwork=name)


def scene(market: Market | None = None, /, **limits: int) -> Scene:
    """Return an empty project; limits are those of `LIMITS` unless given."""
    project = Project(PROJECT, REGION)
    compute = ComputeEngine(
        project, Operations(project), {**LIMITS, **limits}, market or Market(offerings={})
    )
    Services(project)
    project.repeat()
    return Scene(project, compute)
