"""The placeholders of the AI gateway's charts, and the slim schemas of its kinds."""

import json

import pytest

from components.kubernetes.ai_gateway import controller_values
from components.kubernetes.operators import WEBHOOK_PORT
from infra.catalog import releases
from infra.rehearsal.charts import ChartValueError, ai_gateway_crds, ai_gateway_helm, objects_of
from infra.spec.environment import Environment
from infra.wire import Properties
from tests.support import contracts
from tests.unit.rehearsal.charts.test_charts import by_title, lookup
from tests.unit.rehearsal.charts.test_gateway import differences, schemas

CHART, KINDS = ai_gateway_helm.CHART, ai_gateway_crds.CHART
CERTIFICATES = {"controller": {"mutatingWebhook": {"certManager": {"enable": True}}}}


def chart(name: str, values: Properties) -> dict[str, dict]:
    return by_title(objects_of(name, releases.chart(name).version, name, "ai-gateway", values))


def controller(environment: Environment = Environment.PROD) -> dict[str, dict]:
    return chart(CHART, json.loads(json.dumps(controller_values(environment))))


def test_the_objects_have_the_charts_own_names() -> None:
    assert set(controller()) == {
        "ServiceAccount ai-gateway-controller",
        "ClusterRole ai-gateway-controller:ai-gateway",
        "ClusterRoleBinding ai-gateway-controller:ai-gateway",
        "ClusterRole envoy-ai-gateway-inference-pool-reader:ai-gateway",
        "ClusterRoleBinding envoy-ai-gateway-inference-pool-reader:ai-gateway",
        "Certificate self-signed-cert-for-mutating-webhook",
        "Issuer self-signed-issuer-for-mutating-webhook",
        "Deployment ai-gateway-controller",
        "Service ai-gateway-controller",
        "PodDisruptionBudget ai-gateway-controller",
    }
    assert "PodDisruptionBudget ai-gateway-controller" not in controller(Environment.DEV)


def test_the_api_server_and_envoy_gateway_find_the_controller_where_they_ask() -> None:
    made = controller()
    ports = {
        port["name"]: port["port"]
        for port in made["Service ai-gateway-controller"]["spec"]["ports"]
    }
    certificate = made["Certificate self-signed-cert-for-mutating-webhook"]["spec"]
    pods = made["Deployment ai-gateway-controller"]["spec"]["template"]
    (container,) = pods["spec"]["containers"]

    assert ports == {"mutating-webhook": WEBHOOK_PORT, "grpc": 1063, "http-metrics": 8080}
    assert certificate["dnsNames"] == ["ai-gateway-controller.ai-gateway.svc"]
    assert f"--webhookPort={WEBHOOK_PORT}" in container["args"]
    assert "--envoyGatewayNamespace=gateway" in container["args"]
    assert "--metricsRequestHeaderAttributes=x-tokenworks-client:client" in container["args"]


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({}, "controller.mutatingWebhook.certManager.enable"),
        ({**CERTIFICATES, "extProc": {"imagePullSecrets": [{"name": "a"}]}}, "extProc.image"),
        ({**CERTIFICATES, "global": {"imagePullSecrets": [{"name": "a"}]}}, "global.imagePull"),
        ({"controller": {"hostNetwork": True}}, "controller.hostNetwork"),
        ({"controller": {"replicas": 2}}, "controller.replicas"),
        (
            {"controller": {"mutatingWebhook": {"port": 1, "certManager": {"enable": True}}}},
            "controller.service.ports",
        ),
    ],
)
def test_what_is_not_played_and_what_the_chart_does_not_have_is_refused(
    values: Properties, path: str
) -> None:
    with pytest.raises(ChartValueError, match=f"{CHART}: {path}"):
        chart(CHART, values)


def test_the_chart_of_kinds_has_no_values() -> None:
    kinds = [item["spec"]["names"]["kind"] for item in chart(KINDS, {}).values()]

    assert kinds == ["AIGatewayRoute", "AIServiceBackend", "GatewayConfig"]
    with pytest.raises(ChartValueError, match=KINDS):
        chart(KINDS, {"crds": True})


@contracts.needs(contracts.CHARTS)
def test_the_table_of_values_agrees_with_the_offline_contract() -> None:
    contract = contracts.chart_contract(CHART)
    assert contract
    ours = ai_gateway_helm.default_values()
    label = "controller.mutatingWebhook.objectSelector.matchLabels"
    differing = {
        path
        for path, value in contract.defaults.items()
        if not path.startswith(label) and lookup(ours, path) != value
    }

    assert differing == set()
    assert lookup(ours, label) == {"app.kubernetes.io/managed-by": "envoy-gateway"}


@contracts.needs(contracts.DEFINITIONS)
def test_the_slim_schemas_are_never_wider_than_the_whole_ones() -> None:
    whole = schemas(json.loads(json.dumps(contracts.definitions())))
    slim = schemas(json.loads(json.dumps(ai_gateway_crds.definitions())))

    assert [
        line for name, ours in slim.items() for line in differences(ours, whole[name], name)
    ] == []
