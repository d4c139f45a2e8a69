"""Ids of Google's resources, and the parameters of the calls that are about them."""

import pytest

from infra.rehearsal.gcp.api.project import Project
from infra.rehearsal.gcp.forms import Form
from infra.rehearsal.gcp.place import Place

NETWORK = Form("projects/{project}/global/networks/{name}")
POOL = Form("projects/{project}/locations/{location}/clusters/{cluster}/nodePools/{name}")
KEY = Form("{keyRing*}/cryptoKeys/{name}")
RING = "projects/acme/locations/us-central1/keyRings/ours"


@pytest.fixture
def place() -> Place:
    """A provider that means one region."""
    return Place(Project("acme", "us-central1"), region="us-central1")


def test_what_a_resource_does_not_say_is_where_the_provider_is(place: Place) -> None:
    found = POOL.id_of(place, {"cluster": "llm", "name": "l4"})

    assert found == "projects/acme/locations/us-central1/clusters/llm/nodePools/l4"


def test_a_reference_counts_by_its_last_part_unless_the_id_has_all_of_it(place: Place) -> None:
    cluster = "projects/acme/locations/us-central1/clusters/llm"

    assert POOL.id_of(place, {"cluster": cluster, "name": "l4"}) == f"{cluster}/nodePools/l4"
    assert KEY.id_of(place, {"keyRing": RING, "name": "disks"}) == f"{RING}/cryptoKeys/disks"


def test_a_place_that_nobody_says_is_refused_by_name(place: Place) -> None:
    zonal = Form("projects/{project}/zones/{zone}/disks/{name}")

    with pytest.raises(ValueError, match="zone: required field is not set"):
        zonal.id_of(place, {"name": "scratch"})


def test_an_id_of_another_type_is_refused() -> None:
    with pytest.raises(ValueError, match="must look like projects/"):
        NETWORK.parts("acme/us-central1/router/nat")


def test_compute_engine_takes_parts_and_newer_apis_the_whole_name() -> None:
    network = "projects/acme/global/networks/vpc"
    key = f"{RING}/cryptoKeys/disks"

    assert NETWORK.addressed("compute.networks.get", network) == {
        "project": "acme",
        "network": "vpc",
    }
    keys = "cloudkms.projects.locations.keyRings.cryptoKeys"
    assert KEY.addressed(f"{keys}.get", key) == {"name": key}
    assert KEY.parent(f"{keys}.create", key) == {"parent": RING}
