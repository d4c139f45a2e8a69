"""Where tokens are counted: who comes in, what is thrown away, who may do what."""

import json

from components.cache_rules import USER_RULES
from components.data.token_counts import TokenCounts, counts_values
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from tests.unit.components import examples


def counts() -> Graph:
    return record_program(
        lambda: TokenCounts(
            "counts",
            store=examples.secret_store_ref(),
            kubernetes_version="1.35",
            opts=examples.with_kubernetes(),
        ),
        stack="test",
    )


def inputs(graph: Graph, name: str, kind: str) -> dict:
    return json.loads(json.dumps(graph.named(name, kind).inputs))


def test_the_rate_limit_service_comes_in_and_no_proxy_beside_it() -> None:
    spec = inputs(counts(), "counts-rate-limit", "NetworkPolicy")["spec"]
    (rule,) = spec["ingress"]
    (peer,) = rule["from"]

    assert peer["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "gateway"}
    assert peer["podSelector"]["matchLabels"] == {"app.kubernetes.io/component": "ratelimit"}
    assert [port["port"] for port in rule["ports"]] == [6379]


def test_a_count_is_never_thrown_away_while_it_counts_and_lies_on_no_disk() -> None:
    values = json.loads(json.dumps(counts_values("users")))

    assert "maxmemory-policy noeviction" in values["valkeyConfig"]
    assert "appendonly no" in values["valkeyConfig"]
    assert values["dataStorage"] == {"enabled": False}


def test_whoever_has_the_password_may_count_and_not_administer() -> None:
    """The service sends a password without a name: the user is `default`."""
    values = json.loads(json.dumps(counts_values("users")))

    assert values["auth"]["aclUsers"] == {"default": {"permissions": USER_RULES}}
    assert values["auth"]["usersExistingSecret"] == "users"


def test_the_password_is_drawn_in_the_cluster_and_kept_by_the_secret_manager() -> None:
    pushed = inputs(counts(), "counts-users-push", "PushSecret")["spec"]

    assert pushed["data"][0]["match"]["remoteRef"]["remoteKey"].endswith("token-counts")
    assert pushed["updatePolicy"] == "IfNotExists"
