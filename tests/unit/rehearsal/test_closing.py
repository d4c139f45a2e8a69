"""Whether the working hours of models can be kept, as a cluster has them."""

from infra.rehearsal.closing import working_hours
from infra.spec.files import load_stack_file
from infra.wire import Properties, Value
from tests.support.memory_api import MemoryApi

STAGING = load_stack_file("aws-staging")
MODEL = {"tokenworks.dev/model": "m"}


def _deployment(name: str, labels: dict[str, str]) -> Properties:
    metadata: Properties = {"name": name, "namespace": "models", "labels": {**labels}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata}


def _cron_job(name: str, *deployments: str) -> Properties:
    arguments: list[Value] = [
        "scale",
        "--replicas=1",
        *(f"deployment/{one}" for one in deployments),
    ]
    spec: Value = {"containers": [{"args": arguments}]}
    for above in ("spec", "template", "spec", "jobTemplate"):
        spec = {above: spec}
    metadata: Properties = {"name": f"working-hours-{name}", "namespace": "models"}
    return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": metadata, "spec": spec}


def _cluster(*bodies: Properties) -> MemoryApi:
    api = MemoryApi()
    for body in (_deployment("a", MODEL), _deployment("b", MODEL), _deployment("other", {})):
        api.put(body)
    for body in bodies:
        api.put(body)
    return api


def test_every_deployment_of_a_model_is_opened_and_closed() -> None:
    api = _cluster(_cron_job("open", "a", "b"), _cron_job("close", "a", "b"))

    found = working_hours(api, [STAGING])

    assert found is not None
    assert found.left == frozenset()
    assert found.text == (
        "models run 08:00-19:00 monday to friday, Europe/Berlin, 33% of all hours; "
        "2 of 2 Deployments are opened and closed"
    )


def test_what_is_closed_and_never_opened_is_named() -> None:
    api = _cluster(_cron_job("open", "a"), _cron_job("close", "a", "b"))

    found = working_hours(api, [STAGING])

    assert found is not None
    assert found.text.endswith("1 of 2 Deployments are opened and closed; left out: b")


def test_a_cluster_without_the_jobs_keeps_no_hours() -> None:
    found = working_hours(_cluster(), [STAGING])

    assert found is not None
    assert found.left == {"a", "b"}


def test_models_that_run_day_and_night_have_nothing_to_keep() -> None:
    assert working_hours(_cluster(), [load_stack_file("aws-dev")]) is None
