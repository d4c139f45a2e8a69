"""A model server as it is declared."""

from dataclasses import replace

import pytest

from components.serving import health_check, vllm
from infra.spec.cloud import CloudProvider
from infra.spec.models import ReplicaRange
from tests.unit.components import examples
from tests.unit.components.serving.declared import at, container_of, declared, pod_of


def test_gpus_are_requested_as_many_as_share_one_copy() -> None:
    graph = declared(examples.MODEL.model_copy(update={"tensor_parallel": 4}))
    resources = at(container_of(graph), "resources")

    assert at(resources, "requests", "nvidia.com/gpu") == "4"
    assert at(resources, "limits", "nvidia.com/gpu") == "4"


def test_a_server_asks_for_what_the_model_says() -> None:
    resources = at(container_of(declared()), "resources")

    assert at(resources, "requests") == {
        "cpu": "6",
        "memory": "25088Mi",
        "ephemeral-storage": "100Gi",
        "nvidia.com/gpu": "1",
    }
    assert "cpu" not in str(at(resources, "limits"))


def test_a_server_starts_with_the_program_that_finds_its_weights() -> None:
    graph = declared()
    mounts, volumes = at(container_of(graph), "volumeMounts"), at(pod_of(graph), "volumes")

    assert at(container_of(graph), "command") == ["python3", "/etc/tokenworks/start.py"]
    assert isinstance(mounts, list)
    assert isinstance(volumes, list)
    assert {"name": "start", "mountPath": "/etc/tokenworks", "readOnly": True} in mounts
    assert {"name": "start", "configMap": {"name": "start-0a1b2c3d"}} in volumes


def test_a_server_starts_and_lives_by_tokens_and_gets_requests_by_its_own_word() -> None:
    container = container_of(declared())
    program = ["python3", "/etc/tokenworks/health.py"]

    for probe in ("startupProbe", "livenessProbe"):
        assert at(container, probe, "exec", "command") == program
        assert at(container, probe, "timeoutSeconds") == vllm.CHECK_SECONDS
    assert vllm.CHECK_SECONDS > health_check.SECONDS
    assert at(container, "readinessProbe", "httpGet", "path") == "/health"


@pytest.mark.parametrize(
    ("cloud", "bucket"), [(CloudProvider.AWS, "s3://weights"), (CloudProvider.GCP, "gs://weights")]
)
def test_a_server_finds_its_weights_in_the_bucket_of_its_home(
    cloud: CloudProvider, bucket: str
) -> None:
    variables = at(container_of(declared(cloud=cloud)), "env")

    assert isinstance(variables, list)
    assert {
        "name": "WEIGHTS_URI",
        "value": f"{bucket}/Qwen/Qwen2.5-7B-Instruct/main",
    } in variables


def test_a_server_looks_for_the_driver_where_its_image_does_and_gke_puts_it() -> None:
    """GKE's plugin mounts it at /usr/local/nvidia; another path of ours would hide the image's."""
    variables = at(container_of(declared(cloud=CloudProvider.GCP)), "env")

    assert isinstance(variables, list)
    assert "LD_LIBRARY_PATH" not in {at(item, "name") for item in variables}


def test_every_object_finds_the_same_pods() -> None:
    graph = declared()
    selector = {"tokenworks.dev/model": "qwen2-5-7b"}
    labels = at(graph.named("m-deployment").inputs, "spec", "template", "metadata", "labels")

    assert isinstance(labels, dict)
    assert labels.items() >= selector.items()
    assert at(graph.named("m-service").inputs, "spec", "selector") == selector
    for name in ("m-deployment", "m-budget"):
        found = at(graph.named(name).inputs, "spec", "selector", "matchLabels")
        assert isinstance(found, dict)
        assert found.items() >= selector.items()
    assert at(graph.named("m-clients").inputs, "spec", "podSelector", "matchLabels") == selector


def test_a_new_engine_version_does_not_change_the_selector_which_is_immutable() -> None:
    selector = at(declared().named("m-deployment").inputs, "spec", "selector", "matchLabels")

    assert "app.kubernetes.io/version" not in str(selector)


def test_a_new_engine_version_touches_the_deployment_alone() -> None:
    versioned = [
        item.name
        for item in declared().resources
        if "app.kubernetes.io/version" in str(item.inputs)
    ]

    assert versioned == ["m-deployment"]


def test_the_service_does_not_wait_for_a_cold_start_and_the_deployment_does() -> None:
    graph = declared()
    metadata = at(graph.named("m-service").inputs, "metadata")

    assert at(metadata, "annotations") == {"pulumi.com/skipAwait": "true"}
    assert "skipAwait" not in str(graph.named("m-deployment").inputs)


def test_the_engine_waits_longer_than_a_cold_start_takes() -> None:
    deployment = declared().named("m-deployment")

    assert at(deployment.inputs, "spec", "progressDeadlineSeconds") == 2820
    assert deployment.custom_timeouts == {"create": "2880s", "update": "2880s", "delete": "180s"}


def test_changing_the_replicas_changes_the_deployment_and_its_patience_only() -> None:
    three = declared(
        examples.MODEL.model_copy(update={"replicas": ReplicaRange(min=3, max=3, on_demand=0)}),
        [replace(examples.SERVERS[0], replicas=3)],
    )
    one = declared()

    changed = [
        before.name
        for before, after in zip(one.resources, three.resources, strict=True)
        if before.inputs != after.inputs
    ]

    assert changed == ["m-deployment"]
    assert at(three.named("m-deployment").inputs, "spec", "replicas") == 3


def test_the_address_is_the_service() -> None:
    graph = declared()

    assert graph.named("m").outputs["url"] == "http://qwen2-5-7b.models.svc.cluster.local:8000"
    assert at(graph.named("m-service").inputs, "metadata", "name") == "qwen2-5-7b"
    assert at(graph.named("m-service").inputs, "spec", "ports", 0, "port") == 8000
