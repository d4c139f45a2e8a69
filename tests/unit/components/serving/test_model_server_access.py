"""Who reaches a model server, and what it may: users, tokens, mounts, clients, mirrors."""

import pytest

from tests.unit.components.serving.declared import at, container_of, declared, pod_of


@pytest.mark.parametrize("asked", [True, False])
def test_the_token_of_the_hub_comes_from_a_secret_that_may_be_missing_unless_it_is_asked_for(
    *, asked: bool
) -> None:
    variables = at(container_of(declared(token=asked)), "env")

    assert isinstance(variables, list)
    source = {"name": "hub-token", "key": "token", "optional": not asked}
    assert {"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": source}} in variables


def test_a_server_makes_no_secret() -> None:
    assert not declared().of_type("kubernetes:core/v1:Secret")


def test_a_server_runs_as_the_user_that_its_image_knows() -> None:
    security = at(pod_of(declared()), "securityContext")

    assert at(security, "runAsUser") == 2000
    assert at(security, "runAsGroup") == 0
    assert at(security, "fsGroup") == 2000


def test_the_container_passes_the_restricted_pod_security_level() -> None:
    pod, container = pod_of(declared()), container_of(declared())

    assert at(pod, "securityContext", "runAsUser") != 0
    assert at(pod, "securityContext", "runAsNonRoot") is True
    assert at(pod, "securityContext", "seccompProfile") == {"type": "RuntimeDefault"}
    assert at(container, "securityContext") == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_a_server_gets_no_token_and_no_service_variables() -> None:
    pod = pod_of(declared())

    assert at(pod, "serviceAccountName") == "model-server"
    assert at(pod, "automountServiceAccountToken") is False
    assert at(pod, "enableServiceLinks") is False


def test_everything_that_is_written_has_a_volume() -> None:
    graph = declared()
    mounts = at(container_of(graph), "volumeMounts")
    volumes = at(pod_of(graph), "volumes")

    assert isinstance(mounts, list)
    assert isinstance(volumes, list)
    written = [item for item in mounts if at(item, "name") != "start"]
    assert {(at(item, "name"), at(item, "mountPath")) for item in written} == {
        ("home", "/home/vllm"),
        ("tmp", "/tmp"),  # noqa: S108  a path in the pod
        ("shm", "/dev/shm"),  # noqa: S108  a path in the pod
    }
    scratch = [item for item in volumes if at(item, "name") != "start"]
    assert {at(item, "name"): at(item, "emptyDir") for item in scratch} == {
        "home": {"sizeLimit": "100Gi"},
        "tmp": {"sizeLimit": "100Gi"},
        "shm": {"sizeLimit": "8Gi", "medium": "Memory"},
    }


def test_only_namespaces_with_the_client_label_may_call() -> None:
    rules = at(declared().named("m-clients").inputs, "spec", "ingress")

    assert rules == [
        {
            "from": [
                {"namespaceSelector": {"matchLabels": {"tokenworks.dev/model-clients": "true"}}}
            ],
            "ports": [{"port": "http", "protocol": "TCP"}],
        }
    ]


def test_a_mirror_on_a_port_of_its_own_can_be_reached() -> None:
    graph = declared(
        endpoints=("https://a.example:8443/hf", "https://b.example:443", "https://c.example:5000")
    )
    policy = at(graph.named("m-mirrors").inputs, "spec")

    assert at(policy, "podSelector", "matchLabels") == {"tokenworks.dev/model": "qwen2-5-7b"}
    assert at(policy, "egress") == [
        {"ports": [{"port": 5000, "protocol": "TCP"}, {"port": 8443, "protocol": "TCP"}]}
    ]


def test_hubs_on_the_port_of_https_need_no_policy_of_a_model() -> None:
    graph = declared(endpoints=("https://huggingface.co", "https://b.example:443"))

    assert [item.name for item in graph.of_type("NetworkPolicy")] == ["m-clients"]
