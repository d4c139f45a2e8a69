"""The Job that fills the bucket: what it runs, as whom, and what happens when it ends badly."""

from dataclasses import replace

import pytest

from components.serving.weights_job import (
    LEAST_SECONDS,
    Loader,
    WeightsJob,
    checkpoints,
    deadline_seconds,
)
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.models import ModelSpec, WeightsSource
from infra.wire import Value
from tests.unit.components import examples
from tests.unit.components.serving.declared import at

IMAGE = "1234.dkr.ecr.us-east-1.amazonaws.com/tokenworks-aws-dev/weights-loader:0.1.0"


def _graph(*, token: bool = False, endpoints: tuple[str, ...] = examples.HUB.endpoints) -> Graph:
    def program() -> None:
        hub = examples.HUB.model_copy(update={"endpoints": endpoints, "token": token})
        WeightsJob(
            "w",
            examples.MODEL,
            Loader(IMAGE),
            home=replace(examples.model_home(), hub=hub),
            opts=examples.with_kubernetes(),
        )

    return record_program(program, stack="aws-dev")


def _job(*, token: bool = False) -> Value:
    return at(_graph(token=token).named("w-job").inputs, "spec")


def _pod() -> Value:
    return at(_job(), "template", "spec")


def _variables(*, token: bool = False) -> dict[str, Value]:
    given = at(_job(token=token), "template", "spec", "containers", 0, "env")
    assert isinstance(given, list)
    return {str(at(item, "name")): item for item in given}


def test_the_loader_is_told_where_from_where_to_and_nothing_of_the_engine() -> None:
    variables = _variables()

    assert at(variables["HUB_REPOSITORY"], "value") == "Qwen/Qwen2.5-7B-Instruct"
    assert at(variables["WEIGHTS_URI"], "value") == "s3://weights/Qwen/Qwen2.5-7B-Instruct/main"
    assert at(variables["AWS_REGION"], "value") == "us-east-1"
    assert "WEIGHTS_ARGUMENTS" not in variables


@pytest.mark.parametrize("asked", [True, False])
def test_the_token_comes_from_a_secret_that_may_be_missing_unless_it_is_asked_for(
    *, asked: bool
) -> None:
    source = at(_variables(token=asked)["HF_TOKEN"], "valueFrom", "secretKeyRef")

    assert source == {"name": "hub-token", "key": "token", "optional": not asked}


def test_the_loader_has_an_account_of_its_own_and_no_token_of_the_cluster() -> None:
    assert at(_pod(), "serviceAccountName") == "weights-loader"
    assert at(_pod(), "automountServiceAccountToken") is False


def test_what_no_second_try_makes_better_ends_the_job_and_a_lost_node_does_not() -> None:
    rules = at(_job(), "podFailurePolicy", "rules")

    assert rules == [
        {
            "action": "FailJob",
            "onExitCodes": {"containerName": "weights-loader", "operator": "In", "values": [2]},
        },
        {
            "action": "Ignore",
            "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}],
        },
    ]
    assert at(_pod(), "restartPolicy") == "Never"


def test_nothing_waits_for_the_job_and_it_is_not_made_again_when_it_is_done() -> None:
    annotations = at(_graph().named("w-job").inputs, "metadata", "annotations")

    assert at(annotations, "pulumi.com/skipAwait") == "true"
    job = _job()
    assert isinstance(job, dict)
    assert "ttlSecondsAfterFinished" not in job


def test_it_runs_beside_the_system_and_pushes_nothing_out() -> None:
    pod = _pod()
    assert isinstance(pod, dict)

    assert at(pod, "priorityClassName") == "tokenworks-batch"
    assert "tolerations" not in pod
    assert "nvidia.com/gpu" not in str(pod)


def test_the_loader_reaches_hubs_on_the_ports_that_they_have_and_nobody_reaches_it() -> None:
    https = {"ports": [{"port": 443, "protocol": "TCP"}]}
    mirror = {"ports": [{"port": 8443, "protocol": "TCP"}]}
    policy = at(_graph(endpoints=("https://mirror.example:8443",)).named("w-hubs").inputs, "spec")

    assert at(policy, "egress") == [https, mirror]
    assert at(_graph().named("w-hubs").inputs, "spec", "egress") == [https]
    assert at(policy, "policyTypes") == ["Ingress", "Egress"]
    selected = at(policy, "podSelector", "matchLabels")
    assert selected == at(_job(), "template", "metadata", "labels")


def _model(name: str, **changes: object) -> ModelSpec:
    return examples.MODEL.model_copy(update={"name": name, **changes})


def test_a_checkpoint_is_loaded_once_for_all_models_that_share_it() -> None:
    models = (
        _model("a"),
        _model("b"),
        _model("c", revision="0123abc"),
        _model("d", source="Qwen/other", weights=WeightsSource.HUB),
    )

    assert [model.name for model in checkpoints(models)] == ["a", "c"]


@pytest.mark.parametrize(("gib", "seconds"), [(1.0, LEAST_SECONDS), (140.0, 7516)])
def test_large_weights_have_longer_and_small_ones_an_hour(gib: float, seconds: int) -> None:
    assert deadline_seconds(_model("a", weights_gib=gib)) == seconds
