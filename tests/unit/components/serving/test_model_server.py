"""A model server as it is declared."""

from components.serving.model_server import ModelServer
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.models import ModelSpec, ReplicaRange
from infra.wire import Value
from tests.unit.components import examples
from tests.unit.spec.stacks import a_model, loaded, mistakes


def _server(model: ModelSpec = examples.MODEL) -> Graph:
    return record_program(
        lambda: ModelServer(
            "m",
            model,
            pool=examples.POOL,
            namespace=examples.namespace_ref(),
            opts=examples.with_kubernetes(),
        ),
        stack="aws-dev",
    )


def _at(properties: Value, *path: str | int) -> Value:
    value: Value = properties
    for key in path:
        if isinstance(key, int):
            assert isinstance(value, list)
            value = value[key]
        else:
            assert isinstance(value, dict)
            value = value[key]
    return value


def _pod(graph: Graph) -> Value:
    return _at(graph.named("m-deployment").inputs, "spec", "template", "spec")


def _container(graph: Graph) -> Value:
    return _at(_pod(graph), "containers", 0)


def test_a_server_stands_on_its_pool_and_nowhere_else() -> None:
    pod = _pod(_server())

    assert _at(pod, "nodeSelector") == {"tokenworks.dev/pool": "l4"}
    assert _at(pod, "tolerations") == [
        {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
    ]


def test_gpus_are_requested_as_many_as_share_one_copy() -> None:
    graph = _server(examples.MODEL.model_copy(update={"tensor_parallel": 4}))
    resources = _at(_container(graph), "resources")

    assert _at(resources, "requests", "nvidia.com/gpu") == "4"
    assert _at(resources, "limits", "nvidia.com/gpu") == "4"


def test_a_server_asks_for_what_the_model_says() -> None:
    resources = _at(_container(_server()), "resources")

    assert _at(resources, "requests") == {
        "cpu": "6",
        "memory": "25088Mi",
        "ephemeral-storage": "100Gi",
        "nvidia.com/gpu": "1",
    }
    assert "cpu" not in str(_at(resources, "limits"))


def test_a_rollout_never_needs_a_gpu_more_than_it_has() -> None:
    strategy = _at(_server().named("m-deployment").inputs, "spec", "strategy", "rollingUpdate")

    assert strategy == {"maxSurge": 0, "maxUnavailable": 1}


def test_a_single_server_can_be_evicted_so_its_node_can_be_drained() -> None:
    budget = _at(_server().named("m-budget").inputs, "spec")

    assert _at(budget, "maxUnavailable") == 1
    assert "minAvailable" not in str(budget)


def test_every_object_finds_the_same_pods() -> None:
    graph = _server()
    selector = {"tokenworks.dev/model": "qwen2-5-7b"}
    labels = _at(graph.named("m-deployment").inputs, "spec", "template", "metadata", "labels")

    assert isinstance(labels, dict)
    assert labels.items() >= selector.items()
    assert _at(graph.named("m-service").inputs, "spec", "selector") == selector
    for name in ("m-deployment", "m-budget"):
        found = _at(graph.named(name).inputs, "spec", "selector", "matchLabels")
        assert found == selector
    assert _at(graph.named("m-clients").inputs, "spec", "podSelector", "matchLabels") == selector


def test_a_new_engine_version_does_not_change_the_selector_which_is_immutable() -> None:
    selector = _at(_server().named("m-deployment").inputs, "spec", "selector", "matchLabels")

    assert "app.kubernetes.io/version" not in str(selector)


def test_a_new_engine_version_touches_the_deployment_alone() -> None:
    versioned = [
        item.name for item in _server().resources if "app.kubernetes.io/version" in str(item.inputs)
    ]

    assert versioned == ["m-deployment"]


def test_the_service_does_not_wait_for_a_cold_start_and_the_deployment_does() -> None:
    graph = _server()
    metadata = _at(graph.named("m-service").inputs, "metadata")

    assert _at(metadata, "annotations") == {"pulumi.com/skipAwait": "true"}
    assert "skipAwait" not in str(graph.named("m-deployment").inputs)


def test_the_longest_drain_allowed_on_spot_nodes_ends_within_their_notice() -> None:
    spot_notice_seconds = 120
    drains = [one for one in range(60, 240) if not mistakes(a_model(drainSeconds=one))]
    graph = _server(loaded(a_model(drainSeconds=max(drains))).models[0])

    grace_seconds = _at(_pod(graph), "terminationGracePeriodSeconds")

    assert isinstance(grace_seconds, (int, float))
    assert grace_seconds <= spot_notice_seconds


def test_a_server_runs_as_the_user_that_its_image_knows() -> None:
    security = _at(_pod(_server()), "securityContext")

    assert _at(security, "runAsUser") == 2000
    assert _at(security, "runAsGroup") == 0
    assert _at(security, "fsGroup") == 2000


def test_the_container_passes_the_restricted_pod_security_level() -> None:
    pod, container = _pod(_server()), _container(_server())

    assert _at(pod, "securityContext", "runAsUser") != 0
    assert _at(pod, "securityContext", "runAsNonRoot") is True
    assert _at(pod, "securityContext", "seccompProfile") == {"type": "RuntimeDefault"}
    assert _at(container, "securityContext") == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_a_server_gets_no_token_and_no_service_variables() -> None:
    graph = _server()

    assert _at(_pod(graph), "automountServiceAccountToken") is False
    assert _at(_pod(graph), "enableServiceLinks") is False
    assert graph.named("m-account").inputs["automountServiceAccountToken"] is False


def test_everything_that_is_written_has_a_volume() -> None:
    graph = _server()
    mounts = _at(_container(graph), "volumeMounts")
    volumes = _at(_pod(graph), "volumes")

    assert isinstance(mounts, list)
    assert isinstance(volumes, list)
    assert {(_at(item, "name"), _at(item, "mountPath")) for item in mounts} == {
        ("home", "/home/vllm"),
        ("tmp", "/tmp"),  # noqa: S108  a path in the pod
        ("shm", "/dev/shm"),  # noqa: S108  a path in the pod
    }
    assert {_at(item, "name"): _at(item, "emptyDir") for item in volumes} == {
        "home": {"sizeLimit": "100Gi"},
        "tmp": {"sizeLimit": "100Gi"},
        "shm": {"sizeLimit": "8Gi", "medium": "Memory"},
    }


def test_the_engine_waits_longer_than_a_cold_start_takes() -> None:
    deployment = _server().named("m-deployment")

    assert _at(deployment.inputs, "spec", "progressDeadlineSeconds") == 2820
    assert deployment.custom_timeouts == {"create": "2880s", "update": "2880s", "delete": "180s"}


def test_only_namespaces_with_the_client_label_may_call() -> None:
    rules = _at(_server().named("m-clients").inputs, "spec", "ingress")

    assert rules == [
        {
            "from": [
                {"namespaceSelector": {"matchLabels": {"tokenworks.dev/model-clients": "true"}}}
            ],
            "ports": [{"port": "http", "protocol": "TCP"}],
        }
    ]


def test_changing_the_replicas_changes_the_deployment_and_its_patience_only() -> None:
    three = _server(
        examples.MODEL.model_copy(update={"replicas": ReplicaRange(min=3, max=3, on_demand=0)})
    )
    one = _server()

    changed = [
        before.name
        for before, after in zip(one.resources, three.resources, strict=True)
        if before.inputs != after.inputs
    ]

    assert changed == ["m-deployment"]
    assert _at(three.named("m-deployment").inputs, "spec", "replicas") == 3


def test_the_address_is_the_service() -> None:
    graph = _server()

    assert graph.named("m").outputs["url"] == "http://qwen2-5-7b.models.svc.cluster.local:8000"
    assert _at(graph.named("m-service").inputs, "metadata", "name") == "qwen2-5-7b"
    assert _at(graph.named("m-service").inputs, "spec", "ports", 0, "port") == 8000
