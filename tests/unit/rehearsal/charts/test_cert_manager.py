"""The placeholder of cert-manager's chart, and the slim schemas of its kinds."""

import json

import pytest

from infra.catalog import releases
from infra.rehearsal.charts import ChartValueError, cert_manager, objects_of
from infra.rehearsal.charts.cert_manager_kinds import definitions
from infra.wire import Properties
from tests.support import contracts
from tests.unit.rehearsal.charts.test_charts import by_title
from tests.unit.rehearsal.charts.test_gateway import differences, schemas

NAMESPACE = "cert-manager"
KINDS = {
    *("Certificate", "CertificateRequest", "Issuer", "ClusterIssuer"),
    *("Order", "Challenge"),
}


def chart(**values: object) -> dict[str, dict]:
    pinned = releases.chart("cert-manager")
    wanted = json.loads(json.dumps(values))
    return by_title(objects_of("cert-manager", pinned.version, "cert-manager", NAMESPACE, wanted))


def pod(made: dict[str, dict], title: str) -> dict:
    return made[title]["spec"]["template"]["spec"]


def test_the_three_programs_have_the_charts_own_names() -> None:
    made = chart()
    named = {title for title in made if title.split()[0] in ("Deployment", "Service", "Job")}

    assert named == {
        "Deployment cert-manager",
        "Deployment cert-manager-webhook",
        "Deployment cert-manager-cainjector",
        "Service cert-manager",
        "Service cert-manager-webhook",
        "Service cert-manager-cainjector",
        "Job cert-manager-startupapicheck",
    }
    accounts = {title.split()[1] for title in made if title.startswith("ServiceAccount ")}
    for title in named:
        if not title.startswith("Service "):
            assert pod(made, title)["serviceAccountName"] in accounts, title


def test_the_images_are_the_pinned_ones() -> None:
    made = chart()
    for program in ("", "-webhook", "-cainjector", "-startupapicheck"):
        kind = "Job" if program == "-startupapicheck" else "Deployment"
        (container,) = pod(made, f"{kind} cert-manager{program}")["containers"]
        assert container["image"] == releases.image(f"cert-manager{program}").reference


def test_every_pod_is_restricted() -> None:
    made = chart()
    for title, body in made.items():
        if body["kind"] not in ("Deployment", "Job"):
            continue
        spec = pod(made, title)
        assert spec["securityContext"]["runAsNonRoot"] is True, title
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, title
        (container,) = spec["containers"]
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}, title
        assert container["securityContext"]["allowPrivilegeEscalation"] is False, title


def test_leases_are_where_the_release_wants_them() -> None:
    made = chart(**{"global": {"leaderElection": {"namespace": NAMESPACE}}})
    (container,) = pod(made, "Deployment cert-manager")["containers"]

    assert f"--leader-election-namespace={NAMESPACE}" in container["args"]
    assert made["Role cert-manager:leaderelection"]["metadata"]["namespace"] == NAMESPACE
    usual = chart()["Role cert-manager:leaderelection"]["metadata"]["namespace"]
    assert usual == "kube-system"


def test_a_budget_keeps_one_pod_unless_the_release_says_otherwise() -> None:
    made = chart(
        podDisruptionBudget={"enabled": True},
        webhook={"podDisruptionBudget": {"enabled": True, "maxUnavailable": 1}},
    )

    assert made["PodDisruptionBudget cert-manager"]["spec"]["minAvailable"] == 1
    assert "minAvailable" not in made["PodDisruptionBudget cert-manager-webhook"]["spec"]
    assert "PodDisruptionBudget cert-manager-cainjector" not in made
    selector = made["Deployment cert-manager"]["spec"]["selector"]
    assert made["PodDisruptionBudget cert-manager"]["spec"]["selector"] == selector


def test_the_kinds_come_as_templates_and_stay_by_default() -> None:
    kept = chart(crds={"enabled": True})
    marks = [
        body["metadata"]["annotations"]
        for body in kept.values()
        if body["kind"] == "CustomResourceDefinition"
    ]

    assert len(marks) == len(KINDS)
    for mark in marks:
        assert mark["helm.sh/resource-policy"] == "keep"
        assert mark["tokenworks.dev/templated"] == "true"
    gone = chart(crds={"enabled": True, "keep": False})
    for body in gone.values():
        assert "helm.sh/resource-policy" not in body["metadata"].get("annotations", {})
    assert not [title for title in chart() if title.startswith("CustomResourceDefinition")]


def test_the_controllers_file_says_what_the_release_says() -> None:
    made = chart(config={"gatewayAPI": {"enabled": True}})
    said = made["ConfigMap cert-manager"]["data"]["config.yaml"]
    (container,) = pod(made, "Deployment cert-manager")["containers"]

    assert "gatewayAPI:\n  enabled: true" in said
    assert "kind: ControllerConfiguration" in said
    assert "--config=/var/cert-manager/config/config.yaml" in container["args"]
    assert "ConfigMap cert-manager" not in chart()


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"replicas": 2}, "replicas"),
        ({"webhook": {"replicaCounts": 2}}, r"webhook\.replicaCounts"),
        ({"config": {"gatewayApi": {"enabled": True}}}, r"config\.gatewayApi"),
        ({"installCRDs": True}, "installCRDs"),
        ({"networkPolicy": {"enabled": True}}, r"networkPolicy\.enabled"),
        ({"prometheus": {"servicemonitor": {"enabled": True}}}, r"prometheus\.servicemonitor"),
        ({"webhook": {"hostNetwork": True}}, r"webhook\.hostNetwork"),
        ({"extraObjects": ["a"]}, "extraObjects"),
    ],
)
def test_what_is_not_played_and_what_the_chart_does_not_have_is_refused(
    values: Properties, path: str
) -> None:
    with pytest.raises(ChartValueError, match=f"cert-manager: {path}"):
        chart(**values)


@contracts.needs(contracts.CHARTS)
def test_the_table_of_values_agrees_with_the_offline_contract() -> None:
    contract = contracts.chart_contract("cert-manager")
    assert contract
    ours = cert_manager.default_values()

    assert {
        path: value for path, value in contract.defaults.items() if not _agrees(ours, path, value)
    } == {}


def _agrees(values: Properties, path: str, wanted: object) -> bool:
    """An open map of the contract has keys here that a release may set: all null by default."""
    found = _found(values, path.split("."))
    return found == wanted or (wanted == {} and _is_silent(found))


def _found(values: object, parts: list[str]) -> object:
    """Look up a path whose keys may have dots of their own."""
    if not parts:
        return values
    for length in range(1, len(parts) + 1):
        key = ".".join(parts[:length])
        if isinstance(values, dict) and key in values:
            found = _found(values[key], parts[length:])
            if found is not KeyError:
                return found
    return KeyError


def _is_silent(found: object) -> bool:
    if isinstance(found, dict):
        return all(_is_silent(value) for value in found.values())
    return found is None


@contracts.needs(contracts.DEFINITIONS)
def test_the_slim_schemas_are_never_wider_than_the_whole_ones() -> None:
    whole = schemas(json.loads(json.dumps(contracts.definitions())))
    slim = schemas(json.loads(json.dumps(definitions())))

    assert {name.split()[0] for name in slim} == KINDS
    assert [
        line for name, ours in slim.items() for line in differences(ours, whole[name], name)
    ] == []


@contracts.needs(contracts.DEFINITIONS)
def test_the_definitions_have_the_names_and_scopes_of_the_whole_ones() -> None:
    whole = {
        item["metadata"]["name"]: item["spec"]
        for item in json.loads(json.dumps(contracts.definitions()))
    }
    for item in json.loads(json.dumps(definitions())):
        theirs = whole[item["metadata"]["name"]]
        assert item["spec"]["scope"] == theirs["scope"]
        assert item["spec"]["names"] == theirs["names"]
