"""A cluster and its node pools as the Pulumi package has them, through the wire of the engine."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from infra.rehearsal.cloud.control_plane import ControlPlane
from infra.rehearsal.gcp.api.container.state import GKE
from infra.rehearsal.gcp.fleet import Fleet
from infra.rehearsal.gcp.server import SimulatedCloud
from infra.replies import dig, text, texts
from infra.wire import UNKNOWN, Properties, Value
from tests.unit.rehearsal.cloud.wire import Engine, Made, PartlyError, RefusedError
from tests.unit.rehearsal.gcp.cluster_scene import GkeApi
from tests.unit.rehearsal.gcp.provider_scene import PROJECT, REGION, Scene

CLUSTER = "gcp:container/cluster:Cluster"
POOL = "gcp:container/nodePool:NodePool"
NAME = f"projects/{PROJECT}/locations/{REGION}/clusters/tokenworks"
ADDRESS = "127.0.0.1:6443"
EXCLUSION: Properties = {
    "exclusionName": "minor-versions-on-request",
    "exclusionOptions": {"endTimeBehavior": "UNTIL_END_OF_SUPPORT", "scope": "NO_MINOR_UPGRADES"},
    "startTime": "2026-09-17T00:00:00Z",
}


@dataclass
class FollowingApi(GkeApi):
    """An API server whose nodes are at once as node pools want them."""

    fleets: list[Fleet] = field(default_factory=list)

    def list_objects(
        self, api_version: str, kind: str, namespace: str | None = None, **query: str | int | bool
    ) -> list[dict]:
        """Return the nodes of a pool."""
        self.ready = {group.name: group.desired for group in self.fleets[0].list_groups()}
        return super().list_objects(api_version, kind, namespace, **query)


@contextmanager
def scene(**limits: int) -> Generator[Scene]:
    """Start a simulated Google Cloud with an API server, and stop it."""
    api = FollowingApi()
    plane = ControlPlane(f"https://{ADDRESS}", "-- a CA --", REGION, api, GKE)
    cloud = SimulatedCloud(plane, limits, project=PROJECT, region=REGION)
    api.fleets.append(cloud.fleet)
    engine = Engine(cloud.ports.provider, project=PROJECT, region=REGION)
    engine.wait_seconds = 5
    try:
        yield Scene(cloud, engine)
    finally:
        engine.close()
        cloud.stop()


BUDGET: Value = {
    "patchVersionDisruptionInterval": "604800s",
    "minorVersionDisruptionInterval": "2592000s",
}


@pytest.fixture
def running() -> Generator[Scene]:
    with scene() as started:
        yield started


def inputs_of(subnetwork: Made, **more: Value) -> Properties:
    """Return a cluster as our components declare it."""
    return {
        "name": "tokenworks",
        "location": REGION,
        "nodeLocations": ["us-central1-a", "us-central1-b"],
        "network": "vpc",
        "subnetwork": subnetwork.physical_id,
        "networkingMode": "VPC_NATIVE",
        "ipAllocationPolicy": {
            "clusterSecondaryRangeName": "pods",
            "servicesSecondaryRangeName": "services",
        },
        "defaultMaxPodsPerNode": 110,
        "datapathProvider": "ADVANCED_DATAPATH",
        "privateClusterConfig": {"enablePrivateNodes": True, "enablePrivateEndpoint": False},
        "controlPlaneEndpointsConfig": {"dnsEndpointConfig": {"allowExternalTraffic": True}},
        "masterAuthorizedNetworksConfig": {"cidrBlocks": [{"cidrBlock": "203.0.113.0/24"}]},
        "releaseChannel": {"channel": "REGULAR"},
        "minMasterVersion": "1.35",
        "maintenancePolicy": {
            "recurringWindow": {
                "startTime": "2026-01-03T04:00:00Z",
                "endTime": "2026-01-03T10:00:00Z",
                "recurrence": "FREQ=WEEKLY;BYDAY=SA,SU",
            },
            "disruptionBudget": BUDGET,
            "maintenanceExclusions": [EXCLUSION],
        },
        "removeDefaultNodePool": True,
        "initialNodeCount": 1,
        "workloadIdentityConfig": {"workloadPool": f"{PROJECT}.svc.id.goog"},
        "addonsConfig": {"gcsFuseCsiDriverConfig": {"enabled": True}},
        "dnsConfig": {"clusterDns": "CLOUD_DNS", "clusterDnsScope": "CLUSTER_SCOPE"},
        "gatewayApiConfig": {"channel": "CHANNEL_DISABLED"},
        "loggingConfig": {"enableComponents": ["SYSTEM_COMPONENTS"]},
        "monitoringConfig": {
            "enableComponents": ["SYSTEM_COMPONENTS"],
            "managedPrometheus": {"enabled": False},
        },
        "nodePoolDefaults": {
            "nodeConfigDefaults": {
                "gcfsConfig": {"enabled": True},
                "insecureKubeletReadonlyPortEnabled": "FALSE",
            }
        },
        "clusterAutoscaling": {"enabled": False, "autoscalingProfile": "OPTIMIZE_UTILIZATION"},
        "enableShieldedNodes": True,
        "enableLegacyAbac": False,
        "enableL4IlbSubsetting": True,
        "deletionProtection": False,
        "resourceLabels": {"owner": "ml"},
        **more,
    }


def pool_of(cluster: Made, **more: Value) -> Properties:
    """Return a node pool as our components declare it."""
    return {
        "cluster": cluster["name"],
        "location": REGION,
        "nodeLocations": ["us-central1-a"],
        "initialNodeCount": 1,
        "autoscaling": {"totalMinNodeCount": 0, "totalMaxNodeCount": 3, "locationPolicy": "ANY"},
        "maxPodsPerNode": 110,
        "management": {"autoRepair": True, "autoUpgrade": True},
        "networkConfig": {"enablePrivateNodes": True},
        "nodeDrainConfigs": [{"respectPdbDuringNodePoolDeletion": True}],
        "upgradeSettings": {"strategy": "SURGE", "maxSurge": 0, "maxUnavailable": 1},
        "nodeConfig": config(),
        **more,
    }


def config(**more: Value) -> Properties:
    """Return what its nodes are."""
    return {
        "machineType": "g2-standard-8",
        "diskSizeGb": 200,
        "diskType": "pd-balanced",
        "guestAccelerators": [
            {
                "type": "nvidia-l4",
                "count": 1,
                "gpuDriverInstallationConfig": {"gpuDriverVersion": "LATEST"},
            }
        ],
        "kubeletConfig": {"insecureKubeletReadonlyPortEnabled": "FALSE"},
        "labels": {"tokenworks.dev/pool": "l4"},
        "taints": [{"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}],
        "workloadMetadataConfig": {"mode": "GKE_METADATA"},
        "spot": True,
        **more,
    }


def cluster(running: Scene, **more: Value) -> Made:
    network = running.network()
    subnetwork = running.subnetwork(network)
    inputs = inputs_of(subnetwork, network=network.physical_id, **more)
    return running.engine.create(CLUSTER, inputs, name="tokenworks")


def same(engine: Engine, made: Made) -> Made:
    """Read a thing again and require that nothing drifted."""
    found = engine.read(made)
    assert found is not None
    kept = {name: item for name, item in made.inputs.items() if name != "initialNodeCount"}
    assert {name: found.inputs.get(name) for name in kept} == kept
    return found


def test_a_cluster_is_reached_once_it_runs_and_has_no_pool_of_its_own(running: Scene) -> None:
    made = cluster(running)
    found = same(running.engine, made)
    assert made.physical_id == NAME
    assert found["endpoint"] == ADDRESS
    assert text(found.outputs, "masterAuth.clusterCaCertificate") == "LS0gYSBDQSAtLQ=="
    dns = "controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint"
    assert text(found.outputs, dns) == ADDRESS
    assert str(found["masterVersion"]).startswith("1.35.")
    assert found["minMasterVersion"] == "1.35"
    assert found["effectiveLabels"] == {"goog-pulumi-provisioned": "true", "owner": "ml"}
    assert running.cloud.fleet.list_groups() == []


def test_a_preview_does_not_know_how_a_cluster_will_be_reached(running: Scene) -> None:
    subnetwork = running.subnetwork(running.network())
    planned = running.engine.preview(CLUSTER, inputs_of(subnetwork))
    assert planned["endpoint"] == UNKNOWN
    assert planned["masterAuth"] == UNKNOWN
    endpoint = text(planned, "controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint")
    assert endpoint == UNKNOWN


@pytest.mark.parametrize(
    "changes",
    [
        {"addonsConfig": {"gcsFuseCsiDriverConfig": {"enabled": False}}},
        {"loggingConfig": {"enableComponents": ["SYSTEM_COMPONENTS", "WORKLOADS"]}},
        {"maintenancePolicy": {"maintenanceExclusions": [{**EXCLUSION, "exclusionName": "x"}]}},
        {"masterAuthorizedNetworksConfig": {"cidrBlocks": [{"cidrBlock": "198.51.100.0/24"}]}},
        {"clusterAutoscaling": {"enabled": False, "autoscalingProfile": "BALANCED"}},
        {"resourceLabels": {"owner": "platform"}},
        {"nodePoolDefaults": {"nodeConfigDefaults": {"gcfsConfig": {"enabled": False}}}},
        {"enableL4IlbSubsetting": None},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_cluster_changes_in_place(running: Scene, changes: dict[str, Value]) -> None:
    made = cluster(running)
    assert list(running.engine.diff(made, **changes).replaces) == []
    same(running.engine, running.engine.update(made, preview=False, **changes))


def test_a_pause_between_upgrades_is_lost_beside_a_window_without_a_date(running: Scene) -> None:
    window: Value = {
        "recurrence": "FREQ=WEEKLY;BYDAY=SA,SU",
        "windowDuration": "21600s",
        "windowStartTime": {"hours": 4, "minutes": 0, "seconds": 0},
    }
    policy: Properties = {"recurringMaintenanceWindow": window, "disruptionBudget": BUDGET}
    made = cluster(running, maintenancePolicy=policy)

    found = running.engine.read(made)

    assert found is not None
    assert found.inputs["maintenancePolicy"] == {"recurringMaintenanceWindow": window}


def test_what_no_update_takes_needs_another_cluster(running: Scene) -> None:
    made = cluster(running)
    for name, value in (("datapathProvider", "LEGACY_DATAPATH"), ("defaultMaxPodsPerNode", 64)):
        assert list(running.engine.diff(made, **{name: value}).replaces) == [name]


def test_a_protected_cluster_is_not_deleted(running: Scene) -> None:
    made = cluster(running, deletionProtection=True)
    with pytest.raises(RefusedError) as refused:
        running.engine.delete(made)
    assert str(refused.value).endswith(
        "Cannot destroy cluster because deletion_protection is set to true. Set it to false to "
        "proceed with cluster deletion."
    )
    running.engine.delete(running.engine.update(made, deletionProtection=False))
    assert running.engine.read(made) is None


def test_a_pool_is_read_back_as_it_was_asked_for(running: Scene) -> None:
    pool = running.engine.create(POOL, pool_of(cluster(running)), name="l4-spot")
    assert pool.physical_id.startswith(f"{NAME}/nodePools/l4-spot-")
    found = same(running.engine, pool)
    (url,) = texts(found.outputs, "managedInstanceGroupUrls")
    assert "/zones/us-central1-a/instanceGroups/gke-tokenworks-l4-spot-" in url
    (group,) = running.cloud.fleet.list_groups()
    assert group.desired == 1


def test_a_flex_start_pool_keeps_the_way_of_upgrading_that_gke_gives_it(running: Scene) -> None:
    flex: Properties = {
        "flexStart": True,
        "maxRunDuration": "604800s",
        "reservationAffinity": {"consumeReservationType": "NO_RESERVATION"},
    }
    node = {name: item for name, item in config(**flex).items() if name != "spot"}
    wanted = pool_of(
        cluster(running),
        nodeConfig=node,
        management={"autoRepair": False, "autoUpgrade": True},
        initialNodeCount=0,
    )
    del wanted["upgradeSettings"]

    pool = running.engine.create(POOL, wanted, name="l4-flex")

    found = same(running.engine, pool)
    assert dig(found.outputs, "upgradeSettings.strategy") == "SHORT_LIVED"
    assert list(running.engine.diff(found).diffs) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"autoscaling": {"totalMinNodeCount": 1, "totalMaxNodeCount": 2, "locationPolicy": "ANY"}},
        {"management": {"autoRepair": False, "autoUpgrade": True}},
        {"upgradeSettings": {"strategy": "SURGE", "maxSurge": 1, "maxUnavailable": 0}},
        {"nodeConfig": config(labels={"tokenworks.dev/pool": "other"}, diskSizeGb=300)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_pool_changes_in_place(running: Scene, changes: dict[str, Value]) -> None:
    pool = running.engine.create(POOL, pool_of(cluster(running)), name="l4-spot")
    assert list(running.engine.diff(pool, **changes).replaces) == []
    same(running.engine, running.engine.update(pool, preview=False, **changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"nodeConfig": config(spot=False)},
        {"nodeConfig": config(serviceAccount="other@acme-llm.iam.gserviceaccount.com")},
        {"maxPodsPerNode": 32},
        {"networkConfig": {"enablePrivateNodes": True, "podRange": "more"}},
    ],
    ids=["spot", "account", "pods", "range"],
)
def test_other_machines_need_another_pool(running: Scene, changes: dict[str, Value]) -> None:
    pool = running.engine.create(POOL, pool_of(cluster(running)), name="l4-spot")
    assert list(running.engine.diff(pool, **changes).replaces) == list(changes)


def test_a_pool_that_gets_no_machines_is_kept_with_googles_reason() -> None:
    with scene(GPUS_ALL_REGIONS=0) as running:
        made = cluster(running)
        with pytest.raises(PartlyError) as partly:
            running.engine.create(POOL, pool_of(made), name="l4-spot")
    assert partly.value.physical_id.startswith(f"{NAME}/nodePools/l4-spot-")
    assert (
        "Error waiting for creating GKE NodePool: Google Compute Engine: Not all instances "
        "running in IGM after 14.691006793s. Expected 1, running 0, transitioning 1. Current "
        "errors: [GCE_QUOTA_EXCEEDED]"
    ) in str(partly.value)


def test_deleting_all_leaves_nothing(running: Scene) -> None:
    made = cluster(running)
    pool = running.engine.create(POOL, pool_of(made), name="l4-spot")
    running.engine.delete(pool)
    assert running.engine.read(pool) is None
    running.engine.delete(made)
    kinds = {thing.kind for thing in running.cloud.inventory.things()}
    assert kinds == {"network", "subnetwork"}
