"""The placeholder of Valkey: what the chart would run under our values, and what is refused."""

import json

import pytest

from components.data.valkey import EXPORTER_PORT, release_name, valkey_values
from infra.catalog import releases
from infra.rehearsal.charts import ChartValueError, objects_of, valkey
from infra.rehearsal.charts.values import leaf_paths
from infra.rehearsal.nodes.quantity import Resources
from infra.rehearsal.nodes.view import pod_requests
from infra.spec.cache import CacheInstanceSpec
from infra.wire import Properties, Value
from tests.support.contracts import CHARTS, chart_contract, needs

SPEC = CacheInstanceSpec(memory_gib=0.5, node_type=None, replicas=0)
USERS = (("docker.io/valkey/valkey", 1000), ("ghcr.io/oliver006/redis_exporter", 59000))
"""Image and user of the server, and of what measures it."""
each_instance = pytest.mark.parametrize("label", ["responses", "counters"])


def values(label: str, tls_secret: str | None = None) -> dict:
    made = valkey_values(
        label, SPEC, users_secret="users", tls_secret=tls_secret, storage_class="gp3"
    )
    return json.loads(json.dumps(made))


def made(label: str, with_values: Properties | None = None) -> dict[str, dict]:
    bodies = objects_of(
        "valkey",
        releases.chart("valkey").version,
        release_name(label),
        "cache",
        values(label) if with_values is None else with_values,
    )
    plain = json.loads(json.dumps(bodies))
    return {f"{body['kind']} {body['metadata']['name']}": body for body in plain}


def pod(label: str, with_values: Properties | None = None) -> dict:
    server = made(label, with_values)[f"Deployment valkey-{label}"]
    return server["spec"]["template"]["spec"]


def test_an_instance_is_one_server_and_counters_have_a_disk_besides() -> None:
    assert list(made("responses")) == [
        "ConfigMap valkey-responses-init-scripts",
        "ConfigMap valkey-responses-config",
        "ServiceAccount valkey-responses",
        "Service valkey-responses",
        "Deployment valkey-responses",
    ]
    assert set(made("counters")) == {
        *(title.replace("responses", "counters") for title in made("responses")),
        "PersistentVolumeClaim valkey-counters",
    }


def test_the_disk_outlives_the_release_and_one_pod_has_it_at_a_time() -> None:
    found = made("counters")
    claim, server = (
        found[f"{kind} valkey-counters"] for kind in ("PersistentVolumeClaim", "Deployment")
    )

    assert claim["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}
    assert claim["spec"]["storageClassName"] == "gp3"
    assert server["spec"]["strategy"] == {"type": "Recreate"}
    assert {
        "name": "valkey-data",
        "persistentVolumeClaim": {"claimName": "valkey-counters"},
    } in pod("counters")["volumes"]
    assert {"name": "valkey-data", "emptyDir": {}} in pod("responses")["volumes"]


@each_instance
def test_every_container_says_what_it_asks_for_and_is_restricted(label: str) -> None:
    spec = pod(label)

    assert pod_requests(spec) == Resources(110, 832)
    assert spec["automountServiceAccountToken"] is False
    for container in (*spec["initContainers"], *spec["containers"]):
        confined = {**spec["securityContext"], **container["securityContext"]}
        assert container["resources"]["limits"]["memory"]
        image, user = USERS[container["name"] == "metrics"]
        assert container["image"].startswith(f"{image}:")
        assert (confined["runAsNonRoot"], confined["allowPrivilegeEscalation"]) == (True, False)
        assert (confined["readOnlyRootFilesystem"], confined["runAsUser"]) == (True, user)
        assert confined["capabilities"] == {"drop": ["ALL"]}
        assert confined["seccompProfile"] == {"type": "RuntimeDefault"}


@each_instance
def test_a_server_is_asked_before_it_gets_requests(label: str) -> None:
    container, _ = pod(label)["containers"]
    (over_tls,) = pod(label, values(label, "certificate"))["containers"]

    assert container["readinessProbe"]["exec"] == {"command": ["valkey-cli", "ping"]}
    assert over_tls["readinessProbe"]["exec"] == {
        "command": ["valkey-cli", "--cacert", "/tls/ca.crt", "--tls", "ping"]
    }


@each_instance
def test_a_server_is_measured_from_beside_it_with_the_password_of_the_user_default(
    label: str,
) -> None:
    _, exporter = pod(label)["containers"]

    assert exporter["name"] == "metrics"
    assert exporter["ports"] == [{"name": "metrics", "containerPort": EXPORTER_PORT}]
    assert {"name": "users", "key": "default"} in [
        one["valueFrom"]["secretKeyRef"] for one in exporter["env"] if "valueFrom" in one
    ]


def test_a_changed_setting_makes_a_new_pod() -> None:
    def checksum(config: str) -> str:
        server = made("responses", {**values("responses"), "valkeyConfig": config})
        metadata = server["Deployment valkey-responses"]["spec"]["template"]["metadata"]
        return metadata["annotations"]["checksum/config"]

    assert checksum("maxmemory 1") != checksum("maxmemory 2")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"replica": {"enabled": True}}, "replica.enabled"),
        ({"metrics": {"enabled": True}}, "metrics.service.enabled"),
        ({"metrics": {"podMonitor": {"enabled": True}}}, "metrics.podMonitor.enabled"),
        ({"service": {"type": "LoadBalancer"}}, "service.type"),
        ({"networkPolicy": {"ingress": []}}, "networkPolicy.ingress"),
        ({"extraVolumes": [{"name": "a"}]}, "extraVolumes"),
        ({"dataStorage": {"hostPath": "/data"}}, "dataStorage.hostPath"),
        ({"auth": {"enabled": True, "usersExistingSecret": "u"}}, "auth.aclUsers"),
        ({"tls": {"enabled": True}}, "tls.existingSecret"),
        ({"dataStorage": {"size": "1Gi"}}, "dataStorage.size"),
        ({"resource": {}}, "resource"),
    ],
)
def test_what_is_not_played_and_what_the_chart_does_not_have_is_refused(
    change: Properties, path: str
) -> None:
    with pytest.raises(ChartValueError, match=f"valkey: {path}: "):
        made("responses", {**values("responses"), **change})


@pytest.mark.parametrize(
    "user", [{"permissions": "+@all", "password": "plain"}, {"password": "plain"}, {}]
)
def test_a_user_with_a_password_among_the_values_or_without_rules_is_refused(user: Value) -> None:
    auth: Properties = {
        "enabled": True,
        "usersExistingSecret": "users",
        "aclUsers": {"default": {"permissions": "-@all"}, "somebody": user},
    }
    with pytest.raises(ChartValueError, match=r"auth\.aclUsers\.somebody"):
        made("responses", {**values("responses"), "auth": auth})


@needs(CHARTS / "valkey.json")
def test_its_values_are_those_of_the_chart() -> None:
    contract = chart_contract("valkey")
    assert contract is not None
    assert contract.version in valkey.VERSIONS

    known = {path: _at(path) for path in leaf_paths(valkey.default_values())}

    assert {path: contract.defaults[path] for path in known} == known
    missing = {path.split(".")[0] for path in contract.defaults.keys() - known.keys()}
    assert missing == {"replica", "metrics", "podDisruptionBudget"}


def _at(path: str) -> Value:
    here: Value = valkey.default_values()
    for key in path.split("."):
        assert isinstance(here, dict)
        here = here[key]
    return here
