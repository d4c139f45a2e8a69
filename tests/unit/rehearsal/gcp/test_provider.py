"""The package `gcp` of the simulated Google Cloud, as the engine speaks to it: the network."""

from collections.abc import Iterator

import grpc
import pytest

from infra.wire import UNKNOWN, Properties, Value
from tests.unit.rehearsal.cloud.wire import Engine, Made, PartlyError, RefusedError
from tests.unit.rehearsal.gcp.provider_scene import (
    ADDRESS,
    FIREWALL,
    NAT,
    NETWORK,
    PROJECT,
    REGION,
    ROUTER,
    SUBNETWORK,
    Scene,
    scene,
)

LINK = "https://www.googleapis.com/compute/v1/"


@pytest.fixture(scope="module")
def running() -> Iterator[Scene]:
    """A simulated Google Cloud."""
    with scene(NETWORKS=2) as made:
        yield made


@pytest.fixture
def network(running: Scene) -> Iterator[Made]:
    """A network of its own for each test."""
    made = running.network()
    yield made
    running.engine.delete(made)
    assert running.engine.read(made) is None


@pytest.fixture
def subnetwork(running: Scene, network: Made) -> Iterator[Made]:
    """A subnetwork in it."""
    made = running.subnetwork(network)
    yield made
    running.engine.delete(made)


@pytest.fixture
def router(running: Scene, network: Made) -> Iterator[Made]:
    """A router in it."""
    made = running.engine.create(ROUTER, {"network": network.physical_id}, name="router")
    yield made
    running.engine.delete(made)


@pytest.fixture
def nat(running: Scene, router: Made, subnetwork: Made) -> Iterator[Made]:
    """A NAT gateway for the subnetwork."""
    made = running.engine.create(NAT, _nat(router, subnetwork), name="nat")
    yield made
    running.engine.delete(made)


def _nat(router: Made, subnetwork: Made) -> Properties:
    ranges: Value = ["ALL_IP_RANGES"]
    return {
        "router": router["name"],
        "natIpAllocateOption": "AUTO_ONLY",
        "sourceSubnetworkIpRangesToNat": "LIST_OF_SUBNETWORKS",
        "subnetworks": [{"name": subnetwork.physical_id, "sourceIpRangesToNats": ranges}],
        "logConfig": {"enable": True, "filter": "ERRORS_ONLY"},
    }


def _firewall(network: Made) -> Properties:
    return {
        "network": network["name"],
        "priority": 65534,
        "sourceRanges": ["0.0.0.0/0"],
        "denies": [{"protocol": "all"}],
        "logConfig": {"metadata": "EXCLUDE_ALL_METADATA"},
    }


def _refused_configuration(running: Scene, **config: Value) -> str:
    with pytest.raises(grpc.RpcError) as caught:
        Engine(running.cloud.ports.provider, **config)
    return str(caught.value)


def test_ids_and_links_are_those_of_the_real_provider(
    network: Made, subnetwork: Made, nat: Made
) -> None:
    assert network.physical_id == f"projects/{PROJECT}/global/networks/{network['name']}"
    assert network["selfLink"] == LINK + network.physical_id
    assert subnetwork.physical_id.startswith(f"projects/{PROJECT}/regions/{REGION}/subnetworks/")
    assert subnetwork["network"] == LINK + network.physical_id
    assert subnetwork["region"] == REGION
    assert nat.physical_id == f"{PROJECT}/{REGION}/{nat['router']}/{nat['name']}"


def test_a_name_is_drawn_in_small_letters(running: Scene) -> None:
    inputs, failures = running.engine.check(NETWORK, {}, name="Vpc")

    assert failures == []
    assert str(inputs["name"]).startswith("vpc-")


def test_a_name_that_google_would_refuse_for_its_length_is_refused_in_preview(
    running: Scene,
) -> None:
    _inputs, failures = running.engine.check(NETWORK, {}, name="n" * 60)

    assert "longer than 63 characters" in failures[0]


def test_what_was_made_is_read_back_without_drift(
    running: Scene, network: Made, subnetwork: Made, router: Made, nat: Made
) -> None:
    firewall = running.engine.create(FIREWALL, _firewall(network))

    for made in (network, subnetwork, router, nat, firewall):
        found = running.engine.read(made)

        assert found is not None
        assert found.inputs == made.inputs
        assert found.outputs == made.outputs
    running.engine.delete(firewall)


def test_an_import_knows_place_and_name(running: Scene, subnetwork: Made) -> None:
    found = running.engine.read(subnetwork, importing=True)

    assert found is not None
    assert found.inputs["name"] == subnetwork["name"]
    assert found.inputs["region"] == REGION
    assert found.inputs["ipCidrRange"] == "10.0.0.0/20"


def test_a_preview_says_what_only_an_update_knows(running: Scene) -> None:
    seen = running.engine.preview(SUBNETWORK, {"network": UNKNOWN, "ipCidrRange": "10.0.0.0/20"})

    assert seen["selfLink"] == UNKNOWN
    assert seen["network"] == UNKNOWN
    assert seen["ipCidrRange"] == "10.0.0.0/20"


def test_a_range_grows_in_place_and_shrinks_by_replacement(
    running: Scene, subnetwork: Made
) -> None:
    assert list(running.engine.diff(subnetwork, ipCidrRange="10.0.0.0/19").replaces) == []
    assert list(running.engine.diff(subnetwork, ipCidrRange="10.0.0.0/24").replaces) == [
        "ipCidrRange"
    ]

    grown = running.engine.update(subnetwork, ipCidrRange="10.0.0.0/19")

    assert grown["ipCidrRange"] == "10.0.0.0/19"


def test_what_an_update_takes_back_is_gone(running: Scene, network: Made) -> None:
    subnetwork = running.subnetwork(network, logConfig={"metadata": "INCLUDE_ALL_METADATA"})
    assert subnetwork["logConfig"] == {"metadata": "INCLUDE_ALL_METADATA"}

    silent = running.engine.update(subnetwork, logConfig=None, privateIpGoogleAccess=None)

    assert "logConfig" not in silent.outputs
    assert silent["privateIpGoogleAccess"] is False
    running.engine.delete(silent)


def test_a_rule_and_a_gateway_change_in_place(running: Scene, network: Made, nat: Made) -> None:
    firewall = running.engine.create(FIREWALL, _firewall(network))
    denies: Value = [{"protocol": "tcp", "ports": ["22"]}]
    assert list(running.engine.diff(firewall, denies=denies).replaces) == []

    changed = running.engine.update(firewall, denies=denies)
    wider = running.engine.update(nat, minPortsPerVm=128)

    assert changed["denies"] == denies
    assert wider["minPortsPerVm"] == 128
    assert wider["logConfig"] == {"enable": True, "filter": "ERRORS_ONLY"}
    running.engine.delete(changed)


@pytest.mark.parametrize("what", ["network", "name", "purpose"])
def test_what_no_update_takes_replaces(running: Scene, subnetwork: Made, what: str) -> None:
    assert list(running.engine.diff(subnetwork, **{what: "other"}).replaces) == [what]


def test_labels_of_the_provider_are_under_those_of_the_program(running: Scene) -> None:
    address = running.engine.create(ADDRESS, {"labels": {"stage": "dev"}})

    assert address["labels"] == {"stage": "dev"}
    assert address["pulumiLabels"] == {"stage": "dev", "team": "ml"}
    assert address["effectiveLabels"] == {"stage": "dev", "team": "ml"}
    running.engine.delete(address)


def test_labels_that_others_set_stay_and_are_no_drift(running: Scene) -> None:
    address = running.engine.create(ADDRESS, {"labels": {"stage": "dev"}})
    where = {"project": PROJECT, "region": REGION}
    project, name = running.cloud.project, str(address["name"])
    api = project.call("compute.addresses.get", None, **where, address=name)
    labels: Properties = {"stage": "dev", "team": "ml", "by": "hand"}
    body: Properties = {"labels": labels, "labelFingerprint": api["labelFingerprint"]}
    project.call("compute.addresses.setLabels", body, **where, resource=name)

    found = running.engine.read(address)
    assert found is not None
    assert found.inputs == address.inputs

    changed = running.engine.update(address, labels={"stage": "prod"})

    assert changed["effectiveLabels"] == {"stage": "prod", "team": "ml", "by": "hand"}
    assert changed["labels"] == {"stage": "prod"}
    running.engine.delete(changed)


def test_a_network_in_use_is_refused_in_the_providers_words(
    running: Scene, network: Made, subnetwork: Made
) -> None:
    assert subnetwork["network"] == network["selfLink"]

    with pytest.raises(RefusedError, match="Error waiting for Deleting Network: The network reso"):
        running.engine.delete(network)


def test_what_fails_after_google_took_it_leaves_nothing_behind(running: Scene) -> None:
    made = [running.network(), running.engine.create(NETWORK, {"autoCreateSubnetworks": False})]

    with pytest.raises(RefusedError, match="Creating Network: Quota 'NETWORKS'") as caught:
        running.engine.create(NETWORK, {"autoCreateSubnetworks": False})

    assert not isinstance(caught.value, PartlyError)
    for network in made:
        running.engine.delete(network)


def test_a_gateway_of_a_taken_name_is_refused(
    running: Scene, router: Made, subnetwork: Made, nat: Made
) -> None:
    again = {**_nat(router, subnetwork), "name": nat["name"]}

    with pytest.raises(RefusedError, match="existing object already found"):
        running.engine.create(NAT, again)


@pytest.mark.parametrize(
    ("kind", "inputs", "words"),
    [
        (SUBNETWORK, {"ipCidrRange": "10.0.0.0/20"}, "network: missing required property"),
        (NETWORK, {"autoCreateSubnets": False}, "autoCreateSubnets: no such property"),
        (NETWORK, {"mtu": "large"}, "mtu: must be a whole number"),
        (NETWORK, {"deletionPolicy": "ABANDON"}, "not simulated: 'ABANDON'"),
        ("gcp:pubsub/topic:Topic", {}, "not simulated: gcp:pubsub/topic:Topic"),
        (NETWORK, {"routingMode": "LOCAL"}, "routingConfig.routingMode: must be one of"),
    ],
)
def test_what_cannot_be_right_is_refused_before_any_call(
    running: Scene, kind: str, inputs: Properties, words: str
) -> None:
    _inputs, failures = running.engine.check(kind, inputs)

    assert words in failures[0]


def test_the_provider_takes_its_own_project_only(running: Scene) -> None:
    assert "is not the project of this rehearsal" in _refused_configuration(
        running, project="another", region=REGION
    )
    assert "region: must be set" in _refused_configuration(running, project=PROJECT)
    assert "no region that we know" in _refused_configuration(
        running, project=PROJECT, region="us-moon1"
    )


def test_a_setting_without_meaning_is_refused_by_name(running: Scene) -> None:
    words = _refused_configuration(
        running, project=PROJECT, region=REGION, impersonateServiceAccount="somebody@example.com"
    )

    assert "impersonateServiceAccount: not simulated" in words


def test_functions_answer_as_the_provider_does(
    running: Scene, network: Made, subnetwork: Made
) -> None:
    project = running.engine.invoke("gcp:organizations/getProject:getProject", projectId=PROJECT)
    found = running.engine.invoke("gcp:compute/getNetwork:getNetwork", name=network["name"])
    part = running.engine.invoke(
        "gcp:compute/getSubnetwork:getSubnetwork", name=subnetwork["name"], region=REGION
    )

    assert project["number"] == running.cloud.project.number
    assert found["subnetworksSelfLinks"] == [subnetwork["selfLink"]]
    assert part["secondaryIpRanges"] == subnetwork["secondaryIpRanges"]


def test_a_function_about_what_is_not_there_fails(running: Scene) -> None:
    with pytest.raises(RefusedError, match="notFound"):
        running.engine.invoke("gcp:compute/getNetwork:getNetwork", name="nowhere")
