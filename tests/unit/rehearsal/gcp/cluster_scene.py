"""A simulated project with GKE in it, and an API server in memory."""

from dataclasses import dataclass

from infra.rehearsal.cloud.control_plane import ControlPlane
from infra.rehearsal.cloud.journal import Journal
from infra.rehearsal.cloud.witness import WitnessedApi
from infra.rehearsal.gcp.api.compute.engine import ComputeEngine
from infra.rehearsal.gcp.api.compute.places import Market
from infra.rehearsal.gcp.api.container.engine import KubernetesEngine
from infra.rehearsal.gcp.api.container.state import GKE, Gke
from infra.rehearsal.gcp.api.iam.names import robot
from infra.rehearsal.gcp.fleet import Fleet
from infra.replies import text
from infra.wire import Properties, Value
from tests.unit.rehearsal.cloud.fake_api import FakeApi
from tests.unit.rehearsal.gcp.services_scene import PROJECT, REGION, Scene, assemble

CLUSTERS = "container.projects.locations.clusters"
POOLS = f"{CLUSTERS}.nodePools"
PARENT = f"projects/{PROJECT}/locations/{REGION}"
CLUSTER = f"{PARENT}/clusters/tokenworks"
ZONES = ("us-central1-a", "us-central1-b")
LIMITS = {
    "NETWORKS": 5,
    "SUBNETWORKS": 100,
    "FIREWALLS": 100,
    "CPUS": 48,
    "NVIDIA_L4_GPUS": 2,
    "PREEMPTIBLE_NVIDIA_L4_GPUS": 4,
    "PREEMPTIBLE_NVIDIA_H100_GPUS": 8,
    "GPUS_ALL_REGIONS": 2,
    "SSD_TOTAL_GB": 8192,
}
ADDRESS = "127.0.0.1:6443"


@dataclass
class GkeApi(FakeApi):
    """What GKE's add-on manager applies is its own, whoever else set a field of it."""

    manager: str = "gke-addon-manager"

    def apply(self, body: dict, field_manager: str, *, force: bool = False) -> dict:
        """Keep an object."""
        assert force
        return super().apply(body, field_manager, force=force)


@dataclass(frozen=True)
class ClusterScene(Scene):
    """The project, GKE in it, and its nodes."""

    compute: ComputeEngine
    gke: Gke
    api: FakeApi
    fleet: Fleet

    def network(self, pods: str = "100.64.0.0/16", services: str = "100.65.0.0/20") -> None:
        """Make a network with room for nodes, pods and Services."""
        network: Properties = {"name": "n", "autoCreateSubnetworks": False}
        self.call("compute.networks.insert", network, project=PROJECT)
        subnetwork: Properties = {
            "name": "s",
            "network": "n",
            "ipCidrRange": "10.0.0.0/20",
            "secondaryIpRanges": [
                {"rangeName": "pods", "ipCidrRange": pods},
                {"rangeName": "services", "ipCidrRange": services},
            ],
        }
        self.call("compute.subnetworks.insert", subnetwork, project=PROJECT, region=REGION)

    def create(self, **settings: Value) -> Properties:
        """Ask for a cluster; return the operation."""
        return self.call(f"{CLUSTERS}.create", {"cluster": cluster(**settings)}, parent=PARENT)

    def cluster_refusal(self, **settings: Value) -> str:
        return self.refusal(f"{CLUSTERS}.create", {"cluster": cluster(**settings)}, parent=PARENT)

    def running(self, **settings: Value) -> None:
        """Make a network and a cluster, and let it come up."""
        self.network()
        self.settle(self.create(**settings))

    def add(self, **settings: Value) -> Properties:
        """Ask for a node pool; return the operation."""
        return self.call(f"{POOLS}.create", {"nodePool": pool(**settings)}, parent=CLUSTER)

    def pool_refusal(self, **settings: Value) -> str:
        return self.refusal(f"{POOLS}.create", {"nodePool": pool(**settings)}, parent=CLUSTER)

    def pool(self, name: str = "l4-spot") -> Properties:
        return self.call(f"{POOLS}.get", name=f"{CLUSTER}/nodePools/{name}")

    def follow(self) -> None:
        """Let nodes be as the pools want them."""
        wanted = {group.name: group.desired for group in self.fleet.list_groups()}
        self.api.ready = {name: count for name, count in wanted.items() if count}

    def settle(self, operation: Properties) -> Properties:
        """Let nodes follow, and return the operation as it is then."""
        self.follow()
        name = f"{PARENT}/operations/{operation['name']}"
        return self.call("container.projects.locations.operations.get", name=name)

    def failure(self, operation: Properties) -> str:
        """Return what an operation failed with."""
        done = self.settle(operation)
        assert done["status"] == "DONE"
        return text(done, "error.message")

    def agent(self, domain: str) -> str:
        return robot(self.project.number, domain)


def cluster(**settings: Value) -> Properties:
    """Return a cluster as a call has it."""
    return {
        "name": "tokenworks",
        "network": "n",
        "subnetwork": "s",
        "locations": [*ZONES],
        "initialNodeCount": 1,
        "initialClusterVersion": "1.35",
        "releaseChannel": {"channel": "REGULAR"},
        "ipAllocationPolicy": {
            "useIpAliases": True,
            "clusterSecondaryRangeName": "pods",
            "servicesSecondaryRangeName": "services",
        },
        "networkConfig": {"datapathProvider": "ADVANCED_DATAPATH"},
        "workloadIdentityConfig": {"workloadPool": f"{PROJECT}.svc.id.goog"},
        "privateClusterConfig": {"enablePrivateNodes": True},
        **settings,
    }


def pool(**settings: Value) -> Properties:
    """Return a node pool as a call has it: `config` is laid over that of one L4 on Spot."""
    config: Properties = {
        "machineType": "g2-standard-8",
        "spot": True,
        "accelerators": [
            {
                "acceleratorType": "nvidia-l4",
                "acceleratorCount": "1",
                "gpuDriverInstallationConfig": {"gpuDriverVersion": "LATEST"},
            }
        ],
        "labels": {"tokenworks.dev/pool": "l4"},
    }
    given = settings.pop("config", {})
    if isinstance(given, dict):
        config |= given
    return {
        "name": "l4-spot",
        "initialNodeCount": 0,
        "locations": [*ZONES],
        "autoscaling": {
            "enabled": True,
            "totalMinNodeCount": 0,
            "totalMaxNodeCount": 3,
            "locationPolicy": "ANY",
        },
        "config": {key: item for key, item in config.items() if item is not None},
        **settings,
    }


def cluster_scene(
    journal: Journal | None = None, api: FakeApi | None = None, market: Market | None = None
) -> ClusterScene:
    """Return a project with GKE in it and no cluster."""
    base = assemble(journal)
    api = api or GkeApi()
    witnessed = WitnessedApi(api, base.project.recorder)
    plane = ControlPlane(f"https://{ADDRESS}", "-- a CA --", REGION, witnessed, GKE)
    compute = ComputeEngine(base.project, base.operations, LIMITS, market or Market(offerings={}))
    engine = KubernetesEngine(
        base.project,
        base.operations,
        plane,
        compute=compute,
        accounts=base.accounts,
        keys=base.keys,
    )
    base.project.repeat()
    return ClusterScene(
        **vars(base),
        compute=compute,
        gke=engine.gke,
        api=api,
        fleet=Fleet(engine.gke, engine.pools),
    )
