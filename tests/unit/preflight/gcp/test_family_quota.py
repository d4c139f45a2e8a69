"""The quota that newer GPUs share: which entry is a region's, and what is no number."""

import json

import pytest

from infra.google_api import refused
from infra.google_discovery import method, schema, violations
from infra.preflight.gcp.catalogue import gpu_quotas
from infra.preflight.gcp.family_quota import METHOD, NOT_TOLD, family_limits
from infra.wire import Properties, Value

PROJECT, REGION = "example-llm-dev", "us-central1"
H100 = gpu_quotas("nvidia-h100-80gb", "on-demand")[0].code
H200 = gpu_quotas("nvidia-h200-141gb", "on-demand")[0].code


class Project:
    """A project that gives one answer, and keeps what it was asked for."""

    project = PROJECT
    region = REGION

    def __init__(self, *entries: Value, refusal: Properties | None = None) -> None:
        self.entries = list(entries)
        self.refusal = refusal
        self.asked: list[Properties] = []

    def call(
        self, method_id: str, /, body: Properties | None = None, **parameters: Value
    ) -> Properties:
        assert violations(method(method_id), parameters, body) == []
        self.asked.append(dict(parameters))
        if self.refusal is not None:
            raise refused(method_id, json.dumps({"error": self.refusal}).encode())
        return {"dimensionsInfos": self.entries}


def _entry(
    value: str | None, *, family: str = "", region: str = "", locations: tuple[str, ...] = (REGION,)
) -> Properties:
    named = {"gpu_family": family, "region": region}
    dimensions: Properties = {name: value for name, value in named.items() if value}
    details: Properties = {} if value is None else {"value": value}
    return {
        "dimensions": dimensions,
        "details": details,
        "applicableLocations": list[Value](locations),
    }


def _limit(*entries: Properties) -> int | None:
    return family_limits(Project(*entries))[0].get(H100)


def test_one_call_asks_for_the_quota_of_all_families() -> None:
    project = Project()

    family_limits(project)

    assert project.asked == [
        {
            "name": f"projects/{PROJECT}/locations/global/services/compute.googleapis.com"
            "/quotaInfos/GPUS-PER-GPU-FAMILY-per-project-region"
        }
    ]


def test_entries_have_the_fields_of_the_document() -> None:
    known = schema("cloudquotas", "DimensionsInfo")["properties"]

    assert isinstance(known, dict)
    assert _entry("8", family="NVIDIA_H100").keys() == known.keys()


def test_the_entry_that_names_most_counts() -> None:
    everywhere = _entry("1")
    here = _entry("2", region=REGION)
    family = _entry("4", family="NVIDIA_H100")
    both = _entry("8", family="NVIDIA_H100", region=REGION)

    assert _limit(everywhere) == 1
    assert _limit(everywhere, here) == 2
    assert _limit(everywhere, family) == 4
    assert _limit(both, everywhere, here, family) == 8


def test_entries_of_other_families_and_regions_do_not_count() -> None:
    family = "NVIDIA_H100"
    assert _limit(_entry("8", family="NVIDIA_H200")) is None
    assert _limit(_entry("8", family=family, region="europe-west4", locations=())) is None
    assert _limit(_entry("8", family=family, locations=("europe-west4",))) is None


def test_a_limit_of_zero_is_told() -> None:
    assert _limit(_entry("0")) == 0


@pytest.mark.parametrize("value", [None, "", "-1", "many"])
def test_what_is_no_number_is_not_told(value: str | None) -> None:
    told, untold = family_limits(Project(_entry(value, family="NVIDIA_H100"), _entry("3")))

    assert H100 not in told
    assert untold == {H100: NOT_TOLD}
    assert told[H200] == 3


def test_an_api_that_is_off_is_no_refusal_of_the_caller() -> None:
    message = "Cloud Quotas API has not been used in project 1 before or it is disabled."
    off: Properties = {
        "status": "PERMISSION_DENIED",
        "message": message,
        "details": [{"reason": "SERVICE_DISABLED"}],
    }

    told, untold = family_limits(Project(refusal=off))

    assert told == {}
    assert untold[H100] == f"no answer: {METHOD}: SERVICE_DISABLED: {message}"
