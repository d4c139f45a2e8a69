"""A model server as it is declared."""

from collections.abc import Sequence
from dataclasses import replace

import pulumi
import pytest

from components.serving.model_server import ModelServer
from components.serving.rollout import Nodes, ServerSet
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.spec.cloud import CloudProvider
from infra.spec.models import ModelSpec, ReplicaRange
from infra.wire import SECRET, SIGNATURE_KEY, Value
from tests.unit.components import examples

FLOOR = ServerSet(Nodes.ON_DEMAND, replicas=1, prefers=(), surges=False, drain_seconds=300)
REST = ServerSet(Nodes.ANY, replicas=2, prefers=("spot",), surges=True, drain_seconds=90)


def _server(
    model: ModelSpec = examples.MODEL,
    servers: Sequence[ServerSet] = examples.SERVERS,
    *,
    token: str | None = None,
    endpoints: tuple[str, ...] = ("https://huggingface.co",),
    cloud: CloudProvider = CloudProvider.AWS,
) -> Graph:
    def program() -> None:
        hub = examples.HUB.model_copy(update={"endpoints": endpoints})
        home = replace(examples.model_home(), hub=hub, cloud=cloud)
        if token is not None:
            home = replace(home, hub_token=pulumi.Output.secret(token))
        ModelServer(
            "m",
            model,
            servers=servers,
            pool=examples.pool(cloud),
            home=home,
            config_map=examples.start_program(),
            opts=examples.with_kubernetes(),
        )

    return record_program(program, stack="aws-dev")


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


def _arguments(pod: Value) -> list[str]:
    arguments = _at(pod, "containers", 0, "args")
    assert isinstance(arguments, list)
    return [str(item) for item in arguments]


def _rolling(graph: Graph, name: str) -> Value:
    return _at(graph.named(name).inputs, "spec", "strategy", "rollingUpdate")


def _bought(how: str) -> Value:
    return {
        "matchExpressions": [{"key": "tokenworks.dev/capacity", "operator": "In", "values": [how]}]
    }


def _selects(selector: Value, labels: Value) -> bool:
    assert isinstance(selector, dict)
    assert isinstance(labels, dict)
    return selector.items() <= labels.items()


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


def test_a_new_server_comes_first_only_where_there_is_room_for_it() -> None:
    graph = _server(servers=[FLOOR, REST])

    assert _rolling(graph, "m-deployment") == {"maxSurge": 1, "maxUnavailable": 0}
    assert _rolling(graph, "m-deployment-on-demand") == {"maxSurge": 0, "maxUnavailable": 1}


def test_the_floor_stands_on_on_demand_nodes_and_takes_them_from_others() -> None:
    graph = _server(servers=[FLOOR, REST])
    floor, rest = (
        _at(graph.named(name).inputs, "spec", "template", "spec")
        for name in ("m-deployment-on-demand", "m-deployment")
    )

    assert _at(floor, "affinity") == {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [_bought("on-demand")]
            }
        }
    }
    assert _at(rest, "affinity") == {
        "nodeAffinity": {
            "preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": 100, "preference": _bought("spot")}
            ]
        }
    }
    assert _at(floor, "priorityClassName") == "tokenworks-model-floor"
    assert _at(rest, "priorityClassName") == "tokenworks-model-server"
    assert _at(floor, "nodeSelector") == _at(rest, "nodeSelector")


def test_two_sets_share_an_address_and_no_pod() -> None:
    graph = _server(servers=[FLOOR, REST])
    sets = [
        _at(graph.named(name).inputs, "spec") for name in ("m-deployment", "m-deployment-on-demand")
    ]
    selectors = [_at(one, "selector", "matchLabels") for one in sets]
    labels = [_at(one, "template", "metadata", "labels") for one in sets]

    assert [_at(one, "replicas") for one in sets] == [2, 1]
    for mine, others in ((0, 1), (1, 0)):
        assert _selects(selectors[mine], labels[mine])
        assert not _selects(selectors[mine], labels[others])
    for selector in (
        _at(graph.named("m-service").inputs, "spec", "selector"),
        _at(graph.named("m-budget").inputs, "spec", "selector", "matchLabels"),
    ):
        assert all(_selects(selector, each) for each in labels)


def test_servers_are_spread_over_zones_and_nodes_as_far_as_there_are_any() -> None:
    rules = _at(_pod(_server()), "topologySpreadConstraints")

    assert isinstance(rules, list)
    assert [_at(rule, "topologyKey") for rule in rules] == [
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname",
    ]
    for rule in rules:
        assert _at(rule, "whenUnsatisfiable") == "ScheduleAnyway"
        assert _at(rule, "labelSelector", "matchLabels") == {"tokenworks.dev/model": "qwen2-5-7b"}


def test_a_server_starts_with_the_program_that_finds_its_weights() -> None:
    graph = _server()
    mounts, volumes = _at(_container(graph), "volumeMounts"), _at(_pod(graph), "volumes")

    assert _at(_container(graph), "command") == ["python3", "/etc/tokenworks/start.py"]
    assert isinstance(mounts, list)
    assert isinstance(volumes, list)
    assert {"name": "start", "mountPath": "/etc/tokenworks", "readOnly": True} in mounts
    assert {"name": "start", "configMap": {"name": "start-0a1b2c3d"}} in volumes


@pytest.mark.parametrize(
    ("cloud", "bucket"), [(CloudProvider.AWS, "s3://weights"), (CloudProvider.GCP, "gs://weights")]
)
def test_a_server_finds_its_weights_in_the_bucket_of_its_home(
    cloud: CloudProvider, bucket: str
) -> None:
    variables = _at(_container(_server(cloud=cloud)), "env")

    assert isinstance(variables, list)
    assert {
        "name": "WEIGHTS_URI",
        "value": f"{bucket}/Qwen/Qwen2.5-7B-Instruct/main",
    } in variables


def test_each_set_has_the_times_of_its_nodes() -> None:
    graph = _server(servers=[FLOOR, REST])
    found = {
        name: _at(graph.named(name).inputs, "spec", "template", "spec")
        for name in ("m-deployment-on-demand", "m-deployment")
    }

    assert {
        name: (
            _at(pod, "terminationGracePeriodSeconds"),
            [item for item in _arguments(pod) if item.startswith("--shutdown-timeout")],
        )
        for name, pod in found.items()
    } == {
        "m-deployment-on-demand": (330, ["--shutdown-timeout=300"]),
        "m-deployment": (120, ["--shutdown-timeout=90"]),
    }


def test_a_server_looks_for_the_driver_where_its_image_does_and_gke_puts_it() -> None:
    """GKE's plugin mounts it at /usr/local/nvidia; another path of ours would hide the image's."""
    variables = _at(_container(_server(cloud=CloudProvider.GCP)), "env")

    assert isinstance(variables, list)
    assert "LD_LIBRARY_PATH" not in {_at(item, "name") for item in variables}


def test_the_token_of_the_hub_is_a_secret_that_the_server_alone_reads() -> None:
    graph = _server(token="marker-of-a-token")
    secret = graph.named("m-hub-token")
    variables = _at(_container(graph), "env")

    assert isinstance(variables, list)
    assert {
        "name": "HF_TOKEN",
        "valueFrom": {"secretKeyRef": {"name": "qwen2-5-7b-hub-token", "key": "token"}},
    } in variables
    assert _at(secret.inputs, "stringData", SIGNATURE_KEY) == SECRET
    assert "marker-of-a-token" not in str(graph.named("m-deployment").inputs)


def test_a_hub_without_a_token_leaves_no_secret() -> None:
    assert not _server().of_type("kubernetes:core/v1:Secret")


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
        assert isinstance(found, dict)
        assert found.items() >= selector.items()
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
    pod = _pod(_server())

    assert _at(pod, "serviceAccountName") == "model-server"
    assert _at(pod, "automountServiceAccountToken") is False
    assert _at(pod, "enableServiceLinks") is False


def test_everything_that_is_written_has_a_volume() -> None:
    graph = _server()
    mounts = _at(_container(graph), "volumeMounts")
    volumes = _at(_pod(graph), "volumes")

    assert isinstance(mounts, list)
    assert isinstance(volumes, list)
    written = [item for item in mounts if _at(item, "name") != "start"]
    assert {(_at(item, "name"), _at(item, "mountPath")) for item in written} == {
        ("home", "/home/vllm"),
        ("tmp", "/tmp"),  # noqa: S108  a path in the pod
        ("shm", "/dev/shm"),  # noqa: S108  a path in the pod
    }
    scratch = [item for item in volumes if _at(item, "name") != "start"]
    assert {_at(item, "name"): _at(item, "emptyDir") for item in scratch} == {
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


def test_a_mirror_on_a_port_of_its_own_can_be_reached() -> None:
    graph = _server(
        endpoints=("https://a.example:8443/hf", "https://b.example:443", "https://c.example:5000")
    )
    policy = _at(graph.named("m-mirrors").inputs, "spec")

    assert _at(policy, "podSelector", "matchLabels") == {"tokenworks.dev/model": "qwen2-5-7b"}
    assert _at(policy, "egress") == [
        {"ports": [{"port": 5000, "protocol": "TCP"}, {"port": 8443, "protocol": "TCP"}]}
    ]


def test_hubs_on_the_port_of_https_need_no_policy_of_a_model() -> None:
    graph = _server(endpoints=("https://huggingface.co", "https://b.example:443"))

    assert [item.name for item in graph.of_type("NetworkPolicy")] == ["m-clients"]


def test_changing_the_replicas_changes_the_deployment_and_its_patience_only() -> None:
    three = _server(
        examples.MODEL.model_copy(update={"replicas": ReplicaRange(min=3, max=3, on_demand=0)}),
        [replace(examples.SERVERS[0], replicas=3)],
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
