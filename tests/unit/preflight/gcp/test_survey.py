"""A project as a whole: each question, each refusal, and what stands in the table then.

Answers go through Google's own client; what the discovery documents do not allow in a call, fails.
"""

import json
from collections.abc import Mapping

import pytest

from infra.google_api import refused
from infra.google_discovery import method, violations
from infra.preflight.gcp.catalogue import QUOTAS
from infra.preflight.gcp.family_quota import METHOD
from infra.preflight.gcp.services import SERVICES
from infra.preflight.gcp.survey import SAMPLE, survey
from infra.preflight.run import judge
from infra.preflight.verdict import PreflightError, Row, Verdict
from infra.spec.files import load_stack_file
from infra.spec.pools import ReservationKind, ReservationSpec
from infra.spec.stack import StackSpec
from infra.wire import Properties, Value

PROD = load_stack_file("gcp-prod")
PROJECT, REGION = "example-llm-prod", "us-central1"
TYPES = ("n2-standard-4", "g2-standard-8", "g4-standard-48", "a3-highgpu-8g", "a2-ultragpu-4g")
ENABLED: list[Value] = [{"config": {"name": f"{name}.googleapis.com"}} for name in SERVICES]
GRANTED: list[Value] = [*SAMPLE]


def _quotas(*, everywhere: bool) -> Properties:
    told: list[Value] = [
        {"metric": code, "limit": 10_000.0, "usage": 0.0}
        for code, quota in QUOTAS.items()
        if quota.is_global is everywhere and not quota.family
    ]
    return {"quotas": told}


ENOUGH: Mapping[str, Properties] = {
    "compute.projects.get": _quotas(everywhere=True),
    "compute.regions.get": _quotas(everywhere=False),
    METHOD: {"dimensionsInfos": [{"details": {"value": "10000"}, "applicableLocations": [REGION]}]},
    "compute.zones.list": {
        "items": [
            {"name": f"{REGION}-a", "region": f"https://x/regions/{REGION}", "status": "UP"},
            {"name": f"{REGION}-b", "region": f"https://x/regions/{REGION}", "status": "DOWN"},
            {"name": "europe-west4-a", "region": "https://x/europe-west4", "status": "UP"},
        ]
    },
    "compute.machineTypes.get": {"name": "any"},
    "compute.acceleratorTypes.get": {"name": "any"},
    "container.projects.locations.getServerConfig": {
        "channels": [
            {"channel": "RAPID", "validVersions": ["1.37.0-gke.1"]},
            {"channel": "REGULAR", "validVersions": ["1.36.1-gke.1", "1.35.8-gke.1"]},
        ]
    },
    "serviceusage.services.list": {"services": ENABLED},
    "cloudresourcemanager.projects.testIamPermissions": {"permissions": GRANTED},
}


class Project:
    """A project of recorded answers."""

    project = PROJECT
    region = REGION

    def __init__(self, answers: Mapping[str, Properties | bytes]) -> None:
        self.answers = answers

    def call(
        self, method_id: str, /, body: Properties | None = None, **parameters: Value
    ) -> Properties:
        assert violations(method(method_id), parameters, body) == []
        answer = self.answers[method_id]
        if isinstance(answer, bytes):
            raise refused(method_id, answer)
        return answer


def _refusal(reason: str, message: str = "no") -> bytes:
    error = {"message": message, "errors": [{"reason": reason}]}
    return json.dumps({"error": error}).encode()


def rows_of(
    spec: StackSpec = PROD, answers: Mapping[str, Properties | bytes] | None = None
) -> dict[str, Row]:
    """Return the rows of a project that has enough, but for these answers, by what they say."""
    found = survey(Project({**ENOUGH, **(answers or {})}), spec)
    return {row.what: row for row in found.rows}


def exit_code(rows: Mapping[str, Row]) -> int:
    return judge(PROD, survey(Project(ENOUGH), PROD).facts, list(rows.values())).exit_code


def test_a_project_that_has_enough_of_all_is_enough() -> None:
    rows = rows_of()

    assert {row.verdict for row in rows.values()} == {Verdict.ENOUGH}
    assert exit_code(rows) == 0
    assert {*TYPES, "Kubernetes", PROJECT, "to bring it up"} <= rows.keys()


DENIED = {
    "compute.projects.get": "compute.projects.get",
    "compute.regions.get": "compute.regions.get",
    METHOD: "cloudquotas.quotas.get",
    "compute.zones.list": "compute.zones.list",
    "compute.machineTypes.get": "compute.machineTypes.get",
    "compute.acceleratorTypes.get": "compute.acceleratorTypes.get",
    "container.projects.locations.getServerConfig": "container.clusters.list",
    "serviceusage.services.list": "serviceusage.services.list",
    "cloudresourcemanager.projects.testIamPermissions": "resourcemanager.projects.get",
}


@pytest.mark.parametrize("form", ["Required '{}' permission for 'x'", "Permission '{}' denied"])
@pytest.mark.parametrize("method_id", DENIED)
def test_a_denied_call_names_its_permission_and_the_rest_is_asked(
    method_id: str, form: str
) -> None:
    refusal = _refusal("forbidden", form.format(DENIED[method_id]))

    rows = rows_of(answers={method_id: refusal})

    usual = {row.what for row in rows_of().values() if row.verdict is Verdict.UNKNOWN}
    new = [row for row in rows.values() if row.verdict is Verdict.UNKNOWN and row.what not in usual]
    assert new
    assert all(f"lacks {DENIED[method_id]}" in " ".join(row.steps) for row in new)
    assert rows.keys() == rows_of().keys()


def test_every_question_has_a_test_of_its_refusal() -> None:
    assert DENIED.keys() == ENOUGH.keys()


def test_without_credentials_nothing_is_said() -> None:
    with pytest.raises(PreflightError, match="authError"):
        rows_of(answers={"compute.projects.get": _refusal("authError")})


def test_a_machine_that_no_zone_sells_is_short_and_so_is_one_without_its_gpu() -> None:
    gone = _refusal("notFound")

    no_machine = rows_of(answers={"compute.machineTypes.get": gone})
    no_gpu = rows_of(answers={"compute.acceleratorTypes.get": gone})

    assert {no_machine[kind].verdict for kind in TYPES} == {Verdict.SHORT}
    assert no_gpu["n2-standard-4"].verdict is Verdict.ENOUGH
    assert {no_gpu[kind].verdict for kind in TYPES[1:]} == {Verdict.SHORT}
    assert "gpuPools[h100]" in no_gpu["a3-highgpu-8g"].steps[0]


def test_a_zone_that_is_down_or_elsewhere_sells_nothing() -> None:
    assert rows_of()["a3-highgpu-8g"].have == f"{REGION}-a"


def test_the_channel_of_the_cluster_must_have_the_version() -> None:
    place = "container.projects.locations.getServerConfig"
    other: Properties = {"channels": [{"channel": "REGULAR", "validVersions": ["1.36.1-gke.1"]}]}

    assert rows_of()["Kubernetes"].have == "1.35.8-gke.1"
    assert rows_of(answers={place: other})["Kubernetes"].verdict is Verdict.SHORT
    assert rows_of(answers={place: {}})["Kubernetes"].verdict is Verdict.UNKNOWN


def test_an_api_that_is_off_is_short_with_the_command_that_switches_it_on() -> None:
    off: Properties = {"services": ENABLED[1:]}

    row = rows_of(answers={"serviceusage.services.list": off})[f"{PROJECT} cloud.project"]

    assert row.verdict is Verdict.SHORT
    assert "gcloud services enable artifactregistry.googleapis.com" in row.steps[0]


def test_a_permission_that_is_lacking_is_named() -> None:
    held: Properties = {"permissions": GRANTED[1:]}

    rows = rows_of(answers={"cloudresourcemanager.projects.testIamPermissions": held})

    row = rows["to bring it up"]
    assert row.verdict is Verdict.SHORT
    assert row.steps[0] == f"the caller lacks {SAMPLE[0]}"


@pytest.mark.parametrize(
    ("count", "status", "verdict"),
    [("2", "READY", Verdict.ENOUGH), ("1", "READY", Verdict.SHORT), ("2", "BAD", Verdict.SHORT)],
)
def test_a_reservation_must_hold_the_nodes_of_its_pool(
    count: str, status: str, verdict: Verdict
) -> None:
    reservation = ReservationSpec(
        id="h100s", kind=ReservationKind.CAPACITY_RESERVATION, zone=f"{REGION}-a"
    )
    pools = [
        pool.model_copy(update={"reservation": reservation if pool.name == "h100" else None})
        for pool in PROD.gpu_pools
    ]
    spec = PROD.model_copy(update={"gpu_pools": tuple(pools)})
    held: Properties = {
        "status": status,
        "specificReservation": {
            "count": count,
            "instanceProperties": {"machineType": "a3-highgpu-8g"},
        },
    }

    there = rows_of(spec, {"compute.reservations.get": held})
    gone = rows_of(spec, {"compute.reservations.get": _refusal("notFound")})

    assert there["h100: reservation h100s"].verdict is verdict
    assert gone["h100: reservation h100s"].verdict is Verdict.SHORT
