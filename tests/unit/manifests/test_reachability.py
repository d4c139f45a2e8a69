"""Who reaches what on each cloud, against the table that a person wrote."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from components import labels
from components.cache_rules import PORT as CACHE_PORT
from components.data import milvus_values
from components.kubernetes import external_dns, gateway_names, load_balancers, model_namespace
from components.kubernetes.gateway_names import COMPONENT, PROXY, RATE_LIMIT
from components.kubernetes.gateway_ways import PROXY_PORTS
from components.observability import names
from components.serving import vllm
from components.serving.route_objects import GET_PATHS, POST_PATHS
from infra.rehearsal.charts.objects import part
from tests.support.graphs import EVERYTHING, GCP_EVERYTHING
from tests.support.manifests import Manifest, manifests_of, maps, pods_of, texts
from tests.support.reachability import Place, reaches

if TYPE_CHECKING:
    from infra.wire import Properties

PAGE = Path(__file__).parents[3] / "docs" / "security.md"
ENVIRONMENTS = {"aws": EVERYTHING, "gcp": GCP_EVERYTHING}
POD, PUBLIC = "10.0.0.10", "198.51.100.7"
INTERNET, API_SERVER = Place(PUBLIC), Place("10.0.0.1")
PORTS = {
    "gateway": PROXY_PORTS[1],
    "model server": vllm.PORT,
    "cache": CACHE_PORT,
    "vector store": milvus_values.PORT,
    "token counts": CACHE_PORT,
    "AI gateway": gateway_names.AI_EXTENSION_PORT,
    "Prometheus": names.PROMETHEUS_PORT,
    "Tempo": names.OTLP_PORT,
    "Loki": names.LOKI_PORT,
    "API server": 443,
    "internet": 443,
}
YES, NO = "yes", "no"
Table = dict[str, dict[str, str]]

each_environment = pytest.mark.parametrize("environment", ENVIRONMENTS)


def manifests(environment: str) -> list[Manifest]:
    return list(manifests_of(ENVIRONMENTS[environment]))


def places(environment: str) -> dict[str, Place]:
    """Return one of each kind of pod, and what is outside; a cache of the cloud is no pod."""
    spaces = {
        item.name: _labels(item) for item in manifests(environment) if item.kind == "Namespace"
    }
    pods = pods_of(ENVIRONMENTS[environment])
    clients = {
        labels.MODEL_CLIENTS: "true",
        labels.CACHE_CLIENTS: "true",
        labels.VECTOR_STORE_CLIENTS: "true",
    }

    def first(namespace: str, words: str) -> Place | None:
        for pod in pods:
            if pod.owner.namespace == namespace and re.search(words, pod.owner.title):
                ports = {
                    str(port["name"]): int(str(port["containerPort"]))
                    for container in pod.containers
                    for port in maps(container.get("ports"))
                    if "name" in port
                }
                found = {key: str(value) for key, value in pod.labels.items()}
                return Place(POD, namespace, spaces[namespace], found, ports)
        return None

    home = gateway_names.NAMESPACE
    found = {
        "internet": INTERNET,
        "gateway": Place(POD, home, spaces[home], {COMPONENT: PROXY}),
        "gateway's controller": first(home, "Deployment envoy-gateway"),
        "rate-limit service": Place(POD, home, spaces[home], {COMPONENT: RATE_LIMIT}),
        "token counts": first(gateway_names.COUNTS_NAMESPACE, "valkey"),
        "AI gateway": first(gateway_names.AI_NAMESPACE, "Deployment"),
        "load balancers' controller": first(load_balancers.NAMESPACE, "Deployment"),
        "model server": first(model_namespace.NAMESPACE, "Deployment"),
        "weights loader": first(model_namespace.NAMESPACE, "Job"),
        "cache": first("cache", "valkey"),
        "vector store": first(milvus_values.NAMESPACE, "Deployment milvus"),
        "external-dns": first(external_dns.NAMESPACE, f"Deployment {external_dns.CHART}"),
        "Prometheus": first(names.NAMESPACE, "StatefulSet prometheus"),
        "Alertmanager": first(names.NAMESPACE, "StatefulSet alertmanager"),
        "Grafana": first(names.NAMESPACE, "Deployment monitoring-grafana"),
        "Tempo": first(names.TRACES_NAMESPACE, "StatefulSet tempo"),
        "OpenCost": first(names.COST_NAMESPACE, "Deployment opencost"),
        "probe": first(names.NAMESPACE, f"Deployment {names.PROBER}"),
        "Loki": first(names.NAMESPACE, "StatefulSet loki"),
        "Alloy": first(names.NAMESPACE, "Deployment alloy"),
        "client": Place(POD, "shop", clients),
        "tenant's pod": Place(POD, "tenant-search", spaces["tenant-search"], {"app": "any"}),
        "anybody else's pod": Place(POD, "elsewhere"),
        "API server": API_SERVER,
    }
    return {name: place for name, place in found.items() if place is not None}


def is_judged(source: str, target: str) -> bool:
    """Say whether policies decide it: the API server has a door of its own, `endpointAccess`."""
    return target != source and (source, target) != ("internet", "API server")


def _labels(namespace: Manifest) -> dict[str, str]:
    own = {key: str(value) for key, value in part(namespace.body, "metadata", "labels").items()}
    return {**own, "kubernetes.io/metadata.name": namespace.name}


def computed(environment: str, extra: Sequence[Manifest] = ()) -> Table:
    policies = [item for item in manifests(environment) if item.kind == "NetworkPolicy"]
    where = places(environment)
    return {
        source: {
            target: YES if reaches([*policies, *extra], where[source], where[target], port) else NO
            for target, port in PORTS.items()
            if target in where and is_judged(source, target)
        }
        for source in where
        if source != "API server"
    }


def written() -> Table:
    """Return the table of the page: who, and one column for each target."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in PAGE.read_text(encoding="utf-8").split("## Who reaches what")[1].splitlines()
        if line.startswith("|")
    ]
    head, _, *body = rows
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in body}


def expected(present: Mapping[str, object]) -> Table:
    return {
        source: {
            target: cell
            for target, cell in row.items()
            if target in present and is_judged(source, target)
        }
        for source, row in written().items()
        if source in present
    }


@each_environment
def test_who_reaches_what_is_what_a_person_wrote(environment: str) -> None:
    assert computed(environment) == expected(places(environment))


def _pages(environment: str) -> dict[str, tuple[Place, int]]:
    """Return the job of each PodMonitor to a pod that it selects, and the port of the page."""
    specs = {
        item.name: part(item.body, "spec")
        for item in manifests(environment)
        if item.kind == "PodMonitor"
    }
    found = {}
    for job, spec in specs.items():
        (namespace,) = texts(part(spec, "namespaceSelector")["matchNames"])
        (page,) = maps(spec["podMetricsEndpoints"])
        pod = {key: str(value) for key, value in part(spec, "selector", "matchLabels").items()}
        home = {"kubernetes.io/metadata.name": namespace}
        found[job] = (Place(POD, namespace, home, pod), int(str(page["portNumber"])))
    return found


@each_environment
def test_every_page_of_metrics_is_reached_by_prometheus_and_by_no_stranger(
    environment: str,
) -> None:
    policies = [item for item in manifests(environment) if item.kind == "NetworkPolicy"]
    where, pages = places(environment), _pages(environment)
    reached = {
        source: {
            job for job, (pod, port) in pages.items() if reaches(policies, where[source], pod, port)
        }
        for source in ("Prometheus", "anybody else's pod", "tenant's pod", "internet")
    }

    assert {"vllm", "envoy", "milvus", "dcgm-exporter"} < pages.keys()
    assert reached.pop("Prometheus") == pages.keys()
    assert set().union(*reached.values()) == set()


def test_the_table_has_a_row_for_everybody_in_it() -> None:
    everybody = {name for environment in ENVIRONMENTS for name in places(environment)}

    assert written().keys() == everybody - {"API server"}


@pytest.mark.parametrize(
    ("namespace", "way"),
    [
        ("models", "ingress"),
        ("vector-store", "ingress"),
        ("gateway", "egress"),
        ("token-counts", "ingress"),
        ("ai-gateway", "ingress"),
        ("ai-gateway", "egress"),
        ("traces", "ingress"),
    ],
)
@each_environment
def test_a_hole_is_seen(environment: str, namespace: str, way: str) -> None:
    everything: Properties = {"podSelector": {}, "policyTypes": [way.capitalize()], way: [{}]}
    body: Properties = {"kind": "NetworkPolicy", "spec": everything}

    assert computed(environment, [Manifest(body, namespace)]) != expected(places(environment))


@each_environment
def test_whoever_comes_through_the_gateway_reaches_the_paths_of_the_page(environment: str) -> None:
    """`/metrics`, `/sleep` and what else an engine serves beside them is reached by nobody."""
    routes = [
        part(item.body, "spec")
        for item in manifests(environment)
        if item.kind == "HTTPRoute" and item.namespace == model_namespace.NAMESPACE
    ]
    paths = {
        str(part(match, "path")["value"])
        for spec in routes
        for rule in maps(spec["rules"])
        for match in maps(rule["matches"])
    }
    section = PAGE.read_text(encoding="utf-8").split("## Through the gateway")[1].split("\n## ")[0]

    assert routes
    assert paths == set(re.findall(r"`(/v1/[a-z/]+)`", section)) == {*POST_PATHS, *GET_PATHS}
