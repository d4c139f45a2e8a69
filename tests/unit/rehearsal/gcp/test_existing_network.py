"""A network that is in the simulated project at its start is fit, until somebody breaks it."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from infra.cloud_error import CloudApiError
from infra.preflight.gcp.network_checks import network_findings
from infra.rehearsal.existing_network import ExistingNetwork
from infra.rehearsal.gcp.api.errors import GoogleError
from infra.rehearsal.gcp.existing_network import WAY_OUT, build
from infra.spec.stack import StackSpec
from infra.wire import Properties, Value
from tests.unit.preflight.gcp.test_network_checks import FOREIGN, NODES, VPC
from tests.unit.rehearsal.gcp.scene import PROJECT, REGION, Scene, scene
from tests.unit.spec.stacks import a_gcp_stack, loaded


@dataclass
class Owner:
    """Somebody with a network, who changes it; also the port to Google's API there."""

    scene: Scene
    project: str = PROJECT
    region: str = REGION

    def call(
        self, method_id: str, /, body: Properties | None = None, **parameters: Value
    ) -> Properties:
        try:
            return self.scene.project.call(method_id, body, **parameters)
        except GoogleError as error:
            raise CloudApiError(error.operation, error.code, error.reason) from error

    def change(self, method: str, body: Properties | None = None, /, **place: Value) -> None:
        self.scene.call(method, body, **place)

    @property
    def spec(self) -> StackSpec:
        cloud = {"provider": "gcp", "project": PROJECT, "region": REGION}
        config = a_gcp_stack(cloud=cloud, network=FOREIGN, models=None)
        return loaded(config, "gcp-dev")

    @property
    def problems(self) -> list[str]:
        return [one.mistake.problem for one in network_findings(self, self.spec)]


@pytest.fixture
def owner() -> Owner:
    """The owner of a network that is fit."""
    made = scene()
    network = ExistingNetwork.of(Owner(made).spec)
    assert network is not None
    build(network, made.project)
    return Owner(made)


def test_the_network_that_a_rehearsal_makes_is_fit(owner: Owner) -> None:
    assert owner.problems == []


def test_a_stack_that_makes_its_own_network_asks_nothing(owner: Owner) -> None:
    own = loaded(a_gcp_stack(models=None), "gcp-dev")

    owner.call = _nobody_is_asked
    assert network_findings(owner, own) == []


def _nobody_is_asked(*question: object, **parameters: object) -> Properties:
    raise AssertionError((question, parameters))


def _no_google_access(owner: Owner) -> None:
    off: Properties = {"privateIpGoogleAccess": False}
    owner.change("subnetworks.setPrivateIpGoogleAccess", off, region=REGION, subnetwork=NODES)


def _no_nat(owner: Owner) -> None:
    owner.change("routers.patch", {"nats": []}, region=REGION, router=WAY_OUT)


def _nat_for_another_subnetwork(owner: Owner) -> None:
    owner.scene.subnetwork("10.200.0.0/24", name="another", network=VPC)
    nat: Properties = {
        "name": WAY_OUT,
        "natIpAllocateOption": "AUTO_ONLY",
        "sourceSubnetworkIpRangesToNat": "LIST_OF_SUBNETWORKS",
        "subnetworks": [
            {
                "name": f"projects/{PROJECT}/regions/{REGION}/subnetworks/another",
                "sourceIpRangesToNat": ["ALL_IP_RANGES"],
            }
        ],
    }
    owner.change("routers.patch", {"nats": [nat]}, region=REGION, router=WAY_OUT)


def _no_egress(owner: Owner) -> None:
    rule: Properties = {
        "name": "no-egress",
        "network": f"global/networks/{VPC}",
        "direction": "EGRESS",
        "denied": [{"IPProtocol": "all"}],
    }
    owner.change("firewalls.insert", rule)


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (_no_google_access, "has no Private Google Access"),
        (_no_nat, "has no Cloud NAT for the subnetwork"),
        (_nat_for_another_subnetwork, "has no Cloud NAT for the subnetwork"),
        (_no_egress, "no-egress, which denies all egress"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_somebody_breaks_is_found(
    break_it: Callable[[Owner], None], words: str, owner: Owner
) -> None:
    break_it(owner)

    (problem,) = owner.problems
    assert words in problem


def test_a_nat_for_listed_ranges_takes_these(owner: Owner) -> None:
    nat: Properties = {
        "name": WAY_OUT,
        "natIpAllocateOption": "AUTO_ONLY",
        "sourceSubnetworkIpRangesToNat": "LIST_OF_SUBNETWORKS",
        "subnetworks": [
            {
                "name": f"projects/{PROJECT}/regions/{REGION}/subnetworks/{NODES}",
                "sourceIpRangesToNat": ["PRIMARY_IP_RANGE", "LIST_OF_SECONDARY_IP_RANGES"],
                "secondaryIpRangeNames": ["pods"],
            }
        ],
    }
    owner.change("routers.patch", {"nats": [nat]}, region=REGION, router=WAY_OUT)

    assert owner.problems == []


def test_a_network_that_is_not_there_is_said_so() -> None:
    made = Owner(scene())

    assert made.problems == [f"{PROJECT} has no such network"]


def test_a_region_without_the_subnetwork_is_said_so(owner: Owner) -> None:
    owner.region = "europe-west4"

    assert [problem for problem in owner.problems if "has no such subnetwork" in problem]


def test_addresses_that_are_taken_are_not_free(owner: Owner) -> None:
    place = {"region": REGION, "subnetwork": NODES}
    before = owner.scene.call("subnetworks.get", views="WITH_UTILIZATION", **place)
    address: Properties = {
        "name": "taken",
        "addressType": "INTERNAL",
        "subnetwork": f"regions/{REGION}/subnetworks/{NODES}",
    }
    owner.change("addresses.insert", address, region=REGION)
    after = owner.scene.call("subnetworks.get", views="WITH_UTILIZATION", **place)

    assert _free(before) == _free(after) + 1
    assert "utilizationDetails" not in owner.scene.call("subnetworks.get", **place)


def _free(subnetwork: Properties) -> int:
    details = subnetwork["utilizationDetails"]
    assert isinstance(details, dict)
    ranges = details["ipv4Utilizations"]
    assert isinstance(ranges, list)
    (primary, *_secondary) = ranges
    assert isinstance(primary, dict)
    return int(str(primary["totalFreeIp"]))
