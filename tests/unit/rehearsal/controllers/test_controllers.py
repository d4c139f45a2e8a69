"""What controllers make in the account for objects of the cluster, and when it goes."""

import logging
from dataclasses import replace

import pytest

from infra.rehearsal.controllers.account import Balancer, Disk, Machine
from infra.rehearsal.controllers.controller import CloudControllers
from infra.rehearsal.controllers.dialect import GCP
from infra.rehearsal.nodes.factory import node
from tests.unit.rehearsal.controllers.memory import MemoryAccount, MemoryApi
from tests.unit.rehearsal.nodes.examples import SPOT

NODE = node(SPOT, 0)
NODE_NAME = NODE["metadata"]["name"]
OURS = "volume.kubernetes.io/storage-provisioner"
CLASS = {
    "kind": "StorageClass",
    "metadata": {"name": "gp3"},
    "provisioner": "ebs.csi.aws.com",
    "parameters": {"type": "gp3", "encrypted": "true"},
    "reclaimPolicy": "Delete",
}


@pytest.fixture
def account() -> MemoryAccount:
    """An account in memory."""
    return MemoryAccount()


def service(**spec: object) -> dict:
    return {
        "kind": "Service",
        "metadata": {"name": "shop", "namespace": "foreign", "uid": "7-8"},
        "spec": {"type": "LoadBalancer", "ports": [{"port": 80, "nodePort": 30080}], **spec},
    }


def claim(**annotations: str) -> dict:
    chosen = {OURS: "ebs.csi.aws.com", "volume.kubernetes.io/selected-node": NODE_NAME}
    return {
        "kind": "PersistentVolumeClaim",
        "metadata": {
            "name": "data",
            "namespace": "monitoring",
            "uid": "5-6",
            "annotations": chosen | annotations,
        },
        "spec": {
            "storageClassName": "gp3",
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "9500Mi"}},
        },
    }


def stepped(api: MemoryApi, account: MemoryAccount) -> CloudControllers:
    controllers = CloudControllers(api, account)
    controllers.step()
    return controllers


def test_each_node_has_an_interface_until_it_is_gone(account: MemoryAccount) -> None:
    api = MemoryApi(NODE)
    controllers = stepped(api, account)
    zone = NODE["metadata"]["labels"]["topology.kubernetes.io/zone"]
    assert account.machines == {Machine(NODE_NAME, "l4-spot", zone)}

    api.delete("v1", "Node", NODE_NAME)
    controllers.step()

    assert account.machines == frozenset()


def test_a_service_gets_an_address_and_keeps_it_until_its_load_balancer_is_gone(
    account: MemoryAccount,
) -> None:
    api = MemoryApi(service())
    controllers = stepped(api, account)

    held = api.objects["Service", "foreign", "shop"]
    assert held["status"]["loadBalancer"]["ingress"] == [{"hostname": "7-8.elb.amazonaws.com"}]
    assert account.balancers == {
        "7-8": Balancer("7-8", "foreign/shop", internal=False, ports=((80, 30080),))
    }

    api.delete("v1", "Service", "shop", "foreign")
    assert ("Service", "foreign", "shop") in api.objects
    controllers.step()

    assert account.balancers == {}
    assert api.objects == {}


def test_a_service_that_is_no_longer_public_gives_its_load_balancer_back(
    account: MemoryAccount,
) -> None:
    api = MemoryApi(service())
    controllers = stepped(api, account)
    held = api.objects["Service", "foreign", "shop"]

    held["spec"]["type"] = "ClusterIP"
    controllers.step()

    assert account.balancers == {}
    assert held["metadata"]["finalizers"] == []
    assert held["status"] == {}


def test_what_a_service_has_stays_when_the_cluster_goes_first(account: MemoryAccount) -> None:
    api = MemoryApi(service())
    controllers = stepped(api, account)

    account.cluster = False
    api.delete("v1", "Service", "shop", "foreign")
    controllers.step()

    assert list(account.balancers) == ["7-8"]


@pytest.mark.parametrize(
    "other",
    [
        service(type="ClusterIP"),
        service(loadBalancerClass="service.k8s.aws/nlb"),
        {
            **service(),
            "metadata": {
                **service()["metadata"],
                "annotations": {"service.beta.kubernetes.io/aws-load-balancer-type": "external"},
            },
        },
    ],
    ids=["inside only", "of a class", "of another controller"],
)
def test_a_service_that_is_not_for_this_controller_gets_nothing(
    account: MemoryAccount, other: dict
) -> None:
    api = MemoryApi(other)
    stepped(api, account)

    assert account.balancers == {}
    assert "finalizers" not in api.objects["Service", "foreign", "shop"]["metadata"]


def test_an_internal_service_says_so(account: MemoryAccount) -> None:
    inside = service()
    inside["metadata"]["annotations"] = {
        "service.beta.kubernetes.io/aws-load-balancer-internal": "true"
    }
    stepped(MemoryApi(inside), account)

    assert account.balancers["7-8"].internal


def test_a_load_balancer_that_cannot_be_made_is_said_and_tried_again(
    account: MemoryAccount, caplog: pytest.LogCaptureFixture
) -> None:
    account.refusal = "could not find any suitable subnets for creating the ELB"
    api = MemoryApi(service())
    with caplog.at_level(logging.WARNING):
        controllers = stepped(api, account)
    assert "Service foreign/shop: could not find any suitable subnets" in caplog.text

    account.refusal = ""
    controllers.step()

    assert list(account.balancers) == ["7-8"]


def test_a_claim_gets_a_volume_in_the_zone_of_the_node_that_the_scheduler_chose(
    account: MemoryAccount,
) -> None:
    api = MemoryApi(NODE, CLASS, claim())
    stepped(api, account)

    zone = NODE["metadata"]["labels"]["topology.kubernetes.io/zone"]
    wanted = Disk("5-6", "monitoring/data", 10, zone, "gp3", encrypted=True)
    assert account.disks == {"vol-5-6": wanted}
    volume = api.objects["PersistentVolume", "", "pvc-5-6"]["spec"]
    assert volume["csi"] == {"driver": "ebs.csi.aws.com", "volumeHandle": "vol-5-6"}
    assert volume["claimRef"]["uid"] == "5-6"
    (term,) = volume["nodeAffinity"]["required"]["nodeSelectorTerms"]
    assert term["matchExpressions"][0]["values"] == [zone]


@pytest.mark.parametrize(
    ("waiting", "driver"),
    [(claim(**{OURS: "nfs"}), True), (claim(), False)],
    ids=["of another driver", "without the driver"],
)
def test_a_claim_waits_without_its_driver(
    account: MemoryAccount, waiting: dict, *, driver: bool
) -> None:
    account.driver = driver
    stepped(MemoryApi(NODE, CLASS, waiting), account)

    assert account.disks == {}


def test_a_volume_that_is_given_back_goes_and_one_that_is_to_be_kept_stays(
    account: MemoryAccount,
) -> None:
    api = MemoryApi(NODE, CLASS, claim())
    controllers = stepped(api, account)
    volume = api.objects["PersistentVolume", "", "pvc-5-6"]
    kept = {**volume, "metadata": {"name": "kept"}, "spec": dict(volume["spec"])}
    kept["spec"]["persistentVolumeReclaimPolicy"] = "Retain"
    kept["spec"]["csi"] = {"driver": "ebs.csi.aws.com", "volumeHandle": "vol-kept"}
    api.create(kept)
    account.disks["vol-kept"] = replace(account.disks["vol-5-6"], uid="kept")
    del api.objects["PersistentVolumeClaim", "monitoring", "data"]
    for name in ("pvc-5-6", "kept"):
        api.objects["PersistentVolume", "", name]["status"] = {"phase": "Released"}

    controllers.step()

    assert list(account.disks) == ["vol-kept"]
    assert ("PersistentVolume", "", "pvc-5-6") not in api.objects
    assert ("PersistentVolume", "", "kept") in api.objects


def test_a_network_load_balancer_is_for_the_clouds_own_controller(account: MemoryAccount) -> None:
    shop = service()
    shop["metadata"]["annotations"] = {"service.beta.kubernetes.io/aws-load-balancer-type": "nlb"}
    stepped(MemoryApi(shop), account)

    assert list(account.balancers) == ["7-8"]


def test_a_service_of_google_cloud_gets_an_address(account: MemoryAccount) -> None:
    account.dialect = GCP
    shop = service()
    shop["metadata"]["annotations"] = {"networking.gke.io/load-balancer-type": "Internal"}
    api = MemoryApi(shop)
    stepped(api, account)

    assert account.balancers["7-8"].internal
    held = api.objects["Service", "foreign", "shop"]
    assert list(held["status"]["loadBalancer"]["ingress"][0]) == ["ip"]


@pytest.mark.parametrize(
    ("machine", "kind"),
    [("e2-standard-4", "pd-balanced"), ("g4-standard-48", "hyperdisk-balanced")],
)
def test_a_dynamic_disk_of_google_cloud_is_one_that_its_node_can_have(
    account: MemoryAccount, machine: str, kind: str
) -> None:
    account.dialect = GCP
    driver = "pd.csi.storage.gke.io"
    labels = NODE["metadata"]["labels"] | {"node.kubernetes.io/instance-type": machine}
    parameters = {
        "type": "dynamic",
        "pd-type": "pd-balanced",
        "hyperdisk-type": "hyperdisk-balanced",
    }
    api = MemoryApi(
        {**CLASS, "provisioner": driver, "parameters": parameters},
        claim(**{OURS: driver}),
        {**NODE, "metadata": {**NODE["metadata"], "labels": labels}},
    )
    stepped(api, account)

    assert account.disks["vol-5-6"].kind == kind


def test_a_claim_of_google_cloud_gets_a_disk_with_its_key(account: MemoryAccount) -> None:
    account.dialect = GCP
    driver, key = "pd.csi.storage.gke.io", "projects/p/locations/r/keyRings/k/cryptoKeys/c"
    parameters = {"disk-encryption-kms-key": key}
    api = MemoryApi(
        {**CLASS, "provisioner": driver, "parameters": parameters},
        claim(**{OURS: driver}),
        NODE,
    )
    stepped(api, account)

    assert (account.disks["vol-5-6"].kind, account.disks["vol-5-6"].key) == ("pd-standard", key)
    volume = api.objects["PersistentVolume", "", "pvc-5-6"]
    assert volume["spec"]["csi"]["driver"] == driver
    terms = volume["spec"]["nodeAffinity"]["required"]["nodeSelectorTerms"]
    assert terms[0]["matchExpressions"][0]["key"] == "topology.gke.io/zone"
