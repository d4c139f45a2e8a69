"""Prompts and answers to a Phoenix: what leaves, by which way, and what keeps it from leaving."""

import json

import pulumi
import pytest

from components.data.token_counts import TokenCounts
from components.kubernetes.cert_manager import CertManager
from components.kubernetes.gateway import PublicGateway
from components.kubernetes.prompts import Prompts
from components.kubernetes.shared_host import SharedHostNeeds
from components.observability.secrets import observability_secrets
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.rehearsal.charts.objects import part
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Environment
from infra.spec.phoenix import PhoenixSpec
from tests.support.graphs import network_policies, upstream
from tests.support.manifests import maps
from tests.unit.components import examples

INSIDE = PhoenixSpec(url="http://phoenix.llm-traces.svc:6006/v1/traces", prompts=True, addresses=())
OUTSIDE = PhoenixSpec(
    url="https://phoenix.example.com/v1/traces", prompts=True, addresses=("203.0.113.10/32",)
)


def gateway(phoenix: PhoenixSpec | None) -> Graph:
    def program() -> None:
        opts = examples.with_kubernetes()
        store = examples.secret_store_ref()
        PublicGateway(
            "gateway",
            examples.GATEWAY.model_copy(update={"shared_host": True}),
            cloud=CloudProvider.AWS,
            environment=Environment.DEV,
            kubernetes_version="1.35",
            shared=SharedHostNeeds(
                counts=TokenCounts("counts", store=store, kubernetes_version="1.35", opts=opts).ref,
                store=store,
                certificates=CertManager(
                    "certificates",
                    cloud=CloudProvider.AWS,
                    environment=Environment.DEV,
                    kubernetes_version="1.35",
                    opts=opts,
                ),
                prompts=None if phoenix is None else Prompts(phoenix, 0.01),
            ),
            opts=opts,
        )

    return record_program(program, stack="test")


def variables(graph: Graph) -> dict[str, dict]:
    """Return the variables of the filter, by name."""
    config = json.loads(json.dumps(graph.named("gateway-gatewayconfig", "GatewayConfig").inputs))
    said = part(config, "spec", "extProc", "kubernetes").get("env", [])
    return {str(one["name"]): one for one in maps(said)}


def test_nothing_leaves_where_nobody_was_named() -> None:
    graph = gateway(None)

    assert variables(graph) == {}
    assert "phoenix" not in network_policies(graph)
    assert not [item for item in graph.resources if "phoenix" in item.name]
    assert "phoenix" not in {
        secret.purpose
        for secret in observability_secrets(examples.OBSERVABILITY, CloudProvider.AWS)
    }


def test_the_filter_is_told_where_to_send_spans_and_nothing_else() -> None:
    """A variable that is not of traces alone would send metrics there, too."""
    said = variables(gateway(OUTSIDE))
    exporters = {name for name in said if name.startswith("OTEL_EXPORTER")}

    assert said["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"]["value"] == OUTSIDE.url
    assert {name for name in exporters if "_TRACES_" not in name} == set()


def test_a_share_is_drawn_by_the_gateway_and_not_by_what_a_caller_says() -> None:
    said = variables(gateway(OUTSIDE))

    assert said["OTEL_TRACES_SAMPLER"]["value"] == "traceidratio"
    assert said["OTEL_TRACES_SAMPLER_ARG"]["value"] == "0.01"


def test_the_key_comes_from_a_secret_that_is_there_before_the_filter_and_is_read_first() -> None:
    graph = gateway(OUTSIDE)
    names = [*variables(graph)]
    key = variables(graph)["PHOENIX_API_KEY"]["valueFrom"]["secretKeyRef"]
    headers = variables(graph)["OTEL_EXPORTER_OTLP_TRACES_HEADERS"]["value"]

    assert key == {"name": "phoenix", "key": "api-key", "optional": True}
    assert headers == "authorization=Bearer%20$(PHOENIX_API_KEY)"
    assert names.index("PHOENIX_API_KEY") < names.index("OTEL_EXPORTER_OTLP_TRACES_HEADERS")
    assert "gateway-phoenix-external" in upstream(graph, "gateway-gatewayconfig")
    of_it = examples.OBSERVABILITY.model_copy(update={"phoenix": OUTSIDE})
    assert "phoenix" in {
        secret.purpose for secret in observability_secrets(of_it, CloudProvider.AWS)
    }


def test_proxies_reach_the_namespace_of_a_phoenix_in_the_cluster_at_its_port() -> None:
    policy = network_policies(gateway(INSIDE))["phoenix"]
    (rule,) = policy["egress"]

    assert policy["podSelector"]["matchLabels"] == {"app.kubernetes.io/component": "proxy"}
    assert rule["ports"] == [{"port": 6006, "protocol": "TCP"}]
    assert rule["to"] == [
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "llm-traces"}}}
    ]


def test_proxies_reach_the_addresses_of_a_phoenix_elsewhere_and_no_others() -> None:
    (rule,) = network_policies(gateway(OUTSIDE))["phoenix"]["egress"]

    assert rule["to"] == [{"ipBlock": {"cidr": "203.0.113.10/32"}}]
    assert rule["ports"] == [{"port": 443, "protocol": "TCP"}]


def test_each_update_says_that_prompts_leave_and_where_to(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda text, **_: said.append(text))
    gateway(OUTSIDE)

    assert [text for text in said if OUTSIDE.url in text and "what models answer" in text]
