"""Namespaces start closed and bounded."""

import pytest

from components.kubernetes.namespaces import Namespace, PodSecurity
from components.names import NameTooLongError
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from tests.unit.components import examples


def _namespace(label: str = "models", level: PodSecurity = PodSecurity.RESTRICTED) -> Graph:
    return record_program(
        lambda: Namespace(
            "home",
            label=label,
            pod_security=level,
            kubernetes_version="1.35",
            quota={"pods": "12"},
            opts=examples.with_kubernetes(),
        ),
        stack="aws-dev",
    )


def _labels(graph: Graph) -> dict[str, str]:
    return examples.body(graph.named("home-namespace"), "metadata")["labels"]


def test_nothing_goes_in_or_out_until_a_workload_opens_its_port_or_its_way() -> None:
    graph = _namespace()
    policy, namespace = graph.named("home-default-deny"), graph.named("home-namespace")

    assert policy.inputs["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert namespace.urn in policy.property_dependencies["metadata"]


def test_every_level_of_pod_security_is_pinned_to_the_version_of_the_cluster() -> None:
    labels = _labels(_namespace())
    modes = ("enforce", "audit", "warn")

    assert {mode: labels[f"pod-security.kubernetes.io/{mode}"] for mode in modes} == dict.fromkeys(
        modes, "restricted"
    )
    assert {labels[f"pod-security.kubernetes.io/{mode}-version"] for mode in modes} == {"v1.35"}


def test_a_looser_level_warns_of_nothing_that_it_allows_and_audits_what_restricted_would_not() -> (
    None
):
    labels = _labels(_namespace(level=PodSecurity.PRIVILEGED))

    assert labels["pod-security.kubernetes.io/enforce"] == "privileged"
    assert labels["pod-security.kubernetes.io/warn"] == "privileged"
    assert labels["pod-security.kubernetes.io/audit"] == "restricted"


def test_no_service_opens_a_port_to_the_world_and_the_own_bounds_are_added() -> None:
    spec = _namespace().named("home-quota").inputs["spec"]

    assert spec == {
        "hard": {"services.loadbalancers": "0", "services.nodeports": "0", "pods": "12"}
    }


def test_a_namespace_name_longer_than_a_dns_label_is_refused() -> None:
    with pytest.raises(NameTooLongError, match="at most 63"):
        _namespace("m" * 64)
