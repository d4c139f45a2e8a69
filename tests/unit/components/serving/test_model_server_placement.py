"""Where the pods of a model server stand, and how one set takes the place of another."""

from components.serving.rollout import Nodes, ServerSet
from infra.graph.model import Graph
from infra.wire import Value
from tests.unit.components.serving.declared import at, declared, pod_of

FLOOR = ServerSet(Nodes.ON_DEMAND, replicas=1, prefers=(), surges=False, drain_seconds=300)


REST = ServerSet(Nodes.ANY, replicas=2, prefers=("spot",), surges=True, drain_seconds=90)


def _arguments(pod: Value) -> list[str]:
    arguments = at(pod, "containers", 0, "args")
    assert isinstance(arguments, list)
    return [str(item) for item in arguments]


def _rolling(graph: Graph, name: str) -> Value:
    return at(graph.named(name).inputs, "spec", "strategy", "rollingUpdate")


def _bought(how: str) -> Value:
    return {
        "matchExpressions": [{"key": "tokenworks.dev/capacity", "operator": "In", "values": [how]}]
    }


def _selects(selector: Value, labels: Value) -> bool:
    assert isinstance(selector, dict)
    assert isinstance(labels, dict)
    return selector.items() <= labels.items()


def test_a_server_stands_on_its_pool_and_nowhere_else() -> None:
    pod = pod_of(declared())

    assert at(pod, "nodeSelector") == {"tokenworks.dev/pool": "l4"}
    assert at(pod, "tolerations") == [
        {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
    ]


def test_a_new_server_comes_first_only_where_there_is_room_for_it() -> None:
    graph = declared(servers=[FLOOR, REST])

    assert _rolling(graph, "m-deployment") == {"maxSurge": 1, "maxUnavailable": 0}
    assert _rolling(graph, "m-deployment-on-demand") == {"maxSurge": 0, "maxUnavailable": 1}


def test_the_floor_stands_on_on_demand_nodes_and_takes_them_from_others() -> None:
    graph = declared(servers=[FLOOR, REST])
    floor, rest = (
        at(graph.named(name).inputs, "spec", "template", "spec")
        for name in ("m-deployment-on-demand", "m-deployment")
    )

    assert at(floor, "affinity") == {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [_bought("on-demand")]
            }
        }
    }
    assert at(rest, "affinity") == {
        "nodeAffinity": {
            "preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": 100, "preference": _bought("spot")}
            ]
        }
    }
    assert at(floor, "priorityClassName") == "tokenworks-model-floor"
    assert at(rest, "priorityClassName") == "tokenworks-model-server"
    assert at(floor, "nodeSelector") == at(rest, "nodeSelector")


def test_two_sets_share_an_address_and_no_pod() -> None:
    graph = declared(servers=[FLOOR, REST])
    sets = [
        at(graph.named(name).inputs, "spec") for name in ("m-deployment", "m-deployment-on-demand")
    ]
    selectors = [at(one, "selector", "matchLabels") for one in sets]
    labels = [at(one, "template", "metadata", "labels") for one in sets]

    assert [at(one, "replicas") for one in sets] == [2, 1]
    for mine, others in ((0, 1), (1, 0)):
        assert _selects(selectors[mine], labels[mine])
        assert not _selects(selectors[mine], labels[others])
    for selector in (
        at(graph.named("m-service").inputs, "spec", "selector"),
        at(graph.named("m-budget").inputs, "spec", "selector", "matchLabels"),
    ):
        assert all(_selects(selector, each) for each in labels)


def test_servers_are_spread_over_zones_and_nodes_as_far_as_there_are_any() -> None:
    rules = at(pod_of(declared()), "topologySpreadConstraints")

    assert isinstance(rules, list)
    assert [at(rule, "topologyKey") for rule in rules] == [
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname",
    ]
    for rule in rules:
        assert at(rule, "whenUnsatisfiable") == "ScheduleAnyway"
        assert at(rule, "labelSelector", "matchLabels") == {"tokenworks.dev/model": "qwen2-5-7b"}


def test_each_set_has_the_times_of_its_nodes() -> None:
    graph = declared(servers=[FLOOR, REST])
    found = {
        name: at(graph.named(name).inputs, "spec", "template", "spec")
        for name in ("m-deployment-on-demand", "m-deployment")
    }

    assert {
        name: (
            at(pod, "terminationGracePeriodSeconds"),
            [item for item in _arguments(pod) if item.startswith("--shutdown-timeout")],
        )
        for name, pod in found.items()
    } == {
        "m-deployment-on-demand": (330, ["--shutdown-timeout=300"]),
        "m-deployment": (120, ["--shutdown-timeout=90"]),
    }


def test_a_single_server_can_be_evicted_so_its_node_can_be_drained() -> None:
    budget = at(declared().named("m-budget").inputs, "spec")

    assert at(budget, "maxUnavailable") == 1
    assert "minAvailable" not in str(budget)
