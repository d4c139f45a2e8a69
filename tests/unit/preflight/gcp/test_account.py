"""Quotas asked of a real project: told with what is in use, not told, and what follows."""

import pytest

from infra.cloud_error import CloudApiError
from infra.google_discovery import method, violations
from infra.preflight.gcp.account import project_facts
from infra.preflight.gcp.catalogue import QUOTAS
from infra.preflight.gcp.family_quota import METHOD
from infra.preflight.quota_rows import quota_rows
from infra.preflight.verdict import Verdict
from infra.spec.stack import StackSpec
from infra.wire import Properties, Value
from tests.unit.spec.stacks import a_gcp_pool, loaded

PROJECT, REGION = "example-llm-dev", "us-central1"
ENOUGH = 10_000


class Project:
    """A project with quotas, as Compute Engine tells them."""

    project = PROJECT
    region = REGION

    def __init__(self, *quotas: Properties, refuses: str = "") -> None:
        everywhere = {code for code, quota in QUOTAS.items() if quota.is_global}
        told: list[Properties] = [
            {"metric": code, "limit": float(ENOUGH), "usage": 0.0}
            for code, quota in QUOTAS.items()
            if not quota.family and code not in {item["metric"] for item in quotas}
        ]
        self.told = [*told, *quotas]
        self.everywhere = everywhere
        self.refuses = refuses

    def call(
        self, method_id: str, /, body: Properties | None = None, **parameters: Value
    ) -> Properties:
        assert violations(method(method_id), parameters, body) == []
        if self.refuses:
            raise CloudApiError(method_id, self.refuses, "no")
        if method_id == METHOD:
            return {"dimensionsInfos": []}
        is_global = method_id == "compute.projects.get"
        quotas: list[Value] = [
            quota for quota in self.told if (quota["metric"] in self.everywhere) is is_global
        ]
        return {"quotas": quotas}


def _l4(limit: Value, usage: Value = 0.0) -> Properties:
    return {"metric": "NVIDIA_L4_GPUS", "limit": limit, "usage": usage}


def _stack(gpu: str = "L4", least: int = 0) -> StackSpec:
    way = {"min": least, "max": 2}
    return loaded(a_gcp_pool(gpu=gpu, spot=None, onDemand=way), "gcp-dev")


def test_limit_and_usage_are_those_of_the_region_and_of_all_regions() -> None:
    everywhere: Properties = {"metric": "GPUS_ALL_REGIONS", "limit": 8.0, "usage": 2.0}

    facts = project_facts(Project(_l4(4.0, 1.0), everywhere))

    assert (facts.quota("NVIDIA_L4_GPUS"), facts.in_use["NVIDIA_L4_GPUS"]) == (4, 1)
    assert (facts.quota("GPUS_ALL_REGIONS"), facts.in_use["GPUS_ALL_REGIONS"]) == (8, 2)


@pytest.mark.parametrize("limit", [None, "many", True])
def test_a_quota_without_a_number_is_not_told(limit: Value) -> None:
    assert "NVIDIA_L4_GPUS" not in project_facts(Project(_l4(limit))).quotas


def test_a_refusal_is_no_answer() -> None:
    facts = project_facts(Project(refuses="forbidden"))

    assert facts.quotas == {}
    assert facts.untold["NVIDIA_L4_GPUS"] == "denied: the caller lacks compute.regions.get"
    assert facts.untold["GPUS_ALL_REGIONS"] == "denied: the caller lacks compute.projects.get"


def test_too_small_a_quota_is_named_with_what_is_in_use_of_it() -> None:
    rows = quota_rows(_stack(), project_facts(Project(_l4(1.0, 1.0))))

    (row,) = [row for row in rows if row.what == "NVIDIA_L4_GPUS NVIDIA L4 GPUs"]
    assert (row.need, row.have, row.verdict) == ("2 GPU", "1, 1 in use", Verdict.SHORT)


@pytest.mark.parametrize("least", [0, 1])
def test_a_quota_that_nobody_tells_is_neither_zero_nor_enough(least: int) -> None:
    rows = quota_rows(_stack("RTX-PRO-6000", least), project_facts(Project()))

    (row,) = [row for row in rows if "GPUS_PER_GPU_FAMILY/NVIDIA_RTX_PRO_6000" in row.what]
    assert (row.have, row.verdict) == ("unknown", Verdict.UNKNOWN)
    told = "\n".join(row.steps)
    assert "gcloud beta quotas info describe GPUS-PER-GPU-FAMILY-per-project-region" in told
