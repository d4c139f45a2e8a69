"""The values of the Valkey chart: what the chart has, and what an instance is told."""

import json

import pytest

from components.data.valkey import WATCHER, server_config, valkey_values
from components.kubernetes.charts import ChartValue
from infra.spec.cache import CacheInstanceSpec
from infra.wire import Properties
from tests.support.contracts import CHARTS, chart_contract, needs

SPEC = CacheInstanceSpec(memory_gib=0.5, node_type=None, replicas=0)


def _values(label: str, tls_secret: str | None = "tls") -> dict[str, ChartValue]:
    return valkey_values(
        label, SPEC, users_secret="users", tls_secret=tls_secret, storage_class="tokenworks-block"
    )


def _wire(label: str, tls_secret: str | None) -> Properties:
    """Return the values as Helm gets them."""
    return json.loads(json.dumps(_values(label, tls_secret)))


@needs(CHARTS / "valkey.json")
@pytest.mark.parametrize("tls_secret", ["tls", None])
@pytest.mark.parametrize("label", ["responses", "counters"])
def test_the_chart_has_every_value_that_is_set(label: str, tls_secret: str | None) -> None:
    contract = chart_contract("valkey")
    assert contract is not None
    assert contract.version == "0.11.0"

    unknown = contract.unknown(
        _wire(label, tls_secret),
        [
            *("resources", "initResources", "auth.aclUsers"),
            *("metrics.exporter.resources", "metrics.exporter.securityContext"),
        ],
    )

    assert list(unknown) == []


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        (
            "responses",
            ["maxmemory 536870912", "maxmemory-policy allkeys-lru", "appendonly no", 'save ""'],
        ),
        (
            "counters",
            [
                "maxmemory 536870912",
                "maxmemory-policy noeviction",
                "appendonly yes",
                "appendfsync everysec",
                'save ""',
            ],
        ),
    ],
)
def test_an_instance_is_told_what_to_do_when_it_is_full_and_what_to_keep(
    label: str, lines: list[str]
) -> None:
    assert server_config(label, 0.5).splitlines() == lines
    assert _values(label)["valkeyConfig"] == "\n".join(lines)


@pytest.mark.parametrize("label", ["responses", "counters"])
def test_what_measures_a_server_may_ask_it_about_itself_alone(label: str) -> None:
    auth = _values(label)["auth"]

    assert auth == {
        "enabled": True,
        "usersExistingSecret": "users",
        "aclUsers": {
            "default": {"permissions": WATCHER},
            label: {"permissions": "~* &* +@all -@admin -@dangerous"},
        },
    }


def test_only_counters_have_a_disk_which_one_pod_has_at_a_time() -> None:
    responses, counters = _values("responses"), _values("counters")

    assert responses["dataStorage"] == {"enabled": False}
    assert counters["dataStorage"] == {
        "enabled": True,
        "requestedSize": "2Gi",
        "className": "tokenworks-block",
        "keepPvc": True,
    }
    assert counters["deploymentStrategy"] == "Recreate"


def test_a_pod_has_more_memory_than_its_data() -> None:
    assert _values("responses")["resources"] == {
        "requests": {"cpu": "100m", "memory": "768Mi"},
        "limits": {"memory": "768Mi"},
    }
