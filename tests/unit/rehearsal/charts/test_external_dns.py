"""The placeholder of external-dns' chart."""

import json

import pytest

from infra.catalog import releases
from infra.rehearsal.charts import ChartValueError, objects_of
from tests.unit.rehearsal.charts.test_charts import by_title

LEAST = {"sources": ["gateway-httproute"]}


def chart(**values: object) -> dict[str, dict]:
    pinned = releases.chart("external-dns")
    wanted = json.loads(json.dumps({**LEAST, **values}))
    return by_title(objects_of("external-dns", pinned.version, "external-dns", "e", wanted))


def container(**values: object) -> dict:
    spec = chart(**values)["Deployment external-dns"]["spec"]["template"]["spec"]
    (found,) = spec["containers"]
    return found


def test_the_objects_have_the_charts_own_names() -> None:
    assert {*chart()} == {
        "ServiceAccount external-dns",
        "ClusterRole external-dns",
        "ClusterRoleBinding external-dns-viewer",
        "Deployment external-dns",
        "Service external-dns",
    }


def test_the_image_is_the_pinned_one() -> None:
    assert container()["image"] == releases.image("external-dns").reference


def test_the_pod_is_restricted() -> None:
    spec = chart()["Deployment external-dns"]["spec"]["template"]["spec"]

    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["containers"][0]["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert spec["containers"][0]["securityContext"]["allowPrivilegeEscalation"] is False


def test_without_values_it_is_started_as_the_chart_starts_it() -> None:
    assert container()["args"] == [
        "--log-level=info",
        "--log-format=text",
        "--interval=1m",
        "--source=gateway-httproute",
        "--policy=upsert-only",
        "--registry=txt",
        "--provider=aws",
    ]


def test_more_arguments_are_written_as_the_chart_writes_them() -> None:
    arguments = container(extraArgs={"a": True, "b": False, "c": ["1", "2"], "d": "x"})["args"]

    assert arguments[-5:] == ["--a", "--no-b", "--c=1", "--c=2", "--d=x"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"sources": ["service"]}, "sources: no placeholder"),
        ({"provider": {"name": "azure"}}, "provider.name: no placeholder"),
        ({"registry": "noop"}, "registry: no placeholder"),
        ({"namespaced": True}, "namespaced: no placeholder"),
        ({"policy": "delete"}, "policy: must be one of"),
        ({"txtPrefix": "a", "txtSuffix": "b"}, "mutually exclusive"),
        ({"replicaCount": 1}, "the chart has no such value"),
    ],
)
def test_what_is_not_played_is_refused(values: dict[str, object], expected: str) -> None:
    with pytest.raises(ChartValueError, match=expected):
        chart(**values)
