"""The platform's keys."""

import pytest

from components.gcp.encryption import Encryption
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.wire import plain
from tests.unit.components import examples_gcp as examples


def _encryption(*, protected: bool = False) -> Graph:
    return record_program(
        lambda: Encryption(
            "e",
            platform=examples.PLATFORM,
            project=examples.project_ref(),
            protected=protected,
            opts=examples.with_gcp(),
        ),
        stack="gcp-dev",
    )


def test_each_service_of_googles_has_a_key_of_its_own_and_may_use_no_other() -> None:
    grants = _encryption().of_type("CryptoKeyIAMMember")

    assert {
        str(item.inputs["cryptoKeyId"]): str(item.inputs["member"]).partition("@")[2]
        for item in grants
    } == {
        "${e-secrets.id}": "container-engine-robot.iam.gserviceaccount.com",
        "${e-disks.id}": "compute-system.iam.gserviceaccount.com",
        "${e-weights.id}": "gs-project-accounts.iam.gserviceaccount.com",
        "${e-cache.id}": "gcp-sa-memorystore.iam.gserviceaccount.com",
        "${e-logs.id}": "gcp-sa-logging.iam.gserviceaccount.com",
    }
    assert {item.inputs["role"] for item in grants} == {
        "roles/cloudkms.cryptoKeyEncrypterDecrypter"
    }


def test_keys_are_rotated_within_90_days() -> None:
    for key in _encryption().of_type("CryptoKey"):
        assert key.inputs["rotationPeriod"] == f"{90 * 86400}s"
        assert key.inputs["purpose"] == "ENCRYPT_DECRYPT"


@pytest.mark.parametrize(("protected", "days"), [(True, 30), (False, 7)])
def test_keys_can_be_brought_back_for_as_long_as_on_aws(*, protected: bool, days: int) -> None:
    graph = _encryption(protected=protected)

    for item in graph.of_type("CryptoKey", "KeyRing"):
        assert bool(item.protect) is protected
    for key in graph.of_type("CryptoKey"):
        assert key.inputs["destroyScheduledDuration"] == f"{days * 86400}s"


def test_no_name_is_fixed_as_a_key_ring_outlives_its_stack() -> None:
    for item in _encryption().of_type("CryptoKey", "KeyRing"):
        assert "name" not in item.inputs


def test_keys_are_in_the_region_of_what_they_encrypt() -> None:
    assert plain(_encryption().named("e-ring").inputs["location"]) == examples.REGION
