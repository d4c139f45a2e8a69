"""The rules themselves: each one sees the mistake that it is there for, in a pod of ours."""

import copy

import pytest

from infra.wire import Properties
from tests.support.contracts import VLLM_FLAGS, needs
from tests.support.manifests import Manifest, Pod
from tests.support.pod_rules import (
    ARGUMENTS_VARIABLE,
    Rule,
    container_says_what_it_needs,
    grace_covers_the_stop,
    host_is_out_of_reach,
    image_home_lives,
    image_is_in_the_lock_file,
    image_is_pinned,
    no_secret_is_plain,
    service_links_are_off,
)
from tests.support.vllm_flags import known_flags, unknown_flags, wrong_values

OWNER = Manifest({"kind": "Deployment", "metadata": {"name": "llama"}}, "models")
CONTAINER: Properties = {
    "name": "vllm",
    "image": "docker.io/vllm/vllm-openai:v0.32.0",
    "command": ["vllm", "serve"],
    "args": ["meta/llama", "--dtype=auto", "--shutdown-timeout=90"],
    "env": [{"name": "HOME", "value": "/home/vllm"}],
    "ports": [{"name": "http", "containerPort": 8000}],
    "resources": {"requests": {"cpu": "4", "memory": "16Gi"}},
    "lifecycle": {"preStop": {"sleep": {"seconds": 15}}},
}
SPEC: Properties = {
    "enableServiceLinks": False,
    "terminationGracePeriodSeconds": 120,
    "containers": [CONTAINER],
    "volumes": [{"name": "tmp", "emptyDir": {}}],
}
_OF_THE_POD = (*SPEC, "hostNetwork", "hostPID", "hostIPC", "initContainers")
POD_RULES: list[Rule] = [
    container_says_what_it_needs,
    grace_covers_the_stop,
    host_is_out_of_reach,
    image_home_lives,
    image_is_in_the_lock_file,
    image_is_pinned,
    no_secret_is_plain,
    service_links_are_off,
]


def _pod(changes: Properties) -> Pod:
    """Return a pod with something else in its specification, or in that of its container."""
    spec = copy.deepcopy(SPEC)
    container = copy.deepcopy(CONTAINER)
    for key, value in changes.items():
        (spec if key in _OF_THE_POD else container)[key] = value
    spec["containers"] = [container]
    return Pod(OWNER, {}, spec)


@pytest.mark.parametrize("rule", POD_RULES)
def test_a_pod_without_mistakes_breaks_no_rule(rule: Rule) -> None:
    assert list(rule(_pod({}))) == []


@pytest.mark.parametrize(
    ("rule", "changes", "problem"),
    [
        (image_is_pinned, {"image": "vllm/vllm-openai"}, "without a tag"),
        (image_is_pinned, {"image": "registry:5000/vllm-openai"}, "without a tag"),
        (image_is_pinned, {"image": ""}, "without a tag"),
        (image_is_pinned, {"image": "vllm/vllm-openai:latest"}, "tag that moves"),
        (image_is_pinned, {"image": "vllm/vllm-openai:nightly-x86"}, "tag that moves"),
        (image_is_in_the_lock_file, {"image": "docker.io/vllm/vllm-openai:v0.33.0"}, "v0.33.0"),
        (image_is_in_the_lock_file, {"image": "r.example/x/weights-loader:9.9.9"}, "9.9.9"),
        (image_home_lives, {"image": "bitnami/redis:7"}, "retired home"),
        (image_home_lives, {"image": "docker.io/minio/mc:1"}, "retired home"),
        (image_home_lives, {"image": "k8s.gcr.io/pause:3.9"}, "retired home"),
        (image_home_lives, {"initContainers": [{"name": "i", "image": "bitnami/git:2"}]}, "i: "),
        (container_says_what_it_needs, {"resources": {}}, "no request for cpu"),
        (
            container_says_what_it_needs,
            {"resources": {"requests": {"cpu": "1"}, "limits": {"memory": "1Gi"}}},
            "no request for memory",
        ),
        (container_says_what_it_needs, {"initContainers": [{"name": "i"}]}, "i: no request"),
        (host_is_out_of_reach, {"volumes": [{"hostPath": {"path": "/etc"}}]}, "host path /etc"),
        (host_is_out_of_reach, {"hostNetwork": True}, "hostNetwork"),
        (host_is_out_of_reach, {"hostPID": True}, "hostPID"),
        (host_is_out_of_reach, {"hostIPC": True}, "hostIPC"),
        (host_is_out_of_reach, {"securityContext": {"privileged": True}}, "privileged"),
        (
            host_is_out_of_reach,
            {"securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}},
            "capability SYS_ADMIN",
        ),
        (host_is_out_of_reach, {"ports": [{"hostPort": 80}]}, "host port 80"),
        (no_secret_is_plain, {"env": [{"name": "HF_TOKEN", "value": "x"}]}, "HF_TOKEN"),
        (no_secret_is_plain, {"env": [{"name": "hf", "value": f"hf_{'a' * 34}"}]}, "a secret"),
        (no_secret_is_plain, {"args": ["--api-key=x"]}, "--api-key in the command line"),
        (no_secret_is_plain, {"command": ["sh", "-c", f"A=AKIA{'A' * 16}"]}, "a secret"),
        (service_links_are_off, {"enableServiceLinks": True}, "enableServiceLinks"),
        (grace_covers_the_stop, {"terminationGracePeriodSeconds": 105}, "must be more than"),
        (grace_covers_the_stop, {"terminationGracePeriodSeconds": None}, "got None, 15, '90'"),
        (grace_covers_the_stop, {"lifecycle": {}}, "got 120, None, '90'"),
        (grace_covers_the_stop, {"args": []}, "got 120, 15, ''"),
    ],
)
def test_a_rule_sees_its_mistake(rule: Rule, changes: Properties, problem: str) -> None:
    found = list(rule(_pod(changes)))

    assert found
    assert problem in found[0]


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        (image_is_pinned, {"image": f"vllm/vllm-openai@sha256:{'0' * 64}"}),
        (image_is_pinned, {"image": f"registry:5000/vllm:1@sha256:{'0' * 64}"}),
        (image_home_lives, {"image": "quay.io/bitnami/redis:7"}),
        (no_secret_is_plain, {"env": [{"name": "TOKENIZERS_PARALLELISM", "value": "false"}]}),
        (no_secret_is_plain, {"env": [{"name": "AWS_TOKEN_FILE", "value": "/var/run/token"}]}),
        (no_secret_is_plain, {"env": [{"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {}}}]}),
    ],
)
def test_a_rule_lets_pass_what_only_looks_like_its_mistake(rule: Rule, changes: Properties) -> None:
    assert list(rule(_pod(changes))) == []


@pytest.mark.parametrize(
    ("argument", "problem"),
    [
        ("--dtype=int8", "--dtype: must be auto|half"),
        ("--max-model-len=32k", "--max-model-len: must be"),
        ("--port", "--port: must be"),
        ("--revision=main", "--revision: must be"),
        ("--swap-space=4", "--swap-space: write down"),
    ],
)
def test_a_value_that_vllm_would_refuse_is_seen(argument: str, problem: str) -> None:
    (found,) = wrong_values({**CONTAINER, "args": [argument]})

    assert found.startswith(problem)


@needs(VLLM_FLAGS)
def test_a_flag_that_vllm_no_longer_has_is_seen() -> None:
    container: Properties = {**CONTAINER, "args": ["--swap-space=4", "--port=8000"]}

    assert list(unknown_flags(container, known_flags())) == ["--swap-space: vLLM has no such flag"]


@needs(VLLM_FLAGS)
def test_a_flag_that_the_start_program_adds_is_seen() -> None:
    added: Properties = {"name": ARGUMENTS_VARIABLE, "value": '["--load-format=tensorize"]'}
    container: Properties = {**CONTAINER, "args": [], "env": [added]}

    (found,) = wrong_values(container)

    assert found.startswith("--load-format: must be auto|")
    assert list(unknown_flags(container, known_flags())) == []
    assert list(unknown_flags(container, frozenset())) == ["--load-format: vLLM has no such flag"]
