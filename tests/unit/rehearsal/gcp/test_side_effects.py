"""What controllers of a cluster make in the project, and what that keeps from being deleted."""

import pytest

from infra.rehearsal.controllers.account import Balancer, ControllerError, Disk, Machine
from infra.rehearsal.gcp.api.project import Request
from infra.rehearsal.gcp.side_effects import SideEffects
from infra.replies import blocks, dig, text
from infra.wire import Properties
from tests.unit.rehearsal.gcp.scene import PROJECT, REGION, ZONE, Scene, scene

SHOP = Balancer("1234-5678", "web/shop", internal=False, ports=((80, 30080),))
DATA = Disk("66666666", "monitoring/data", 10, ZONE, "pd-balanced", encrypted=False)
NODE = Machine("gke-dev-system-1a2b3c4d-x1y2", "system", ZONE)
NETWORK = f"projects/{PROJECT}/global/networks/n"
SUBNETWORK = f"projects/{PROJECT}/regions/{REGION}/subnetworks/s"


def with_cluster(**limits: int) -> tuple[Scene, SideEffects]:
    """Return a project with a network and, as far as controllers look, a cluster in it."""
    world = scene(**limits)
    world.network()
    world.subnetwork("10.0.0.0/20")
    name = f"projects/{PROJECT}/locations/{REGION}/clusters/dev"

    def create(request: Request) -> Properties:
        return request.project.store.put(
            name,
            {
                "name": "dev",
                "location": REGION,
                "networkConfig": {"network": NETWORK, "subnetwork": SUBNETWORK},
                "addonsConfig": {"gcePersistentDiskCsiDriverConfig": {"enabled": True}},
            },
        )

    def delete(request: Request) -> Properties:
        request.project.store.drop(name)
        return {}

    methods = "container.projects.locations.clusters"
    world.project.register(f"{methods}.create", create)
    world.project.register(f"{methods}.delete", delete)
    parent = f"projects/{PROJECT}/locations/{REGION}"
    world.project.call(f"{methods}.create", {"cluster": {}}, parent=parent)
    return world, SideEffects(world.project)


def without_cluster(world: Scene) -> None:
    name = f"projects/{PROJECT}/locations/{REGION}/clusters/dev"
    world.project.call("container.projects.locations.clusters.delete", name=name)


def kinds(world: Scene) -> set[str]:
    """Return the collections that have something, besides networks and operations."""
    names = (name.split("/") for name, _thing in world.project.store.everything())
    return {parts[-2] for parts in names} - {"networks", "subnetworks", "operations", "clusters"}


def test_a_service_gets_a_load_balancer_once() -> None:
    world, effects = with_cluster()

    assert effects.balancer(SHOP) == effects.balancer(SHOP)

    rule = world.call("forwardingRules.get", region=REGION, forwardingRule="a12345678")
    assert (rule["loadBalancingScheme"], rule["portRange"]) == ("EXTERNAL", "80-80")
    assert kinds(world) == {"forwardingRules", "targetPools", "httpHealthChecks", "firewalls"}


def test_an_internal_one_has_an_address_of_the_subnetwork() -> None:
    world, effects = with_cluster()
    inside = Balancer("9-9", "web/shop", internal=True, ports=((443, 30443),))

    assert effects.balancer(inside).startswith("10.0.")
    assert kinds(world) == {"forwardingRules", "backendServices", "healthChecks", "firewalls"}
    backend = world.call("regionBackendServices.get", region=REGION, backendService="a99")
    assert text(backend, "healthChecks.0").endswith("/global/healthChecks/a99-node-http-hc")


def test_a_load_balancer_goes_with_all_of_its_parts() -> None:
    world, effects = with_cluster()
    effects.balancer(SHOP)
    effects.balancer(Balancer("9-9", "web/shop", internal=True, ports=((443, 30443),)))

    effects.drop_balancer("1234-5678")
    effects.drop_balancer("9-9")
    effects.drop_balancer("9-9")

    assert kinds(world) == set()


def test_a_load_balancer_that_outlives_its_cluster_keeps_the_network() -> None:
    world, effects = with_cluster()
    effects.balancer(SHOP)
    without_cluster(world)
    world.call("subnetworks.delete", region=REGION, subnetwork="s")

    assert world.failure("networks.delete", network="n") == (
        f"The network resource '{NETWORK}' is already being used by "
        f"'projects/{PROJECT}/global/firewalls/k8s-fw-a12345678'"
    )


def test_a_node_keeps_its_subnetwork() -> None:
    world, effects = with_cluster()
    effects.keep_interfaces([NODE])
    without_cluster(world)

    assert world.refusal("subnetworks.delete", region=REGION, subnetwork="s") == (
        f"googleapi: Error 400: The subnetwork resource '{SUBNETWORK}' is already being used by "
        f"'projects/{PROJECT}/zones/{ZONE}/instances/{NODE.name}', resourceInUseByAnotherResource"
    )

    effects.keep_interfaces([])
    world.call("subnetworks.delete", region=REGION, subnetwork="s")


def test_a_claim_gets_a_disk_once() -> None:
    world, effects = with_cluster()

    name = effects.disk(DATA)

    assert name == f"projects/{PROJECT}/zones/{ZONE}/disks/pvc-66666666"
    assert effects.disk(DATA) == name
    disk = world.call("disks.get", zone=ZONE, disk="pvc-66666666")
    assert (disk["sizeGb"], text(disk, "type").rpartition("/")[2]) == ("10", "pd-balanced")
    assert dig(disk, "labels.goog-k8s-cluster-name") == "dev"
    effects.drop_disk(name)
    effects.drop_disk(name)
    assert blocks(world.call("disks.list", zone=ZONE), "items") == []


def test_a_disk_past_the_quota_is_refused_as_kubernetes_prints_it() -> None:
    _world, effects = with_cluster(SSD_TOTAL_GB=9)

    with pytest.raises(ControllerError) as caught:
        effects.disk(DATA)

    assert str(caught.value) == (
        "could not create volume 'pvc-66666666': googleapi: Error 403: QUOTA_EXCEEDED - Quota "
        f"'SSD_TOTAL_GB' exceeded.  Limit: 9.0 in region {REGION}."
    )


def test_without_a_cluster_there_are_no_controllers() -> None:
    effects = SideEffects(scene().project)

    assert not effects.has_cluster()
    assert not effects.has_disk_driver()
    with pytest.raises(ControllerError, match="the cluster is gone"):
        effects.balancer(SHOP)
