"""What is measured: the table, and what is made of it."""

import json

import pytest

from components.observability.monitors import Monitors
from components.observability.pages import Page, pages
from infra.graph.recorder import record_program
from infra.rehearsal.charts.objects import part
from infra.spec.files import load_stack_file
from tests.support.graphs import network_policies
from tests.support.manifests import maps, pods_of
from tests.unit.components import examples
from tests.unit.components.makers_observability import monitoring_namespace

FULL = ("aws-staging", "gcp-staging")
"""Stacks that have all layers."""
MADE_ELSEWHERE = {"envoy", "ai-gateway"}
"""Whose pods a controller makes once a Gateway is there."""


def test_a_stack_measures_what_it_has() -> None:
    assert {one.job for one in pages(load_stack_file("gcp-staging"))} == {
        *("prometheus", "alertmanager", "grafana", "blackbox-exporter"),
        *("vllm", "external-secrets"),
        *("loki", "alloy"),
        *("envoy", "envoy-gateway", "cert-manager", "external-dns"),
        *("ai-gateway", "ai-gateway-controller"),
        *("dcgm-exporter", "milvus", "etcd-milvus", "tempo"),
    }


def test_a_stack_without_gateway_gpus_and_vectors_measures_none_of_them() -> None:
    spec = examples.stack_spec(pools=())

    assert {one.job for one in pages(spec)} == {
        *("prometheus", "alertmanager", "grafana", "blackbox-exporter"),
        *("vllm", "external-secrets"),
        *("loki", "alloy"),
        *("cluster-autoscaler", "valkey"),
    }


@pytest.mark.parametrize("stack", FULL)
def test_every_target_is_a_port_that_a_pod_of_the_stack_names(stack: str) -> None:
    """A PodMonitor of a port that no container names finds nothing, and says nothing."""
    pods = pods_of(stack)
    missing = [
        target.job
        for target in pages(load_stack_file(stack))
        if target.job not in MADE_ELSEWHERE
        and not any(
            pod.owner.namespace == target.namespace
            and target.pods.items() <= pod.labels.items()
            and any(
                port.get("containerPort") == target.port
                for container in pod.containers
                for port in maps(container.get("ports"))
            )
            for pod in pods
        )
    ]

    assert missing == []


def test_series_get_the_job_the_node_and_the_model() -> None:
    target = Page("vllm", "models", {}, 8000, from_pod={"model": "tokenworks.dev/model"})
    (page,) = maps(json.loads(json.dumps(target.pod_monitor()))["podMetricsEndpoints"])
    found = {one["targetLabel"]: one for one in maps(page["relabelings"])}

    assert found["job"]["replacement"] == "vllm"
    assert found["node"]["sourceLabels"] == ["__meta_kubernetes_pod_node_name"]
    assert found["model"]["sourceLabels"] == ["__meta_kubernetes_pod_label_tokenworks_dev_model"]


def test_prometheus_comes_in_at_the_port_from_its_own_pods_alone() -> None:
    def program() -> None:
        Monitors(
            "monitors",
            [Page("a", "elsewhere", {"x": "y"}, 81), Page("b", "monitoring", {}, 82)],
            namespace=monitoring_namespace(),
            opts=examples.with_kubernetes(),
        )

    policies = network_policies(record_program(program, stack="aws-dev"))

    assert policies.keys() == {"measured-a"}
    spec = policies["measured-a"]
    assert part(spec, "podSelector") == {"matchLabels": {"x": "y"}}
    (rule,) = spec["ingress"]
    assert rule["ports"] == [{"port": 81, "protocol": "TCP"}]
    (peer,) = rule["from"]
    assert peer["namespaceSelector"] == {
        "matchLabels": {"kubernetes.io/metadata.name": "monitoring"}
    }
    assert peer["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "prometheus"}}
