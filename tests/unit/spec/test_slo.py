"""The section `slo`: what a platform promises, at values that can be measured."""

import pytest

from infra.catalog import latency_buckets
from infra.spec.slo import SloSpec
from tests.support import contracts
from tests.unit.spec.stacks import a_stack, loaded, mistakes, only

SAMPLE = contracts.FOLDER / "metrics" / "vllm-0.32.sample.prom"
PROMISED = {
    "time_to_first_token_seconds": latency_buckets.TTFT_MILLISECONDS,
    "inter_token_latency_seconds": latency_buckets.ITL_MILLISECONDS,
}


def slo_of(environment: str, **settings: object) -> SloSpec:
    endpoints = {"endpointAccess": ["198.51.100.0/24"]}
    config = a_stack(environment=environment, cluster=endpoints, models=None, slo=settings)
    return loaded(config).slo


@pytest.mark.parametrize(
    ("environment", "errors", "availability"),
    [("dev", 5, 99), ("staging", 2, 99.5), ("prod", 1, 99.9)],
)
def test_latency_is_promised_everywhere_alike_and_production_fails_least(
    environment: str, errors: float, availability: float
) -> None:
    slo = slo_of(environment)

    assert (slo.ttft_milliseconds, slo.itl_milliseconds, slo.probe_milliseconds) == (500, 50, 2000)
    assert (slo.error_percent, slo.availability_percent) == (errors, availability)


def test_budgets_are_what_the_promise_leaves_over() -> None:
    slo = slo_of("prod", latencyPercent=99, availabilityPercent=99.95)

    assert (slo.latency_budget, slo.error_budget) == (0.01, 0.0005)


@pytest.mark.parametrize(
    ("setting", "value", "nearest"),
    [
        ("ttftMilliseconds", 400, 500),
        ("itlMilliseconds", 60, 50),
    ],
)
def test_a_latency_that_no_histogram_counts_is_refused_with_the_nearest(
    setting: str, value: int, nearest: int
) -> None:
    mistake = only(a_stack(slo={setting: value}))

    assert mistake.setting == f"slo.{setting}"
    assert mistake.next_step == f"write {setting}: {nearest}"


def test_all_mistakes_are_named_at_once() -> None:
    wrong = {
        "ttftMilliseconds": 0,
        "probeMilliseconds": 5,
        "latencyPercent": 50,
        "errorPercent": 0,
        "itl": 50,
    }

    found = {mistake.setting for mistake in mistakes(a_stack(slo=wrong))}

    assert found == {
        "slo.ttftMilliseconds",
        "slo.probeMilliseconds",
        "slo.latencyPercent",
        "slo.errorPercent",
        "slo.itl",
    }


@pytest.mark.parametrize("percent", [93.9, 100])
def test_a_promise_whose_fast_burn_could_not_be_seen_is_refused(percent: float) -> None:
    # 14.4 times the budget must be less than all requests.
    assert only(a_stack(slo={"availabilityPercent": percent})).setting == "slo.availabilityPercent"


def test_a_stack_that_extends_another_keeps_its_promise() -> None:
    base = a_stack(slo={"errorPercent": 3}, models=None, layers=["foundation", "platform"])
    own = a_stack(extends="aws-dev", environment=None, cloud=None, gpuPools=None, layers=["models"])

    assert loaded(own, "aws-dev-models", aws_dev=base).slo.error_percent == 3
    repeated = {**own, "tokenworks:slo": {"errorPercent": 4}}
    assert only(repeated, "aws-dev-models", aws_dev=base).setting == "slo"


@pytest.mark.parametrize("histogram", list(PROMISED))
def test_each_bound_is_one_of_a_running_vllm(histogram: str) -> None:
    if not SAMPLE.exists():
        pytest.skip("the recorded output of vLLM is not here")
    prefix = f"vllm:{histogram}_bucket"
    lines = [line for line in SAMPLE.read_text().splitlines() if line.startswith(prefix)]
    bounds = {line.split('le="')[1].split('"')[0] for line in lines} - {"+Inf"}

    assert set(PROMISED[histogram]) <= {round(float(bound) * 1000) for bound in bounds}
