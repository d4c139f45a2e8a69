"""Clusters of the simulated GKE: what they are, what is refused, what they leave behind."""

from pathlib import Path

import pytest

from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.cloud.journal import Journal
from infra.replies import blocks, dig, text, texts
from infra.wire import Properties
from tests.unit.rehearsal.gcp.cluster_scene import (
    ADDRESS,
    CLUSTER,
    CLUSTERS,
    PARENT,
    POOLS,
    ZONES,
    ClusterScene,
    cluster_scene,
)
from tests.unit.rehearsal.gcp.services_scene import KEY, PROJECT, REGION

NETWORK = f"https://www.googleapis.com/compute/v1/projects/{PROJECT}/global/networks/n"


def shown(made: ClusterScene) -> Properties:
    return made.call(f"{CLUSTERS}.get", name=CLUSTER)


def firewalls(made: ClusterScene) -> list[str]:
    found = made.call("compute.firewalls.list", project=PROJECT)
    return [text(item, "name") for item in blocks(found, "items")]


def test_a_cluster_is_reached_only_once_its_first_nodes_are_ready() -> None:
    made = cluster_scene()
    made.network()
    operation = made.create()

    assert operation["status"] == "RUNNING"
    before = shown(made)
    assert (before["status"], before.get("endpoint")) == ("PROVISIONING", None)

    assert made.settle(operation)["status"] == "DONE"
    after = shown(made)
    assert (after["status"], after["endpoint"]) == ("RUNNING", ADDRESS)
    assert text(after, "masterAuth.clusterCaCertificate") == "LS0gYSBDQSAtLQ=="
    assert text(after, "controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint") == ADDRESS


def test_it_begins_with_a_pool_of_its_own_in_every_zone() -> None:
    made = cluster_scene()
    made.running()

    (pool,) = blocks(shown(made), "nodePools")
    assert (pool["name"], pool["status"]) == ("default-pool", "RUNNING")
    assert made.api.ready == {"default-pool": len(ZONES)}
    assert len(texts(pool, "instanceGroupUrls")) == len(ZONES)


def test_a_running_cluster_comes_up_although_nobody_asks_about_the_operation() -> None:
    made = cluster_scene()
    made.network()
    made.create()
    made.follow()

    assert shown(made)["status"] == "RUNNING"


def test_the_newest_version_with_the_prefix_in_the_channel_is_taken() -> None:
    made = cluster_scene()
    made.running(initialClusterVersion="1.35")

    assert shown(made)["currentMasterVersion"] == "1.35.8-gke.1036000"


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("1.99", 'No valid versions with the prefix "1.99" found.'),
        (
            "1.35.1-gke.1",
            (
                'Master version must be one of "REGULAR" channel supported versions '
                "[1.35.8-gke.1036000, 1.36.3-gke.1767000]."
            ),
        ),
    ],
)
def test_a_version_that_the_channel_has_not_is_refused(version: str, message: str) -> None:
    made = cluster_scene()
    made.network()

    refusal = made.cluster_refusal(initialClusterVersion=version)

    assert refusal == f"googleapi: Error 400: {message}, badRequest"


def test_a_range_for_services_that_is_too_wide_is_refused() -> None:
    made = cluster_scene()
    made.network(services="100.80.0.0/14")

    assert made.cluster_refusal() == (
        "googleapi: Error 400: Services CIDR range is smaller than minimum (14 < 16)., badRequest"
    )


def test_a_small_range_for_pods_is_taken_by_its_name_and_none_is_made() -> None:
    made = cluster_scene()
    made.network(pods="100.64.0.0/22")
    made.settle(made.create())
    assert shown(made)["clusterIpv4Cidr"] == "100.64.0.0/22"

    with pytest.raises(NotSimulatedError, match=r"GKE makes \(clusterIpv4CidrBlock\)"):
        made.create(ipAllocationPolicy={"clusterIpv4CidrBlock": "/22"}, name="second")


def policy(pods: str, services: str) -> Properties:
    return {"clusterSecondaryRangeName": pods, "servicesSecondaryRangeName": services}


REFUSED: tuple[tuple[Properties, str], ...] = (
    ({"network": "m"}, f'Project "{PROJECT}" has no network named "m".'),
    (
        {"subnetwork": "t"},
        f'Subnetwork "t" does not exist in region "{REGION}" of network "n".',
    ),
    (
        {"ipAllocationPolicy": policy("pods2", "services")},
        f'Pod secondary range "pods2" not found in network "{NETWORK}", subnetwork "s".',
    ),
    (
        {"ipAllocationPolicy": policy("pods", "none")},
        f'Services secondary range "none" not found in network "{NETWORK}", subnetwork "s".',
    ),
    (
        {"ipAllocationPolicy": policy("pods", "pods")},
        "Pod secondary range name (pods) should not be the same as service secondary range name.",
    ),
    (
        {"workloadIdentityConfig": {"workloadPool": "other.svc.id.goog"}},
        f'Currently, the only supported workload pool is "{PROJECT}.svc.id.goog".',
    ),
    (
        {"networkPolicy": {"enabled": True}},
        (
            "Enabling NetworkPolicy for clusters with DatapathProvider=ADVANCED_DATAPATH is not "
            "allowed."
        ),
    ),
    (
        {"initialNodeCount": 0},
        "Cluster.initial_node_count must be greater than zero.",
    ),
    (
        {"locations": ["europe-west4-a"]},
        f'Node location "europe-west4-a" is not in region "{REGION}".',
    ),
    (
        {"name": "Big_Name"},
        (
            'Invalid cluster name "Big_Name": it must start with a lowercase letter followed by up '
            "to 39 lowercase letters, numbers, or hyphens, and cannot end with a hyphen."
        ),
    ),
    (
        {"nodeConfig": {"serviceAccount": "nobody@x.iam.gserviceaccount.com"}},
        'Service account "nobody@x.iam.gserviceaccount.com" does not exist.',
    ),
)


@pytest.mark.parametrize(("settings", "message"), REFUSED, ids=[row[1][:40] for row in REFUSED])
def test_what_does_not_fit_the_project_is_refused(settings: Properties, message: str) -> None:
    made = cluster_scene()
    made.network()

    refusal = made.cluster_refusal(**settings)

    assert refusal == f"googleapi: Error 400: {message}, badRequest"
    assert made.call(f"{CLUSTERS}.list", parent=PARENT) == {"clusters": []}


def test_a_name_that_is_taken_is_refused() -> None:
    made = cluster_scene()
    made.running()

    assert made.cluster_refusal() == (
        f"googleapi: Error 409: Already exists: {CLUSTER}., alreadyExists"
    )


def test_a_region_that_is_not_there_is_refused() -> None:
    parent = f"projects/{PROJECT}/locations/us-central9"

    assert cluster_scene().refusal(f"{CLUSTERS}.create", {"cluster": {}}, parent=parent) == (
        "googleapi: Error 403: Permission denied on 'locations/us-central9' (or it may not "
        "exist)., forbidden"
    )


def test_a_cluster_that_is_not_there_is_not_found() -> None:
    assert cluster_scene().refusal(f"{CLUSTERS}.get", name=CLUSTER) == (
        f"googleapi: Error 404: Not found: {CLUSTER}., notFound"
    )


def encrypted() -> Properties:
    return {"state": "ENCRYPTED", "keyName": KEY}


def test_secrets_are_encrypted_only_with_a_key_that_gke_may_use() -> None:
    made = cluster_scene()
    made.network()
    assert made.cluster_refusal(databaseEncryption=encrypted()) == (
        f"googleapi: Error 400: Cloud KMS error when using key {KEY}: CryptoKey {KEY} not found., "
        "badRequest"
    )
    made.key()
    assert made.cluster_refusal(databaseEncryption=encrypted()) == (
        f"googleapi: Error 400: Cloud KMS error when using key {KEY}: Permission "
        f"'cloudkms.cryptoKeyVersions.useToEncrypt' denied on resource '{KEY}' (or it may not "
        "exist)., badRequest"
    )

    made.let_use(KEY, made.agent("container-engine-robot"))
    made.settle(made.create(databaseEncryption=encrypted()))
    found = text(shown(made), "databaseEncryption.currentState")
    assert found == "CURRENT_STATE_ENCRYPTED"


def test_pods_are_somebody_for_iam_once_a_cluster_exists() -> None:
    made = cluster_scene()
    pool = f"projects/{made.project.number}/locations/global/workloadIdentityPools"
    member = f"principal://iam.googleapis.com/{pool}/{PROJECT}.svc.id.goog/subject/ns/m/sa/s"
    made.call("storage.buckets.insert", {"name": "acme-weights"}, project=PROJECT)
    policy: Properties = {"bindings": [{"role": "roles/storage.objectViewer", "members": [member]}]}

    refusal = made.refusal("storage.buckets.setIamPolicy", policy, bucket="acme-weights")
    assert "Identity Pool does not exist" in refusal

    made.running()
    made.call("storage.buckets.setIamPolicy", policy, bucket="acme-weights")


def test_nothing_is_changed_beside_a_create_that_runs() -> None:
    made = cluster_scene()
    made.network()
    operation = made.create()
    expected = (
        "googleapi: Error 400: Cluster is running incompatible operation "
        f"{operation['name']}., failedPrecondition"
    )

    assert made.pool_refusal() == expected
    assert made.refusal(f"{CLUSTERS}.delete", name=CLUSTER) == expected
    change: Properties = {"update": {"desiredLocations": [*ZONES]}}
    assert made.refusal(f"{CLUSTERS}.update", change, name=CLUSTER) == expected


def test_a_second_cluster_is_not_simulated() -> None:
    made = cluster_scene()
    made.running()

    with pytest.raises(NotSimulatedError, match="a second GKE cluster"):
        made.create(name="other")


def test_gkes_own_workloads_come_and_go_with_the_cluster() -> None:
    made = cluster_scene()
    made.running(addonsConfig={"gcsFuseCsiDriverConfig": {"enabled": True}})

    names = {name for kind, name in made.api.objects if kind in ("DaemonSet", "Deployment")}
    assert names >= {"anetd", "gke-metadata-server", "gcsfusecsi-node", "kube-dns", "collector"}
    assert "node-local-dns" not in names

    operation = made.call(f"{CLUSTERS}.delete", name=CLUSTER)
    made.settle(operation)
    assert made.api.objects == {}


def test_a_cluster_with_cloud_dns_and_without_prometheus_runs_less() -> None:
    made = cluster_scene()
    made.running(
        networkConfig={"dnsConfig": {"clusterDns": "CLOUD_DNS"}},
        monitoringConfig={"managedPrometheusConfig": {"enabled": False}},
        addonsConfig={"dnsCacheConfig": {"enabled": True}},
    )

    names = {name for _kind, name in made.api.objects}
    assert "node-local-dns" in names
    assert not names & {"kube-dns", "collector", "gmp-system"}


def test_a_network_goes_only_after_what_gke_made_in_it() -> None:
    made = cluster_scene()
    made.running()
    assert len(firewalls(made)) == 4

    subnetwork: dict[str, str] = {"project": PROJECT, "region": REGION, "subnetwork": "s"}
    refusal = made.refusal("compute.subnetworks.delete", None, **subnetwork)
    assert "is already being used by" in refusal

    operation = made.call(f"{CLUSTERS}.delete", name=CLUSTER)
    assert shown(made)["status"] == "STOPPING"
    assert made.settle(operation)["status"] == "DONE"

    assert firewalls(made) == []
    made.call("compute.subnetworks.delete", None, **subnetwork)
    made.call("compute.networks.delete", project=PROJECT, network="n")
    assert made.refusal(f"{CLUSTERS}.get", name=CLUSTER).startswith("googleapi: Error 404")


def test_updates_change_what_they_name() -> None:
    made = cluster_scene()
    made.running()
    change: Properties = {"update": {"desiredGatewayApiConfig": {"channel": "CHANNEL_DISABLED"}}}

    operation = made.call(f"{CLUSTERS}.update", change, name=CLUSTER)

    assert operation["status"] == "DONE"
    found = shown(made)
    assert dig(found, "networkConfig.gatewayApiConfig.channel") == "CHANNEL_DISABLED"
    assert dig(found, "networkConfig.datapathProvider") == "ADVANCED_DATAPATH"


def test_a_cluster_outlives_its_process(tmp_path: Path) -> None:
    first = cluster_scene(Journal(tmp_path / "journal"))
    first.running()
    first.settle(first.add())
    second = cluster_scene(Journal(tmp_path / "journal"), first.api)

    assert shown(second)["status"] == "RUNNING"
    names = [text(pool, "name") for pool in blocks(shown(second), "nodePools")]
    assert names == ["default-pool", "l4-spot"]
    assert second.call(f"{POOLS}.list", parent=CLUSTER) == first.call(
        f"{POOLS}.list", parent=CLUSTER
    )
