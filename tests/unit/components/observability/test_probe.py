"""The probe: what it asks, whom, and how far it reaches."""

import json
import re

import pytest

from components import labels
from components.observability import probe
from components.serving.shared_route_objects import pods_name
from components.serving.vllm import PORT
from infra.graph.recorder import record_program
from infra.rehearsal.charts.objects import part
from infra.spec.files import load_stack_file
from infra.spec.gateway import Authentication, GatewaySpec, Issuer
from infra.wire import Properties
from tests.support.gateway_spec import GATEWAY
from tests.support.graphs import network_policies
from tests.support.manifests import maps, texts
from tests.unit.components import examples
from tests.unit.components.makers_observability import monitoring_namespace

MODEL = load_stack_file("aws-prod-models").models[0]
PUBLIC = GATEWAY.model_copy(update={"allow_from": ()})
CLOSED = GATEWAY.model_copy(update={"allow_from": ("203.0.113.0/24",)})
PROMETHEUS_LABELS = {"__meta_kubernetes_service_name": MODEL.object_name}


def told(gateway: GatewaySpec) -> Properties:
    return part(json.loads(json.dumps(probe.configuration(gateway))), "modules")


def relabelled(way: probe.Way, found: dict[str, str]) -> dict[str, str] | None:
    """Return the labels of a target as Prometheus makes them; None: it is dropped."""
    (endpoint,) = maps(json.loads(json.dumps(way.service_monitor()))["endpoints"])
    known = dict(found)
    for rule in maps(endpoint["relabelings"]):
        value = ";".join(known.get(str(one), "") for one in texts(rule.get("sourceLabels")))
        matched = re.fullmatch(str(rule.get("regex", "(.*)")), value)
        if rule.get("action") == "drop" and matched:
            return None
        if rule.get("action") == "labeldrop":
            gone = re.compile(str(rule["regex"]))
            known = {name: one for name, one in known.items() if not gone.fullmatch(name)}
        elif "replacement" in rule and matched:
            text = str(rule["replacement"])
            known[str(rule["targetLabel"])] = text.replace("$1", value)
    return {name: one for name, one in known.items() if not name.startswith("__meta")}


def test_a_model_is_asked_for_sixteen_tokens_within_what_a_scrape_waits() -> None:
    http = part(told(PUBLIC), probe.COMPLETION, "http")
    body = json.loads(str(http["body"]))

    assert body["max_tokens"] == body["min_tokens"] == 16
    assert "model" not in body, "one question fits all models"
    assert http["fail_if_body_json_not_matches_cel"] == "body.usage.completion_tokens == 16"
    # The program takes half a second off the scrape's time (`--timeout-offset`).
    assert probe.ANSWER_SECONDS < probe.SCRAPE_TIMEOUT_SECONDS - 0.5


@pytest.mark.parametrize(
    ("authentication", "status"),
    [(Authentication.API_KEYS, 401), (Authentication.JWT, 401), (Authentication.NONE, 200)],
)
def test_a_public_host_must_ask_for_a_key_where_clients_have_one(
    authentication: Authentication, status: int
) -> None:
    gateway = PUBLIC.model_copy(update={"authentication": authentication})
    (way,) = [one for one in probe.ways(gateway) if one.name == probe.GATEWAY]

    assert part(told(gateway), way.module, "http")["valid_status_codes"] == [status]
    assert "Authorization" not in json.dumps(told(gateway)), "a probe has no key"


@pytest.mark.parametrize("issuer", list(Issuer))
def test_who_signed_is_asked_where_everybody_trusts_the_issuer(issuer: Issuer) -> None:
    gateway = PUBLIC.model_copy(update={"issuer": issuer})
    secure = part(told(gateway), probe.LOCKED, "http", "tls_config")

    assert secure["insecure_skip_verify"] == (issuer is not Issuer.LETSENCRYPT)


def test_hosts_are_asked_where_everybody_may_connect() -> None:
    assert [one.name for one in probe.ways(PUBLIC)] == ["service", "gateway"]
    for closed in (CLOSED, examples.NO_GATEWAY):
        assert [one.name for one in probe.ways(closed)] == ["service"]
        assert told(closed).keys() == {probe.COMPLETION}


def test_all_servers_of_a_model_are_one_target() -> None:
    inside, outside = probe.ways(PUBLIC)
    of_pods = [{"pod": pod, "node": pod, "namespace": "models"} for pod in ("a", "b")]
    found = [relabelled(inside, {**PROMETHEUS_LABELS, **one}) for one in of_pods]

    assert found[0] == found[1]
    assert found[0] == {
        "__address__": "blackbox-exporter.monitoring.svc.cluster.local:9115",
        "__param_target": (
            target := f"http://qwen2-5-7b.models.svc.cluster.local:{PORT}/v1/completions"
        ),
        "instance": target,
        "job": "probe",
        "model": "qwen2-5-7b",
        "way": "service",
    }
    hosts = relabelled(outside, PROMETHEUS_LABELS) or {}
    assert hosts["__param_target"] == "https://qwen2-5-7b.llm.example.com/v1/models"


def test_what_stands_for_servers_one_by_one_is_no_model() -> None:
    for way in probe.ways(PUBLIC):
        assert relabelled(way, {"__meta_kubernetes_service_name": pods_name(MODEL)}) is None
        (found,) = maps(
            json.loads(json.dumps(way.service_monitor()))["selector"]["matchExpressions"]
        )
        assert found == {"key": labels.MODEL, "operator": "Exists"}


@pytest.mark.parametrize(("gateway", "ports"), [(PUBLIC, {443, 8000, 10443}), (CLOSED, {8000})])
def test_it_reaches_models_and_the_internet_where_hosts_are_asked(
    gateway: GatewaySpec, ports: set[int]
) -> None:
    def program() -> None:
        probe.Probe(
            "probe", gateway, namespace=monitoring_namespace(), opts=examples.with_kubernetes()
        )

    policy = network_policies(record_program(program, stack="aws-dev"))["probe"]

    assert {one["port"] for way in policy["egress"] for one in way["ports"]} == ports
