"""The placeholder of the AWS Load Balancer Controller's chart."""

import json

import pytest

from infra.catalog import releases
from infra.rehearsal.charts import ChartValueError, objects_of
from tests.unit.rehearsal.charts.test_charts import by_title

CHART = "aws-load-balancer-controller"
USUAL: dict[str, object] = {
    "clusterName": "tokenworks-dev",
    "enableCertManager": True,
    "createIngressClassResource": False,
    "enableServiceMutatorWebhook": False,
}


def chart(**values: object) -> dict[str, dict]:
    wanted = json.loads(json.dumps({**USUAL, **values}))
    return by_title(objects_of(CHART, releases.chart(CHART).version, CHART, "balancers", wanted))


def arguments(**values: object) -> list[str]:
    (container,) = chart(**values)[f"Deployment {CHART}"]["spec"]["template"]["spec"]["containers"]
    return container["args"]


def test_the_objects_have_the_charts_own_names() -> None:
    assert set(chart(podDisruptionBudget={"minAvailable": 1})) == {
        f"ServiceAccount {CHART}",
        f"Role {CHART}-leader-election-role",
        f"RoleBinding {CHART}-leader-election-rolebinding",
        f"ClusterRole {CHART}-role",
        f"ClusterRoleBinding {CHART}-rolebinding",
        "Issuer aws-load-balancer-selfsigned-issuer",
        "Certificate aws-load-balancer-root-cert",
        "Issuer aws-load-balancer-root-issuer",
        "Certificate aws-load-balancer-serving-cert",
        f"Deployment {CHART}",
        "Service aws-load-balancer-webhook-service",
        f"PodDisruptionBudget {CHART}",
    }


def test_a_single_pod_has_no_budget() -> None:
    made = chart(podDisruptionBudget={"minAvailable": 1}, replicaCount=1)

    assert f"PodDisruptionBudget {CHART}" not in made


def test_a_value_is_a_flag_and_an_empty_one_is_none() -> None:
    assert arguments() == ["--cluster-name=tokenworks-dev", "--ingress-class=alb"]
    said = arguments(enableWaf=False, vpcTags={"b": "2", "a": "1"}, defaultTargetType="ip")
    assert said[2:] == ["--enable-waf=false", "--default-target-type=ip", "--aws-vpc-tags=a=1,b=2"]


def test_the_certificate_is_for_the_address_that_the_api_server_asks() -> None:
    made = chart()
    service = made["Service aws-load-balancer-webhook-service"]["metadata"]
    names = made["Certificate aws-load-balancer-serving-cert"]["spec"]["dnsNames"]

    assert f"{service['name']}.{service['namespace']}.svc" in names


@pytest.mark.parametrize(
    "values",
    [
        {"enableCertManager": False},
        {"createIngressClassResource": True},
        {"enableServiceMutatorWebhook": True},
        {"clusterName": None},
        {"clusterNmae": "x"},
    ],
)
def test_what_is_not_played_or_does_not_exist_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ChartValueError, match=next(iter(values))):
        chart(**values)
