"""Namespaces start closed."""

import pytest

from components.kubernetes.namespaces import Namespace, PodSecurity
from components.names import NameTooLongError
from infra.graph.recorder import record_program
from tests.unit.components import examples


def test_nothing_may_call_in_until_a_workload_opens_its_port() -> None:
    graph = record_program(
        lambda: Namespace(
            "models",
            label="models",
            pod_security=PodSecurity.RESTRICTED,
            opts=examples.with_kubernetes(),
        ),
        stack="aws-dev",
    )
    policy, namespace = graph.named("models-default-deny"), graph.named("models-namespace")

    assert policy.inputs["spec"] == {"podSelector": {}, "policyTypes": ["Ingress"]}
    assert namespace.urn in policy.property_dependencies["metadata"]


def test_a_namespace_name_longer_than_a_dns_label_is_refused() -> None:
    with pytest.raises(NameTooLongError, match="at most 63"):
        record_program(
            lambda: Namespace(
                "models",
                label="m" * 64,
                pod_security=PodSecurity.RESTRICTED,
                opts=examples.with_kubernetes(),
            ),
            stack="aws-dev",
        )
