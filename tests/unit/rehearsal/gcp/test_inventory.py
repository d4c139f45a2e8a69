"""What is listed as left behind in a project, and what a stack finds there at its start."""

from typing import TYPE_CHECKING

from infra.rehearsal.existing_network import ExistingNetwork
from infra.rehearsal.gcp.api.compute.engine import ComputeEngine
from infra.rehearsal.gcp.api.compute.places import Market
from infra.rehearsal.gcp.existing_network import build
from infra.rehearsal.gcp.inventory import Inventory
from infra.replies import blocks, text
from tests.unit.rehearsal.gcp import services_scene
from tests.unit.rehearsal.gcp.services_scene import PROJECT, REGION, Scene

if TYPE_CHECKING:
    from infra.wire import Properties, Value

VERSIONS = "cloudkms.projects.locations.keyRings.cryptoKeys.cryptoKeyVersions"
NETWORK = ExistingNetwork(REGION, "theirs", "10.0.0.0/16", ("nodes",), (), "pods", "services")


def world() -> Scene:
    """Return a project with all of its services."""
    made = services_scene.assemble()
    ComputeEngine(made.project, made.operations, {}, Market(offerings={}))
    made.project.repeat()
    return made


def listed(inventory: Inventory) -> list[str]:
    return [f"{thing.kind} {thing.name}" for thing in inventory.things()]


def test_what_is_made_is_listed_until_it_is_gone() -> None:
    scene = world()
    inventory = Inventory(scene.project, scene.policies)
    assert inventory.things() == []

    scene.call("compute.networks.insert", {"name": "n"}, project=PROJECT)
    scene.call("storage.buckets.insert", {"name": "acme-weights"}, project=PROJECT)
    scene.account("nodes-dev")
    assert listed(inventory) == [
        "bucket acme-weights",
        "network n",
        f"service account nodes-dev@{PROJECT}.iam.gserviceaccount.com",
    ]

    scene.call("compute.networks.delete", project=PROJECT, network="n")
    assert "network n" not in listed(inventory)


def test_bindings_of_the_project_are_things_of_their_own() -> None:
    scene = world()
    inventory = Inventory(scene.project, scene.policies)
    policies = "cloudresourcemanager.projects"
    policy = scene.call(f"{policies}.getIamPolicy", {}, resource=PROJECT)
    member: Value = "user:bob@example.com"
    bindings: list[Value] = [
        *blocks(policy, "bindings"),
        {"role": "roles/logging.viewer", "members": [member]},
    ]
    body: Properties = {"policy": {**policy, "bindings": bindings}}
    scene.call(f"{policies}.setIamPolicy", body, resource=PROJECT)

    assert listed(inventory) == ["IAM binding logging.viewer of user:bob@example.com"]


def test_a_key_whose_versions_are_doomed_is_gone_but_for_its_name() -> None:
    scene = world()
    inventory = Inventory(scene.project, scene.policies)
    key = scene.key()
    assert listed(inventory) == ["KMS key secrets"]

    scene.call(f"{VERSIONS}.destroy", {}, name=f"{key}/cryptoKeyVersions/1")

    assert listed(inventory) == []


def test_a_network_that_exists_is_somebody_elses() -> None:
    scene = world()
    inventory = Inventory(scene.project, scene.policies)
    build(NETWORK, scene.project)
    inventory.accept()

    subnetwork = scene.call(
        "compute.subnetworks.get", project=PROJECT, region=REGION, subnetwork="nodes"
    )
    names = [text(one, "rangeName") for one in blocks(subnetwork, "secondaryIpRanges")]
    assert (names, subnetwork["privateIpGoogleAccess"]) == (["pods", "services"], True)
    assert inventory.things() == []
