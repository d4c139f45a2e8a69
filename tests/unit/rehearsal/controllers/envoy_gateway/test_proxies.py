"""What a Gateway has made in the played Envoy Gateway."""

import json

import pytest
import yaml

from infra.catalog import releases
from infra.rehearsal.charts import objects_of
from infra.rehearsal.controllers.envoy_gateway.certificates import certificate_secrets
from infra.rehearsal.controllers.envoy_gateway.controller import settings_from
from infra.rehearsal.controllers.envoy_gateway.proxies import proxy_name, proxy_objects
from infra.rehearsal.controllers.envoy_gateway.proxy_pods import DEFAULT_IMAGE, seconds
from infra.rehearsal.controllers.envoy_gateway.world import Settings, World, by_kind
from infra.wire import Properties
from tests.support import gateway as objects

SETTINGS = Settings("system", objects.CONTROLLER, "shutdown:1")
NAME = "envoy-gateway-public-1e7f3513"
OWNERS = {
    "gateway.envoyproxy.io/owning-gateway-name": "public",
    "gateway.envoyproxy.io/owning-gateway-namespace": "gateway",
}


def made(*others: Properties, settings: Settings = SETTINGS) -> dict[str, dict]:
    """Return what the Gateway `gateway/public` has made, by kind."""
    of_class = json.loads(json.dumps(objects.gateway_class("tokenworks", "gateway")))
    of_class["metadata"]["uid"] = "1234"
    gateway = objects.gateway("gateway", "tokenworks")
    world = World(settings, by_kind([of_class, gateway, *others]))
    found = json.loads(json.dumps(proxy_objects(world, gateway)))
    return {item["kind"]: item for item in found}


def test_everything_is_in_the_controllers_namespace_and_owned_by_the_class() -> None:
    found = made(objects.proxy("gateway"))

    assert list(found) == [
        "ServiceAccount",
        "ConfigMap",
        "Deployment",
        "Service",
        "PodDisruptionBudget",
    ]
    for item in found.values():
        metadata = item["metadata"]
        (owner,) = metadata["ownerReferences"]
        assert (metadata["name"], metadata["namespace"]) == (NAME, "system")
        assert OWNERS.items() <= metadata["labels"].items()
        assert (owner["kind"], owner["name"], owner["uid"]) == (
            "GatewayClass",
            "tokenworks",
            "1234",
        )


def test_the_service_has_a_port_for_each_listener_and_the_annotations_asked_for() -> None:
    service = made(objects.proxy("gateway"))["Service"]

    assert service["metadata"]["annotations"] == {objects.NLB: "nlb"}
    assert service["spec"]["type"] == "LoadBalancer"
    assert service["spec"]["externalTrafficPolicy"] == "Local"
    assert [
        (item["name"], item["port"], item["targetPort"]) for item in service["spec"]["ports"]
    ] == [("http-80", 80, 10080), ("https-443", 443, 10443)]


def test_the_pods_are_those_that_were_asked_for() -> None:
    spec = made(objects.proxy("gateway", replicas=3))["Deployment"]["spec"]
    pod = spec["template"]["spec"]
    envoy, shutdown = pod["containers"]

    assert spec["replicas"] == 3
    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert spec["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items()
    assert pod["serviceAccountName"] == NAME
    assert pod["topologySpreadConstraints"][0]["topologyKey"] == "topology.kubernetes.io/zone"
    assert envoy["image"] == objects.PROXY_IMAGE
    assert envoy["resources"]["limits"] == {"memory": "512Mi"}
    assert shutdown["image"] == "shutdown:1"
    assert shutdown["resources"]["requests"] == {"cpu": "10m", "memory": "32Mi"}


def test_a_pod_has_the_time_to_drain_and_five_minutes_more() -> None:
    pod = made(objects.proxy("gateway"))["Deployment"]["spec"]["template"]["spec"]
    envoy, shutdown = pod["containers"]

    assert pod["terminationGracePeriodSeconds"] == 900
    assert envoy["args"][-2:] == ["--drain-time-s", "600"]
    assert shutdown["args"] == ["envoy", "shutdown-manager", "--ready-timeout=610s"]
    assert shutdown["lifecycle"]["preStop"]["exec"]["command"][-2:] == [
        "--drain-timeout=600s",
        "--min-drain-duration=20s",
    ]


def test_what_is_asked_of_rights_is_laid_over_upstreams_own_in_both_containers() -> None:
    pod = made(objects.proxy("gateway"))["Deployment"]["spec"]["template"]["spec"]

    for container in pod["containers"]:
        security = container["securityContext"]
        assert security["readOnlyRootFilesystem"] is True
        assert security["capabilities"] == {"drop": ["ALL"]}
        assert security["runAsNonRoot"] is True
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}


def test_without_an_envoyproxy_the_controllers_own_defaults_hold() -> None:
    found = made()
    pod = found["Deployment"]["spec"]["template"]["spec"]

    assert "PodDisruptionBudget" not in found
    assert "replicas" not in found["Deployment"]["spec"]
    assert found["Service"]["spec"]["type"] == "LoadBalancer"
    assert "annotations" not in found["Service"]["metadata"]
    assert pod["containers"][0]["image"] == DEFAULT_IMAGE
    assert pod["terminationGracePeriodSeconds"] == 360


def test_the_controller_does_what_its_chart_wrote_down() -> None:
    values: Properties = {
        "global": {"images": {"envoyProxy": {"image": "docker.io/envoyproxy/envoy:x"}}},
        "config": {"envoyGateway": {"gateway": {"controllerName": "example.com/ours"}}},
    }
    version = releases.chart("gateway-helm").version
    bodies = objects_of("gateway-helm", version, "envoy-gateway", "gateway", values)
    (written,) = [
        json.loads(json.dumps(item))["data"]["envoy-gateway.yaml"]
        for item in bodies
        if item["kind"] == "ConfigMap"
    ]
    settings = settings_from("gateway", written)

    assert settings.controller == "example.com/ours"
    assert settings.shutdown_image == "docker.io/envoyproxy/gateway:v1.9.1"
    kubernetes = yaml.safe_load(written)["envoyProxy"]["provider"]["kubernetes"]
    assert kubernetes["envoyDeployment"]["container"]["image"] == "docker.io/envoyproxy/envoy:x"


def test_a_long_name_is_cut_and_stays_its_own() -> None:
    names = {
        proxy_name(objects.body(objects.V1, "Gateway", "g" * 60 + end, "gateway", {}))
        for end in ("a", "b")
    }

    assert len(names) == 2
    assert all(len(name) == len("envoy-") + 48 + 9 for name in names)


@pytest.mark.parametrize(
    ("text", "length"), [("600s", 600), ("1h30m", 5400), ("1500ms", 2), ("2m5s", 125)]
)
def test_durations_are_read(text: str, length: int) -> None:
    assert seconds(text) == length


def test_the_certificates_are_those_of_the_real_program() -> None:
    found = {
        item["metadata"]["name"]: (item["type"], sorted(item["data"]))
        for item in certificate_secrets("gateway")
    }
    tls = ("kubernetes.io/tls", ["ca.crt", "tls.crt", "tls.key"])

    assert found == {
        "envoy-gateway": tls,
        "envoy": tls,
        "envoy-rate-limit": tls,
        "envoy-oidc-hmac": ("Opaque", ["hmac-secret"]),
    }
