"""The order of a destroy: what goes when, what stops it, and that a second run goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from infra.destroy.found import Found, Left, Look, Marks, Unknown
from infra.destroy.run import (
    DestroyError,
    Intent,
    Place,
    RefusedError,
    carry_out,
    intend,
    require_allowed,
)
from infra.wire import Value
from tests.unit.destroy.examples import FakeCluster, body, namespace, platform, resource, state

BASE, MODELS = "prod", "prod-models"
MARKS = Marks(BASE, "tokenworks-prod")
MODEL = resource("kubernetes:apps/v1:Deployment", "qwen")
SHOP = body("Service", "shop", type="LoadBalancer")
BALANCER = Left("load balancer", "k8s-x", "tag elbv2.k8s.aws/cluster", holds=True)


class FakeEngine:
    """States in memory, and what was asked; it may fail once."""

    def __init__(self, states: Mapping[str, Mapping[str, Value]], *, fail_at: int = 0) -> None:
        self.states = dict(states)
        self.asked: list[tuple[str, int]] = []
        self._fail_at = fail_at

    def export(self, stack: str) -> Mapping[str, Value]:
        return self.states.get(stack, {})

    def delete(self, stack: str, only: Sequence[str] = ()) -> None:
        self.asked.append((stack, len(only)))
        if len(self.asked) == self._fail_at:
            message = "the engine died"
            raise DestroyError(message)
        self.states[stack] = state() if not only else self._without(stack, only)

    def _without(self, stack: str, only: Sequence[str]) -> Mapping[str, Value]:
        deployment = self.states[stack]["deployment"]
        assert isinstance(deployment, dict)
        resources = deployment["resources"]
        assert isinstance(resources, list)
        return {
            "version": 3,
            "deployment": {
                "resources": [
                    one for one in resources if isinstance(one, dict) and one["urn"] not in only
                ]
            },
        }


def place(
    engine: FakeEngine, cluster: FakeCluster | None = None, look: Look = lambda _marks: Found()
) -> Place:
    there = cluster or FakeCluster()
    return Place(engine, lambda _kubeconfig: there, look, sleep=lambda _seconds: None)


def said(intent: Intent, where: Place) -> list[str]:
    lines: list[str] = []
    carry_out(intent, where, MARKS, lines.append)
    return lines


def test_models_go_first_then_the_workloads_then_the_rest_of_the_platform() -> None:
    engine = FakeEngine({BASE: platform(), MODELS: state(MODEL)})
    where = place(engine)

    lines = said(intend([BASE, MODELS], where), where)

    assert engine.asked == [(MODELS, 0), (BASE, 1), (BASE, 0)]
    assert lines == [
        "prod-models: workloads",
        "prod: workloads",
        "prod: load balancers and volumes that controllers made",
        "prod: nodes, then cluster, then network, then keys, buckets, roles, names and logs",
    ]


def test_what_no_state_knows_goes_before_anything_of_the_cluster() -> None:
    engine, cluster = FakeEngine({BASE: platform()}), FakeCluster(SHOP)
    where = place(engine, cluster)
    intent = intend([BASE], where)
    assert "    first, as no state knows it: Service default/shop" in intent.lines

    said(intent, where)

    assert cluster.deleted == ["Service default/shop"]


def test_a_claim_in_use_stops_it_before_the_engine_deletes_anything() -> None:
    engine = FakeEngine({BASE: platform()})
    claim = body("PersistentVolumeClaim", "data")
    where = place(engine, FakeCluster(claim, held=["data"]))

    with pytest.raises(DestroyError, match=r"default/data\na claim waits for the pods that use it"):
        said(intend([BASE], where), where)

    assert engine.asked == []


def test_nodes_and_network_stay_while_something_that_controllers_made_is_there() -> None:
    engine = FakeEngine({BASE: platform()})
    where = place(engine, look=lambda _marks: Found([BALANCER]))

    with pytest.raises(DestroyError, match="load balancer k8s-x"):
        said(intend([BASE], where), where)

    assert engine.asked == [(BASE, 1)]


def test_what_a_controller_still_removes_is_waited_for() -> None:
    engine, looks = FakeEngine({BASE: platform()}), [Found([BALANCER]), Found([BALANCER]), Found()]
    where = place(engine, look=lambda _marks: looks.pop(0))

    said(intend([BASE], where), where)

    assert looks == []
    assert engine.asked == [(BASE, 1), (BASE, 0)]


def test_an_account_is_looked_at_less_and_less_often_for_five_minutes() -> None:
    engine, pauses = FakeEngine({BASE: platform()}), list[float]()
    where = replace(place(engine, look=lambda _marks: Found([BALANCER])), sleep=pauses.append)

    with pytest.raises(DestroyError, match="what controllers made for them is not"):
        said(intend([BASE], where), where)

    assert pauses[:5] == [1, 2, 4, 8, 15]
    assert 300 <= sum(pauses) < 300 + 15


def test_what_could_not_be_seen_is_said_and_never_taken_for_gone() -> None:
    engine = FakeEngine({BASE: platform()})
    where = place(engine, look=lambda _marks: Found(unknown=[Unknown("volumes", "denied")]))

    assert "  volumes: unknown: denied" in said(intend([BASE], where), where)


def test_all_that_is_protected_is_named_at_once_and_nothing_is_deleted() -> None:
    bucket = resource("aws:s3/bucket:Bucket", "weights", protect=True)
    cache = resource("gcp:memorystore/instance:Instance", "c", {"deletionProtectionEnabled": True})
    engine = FakeEngine({BASE: platform(bucket), MODELS: state(cache)})
    kept = body(
        "PersistentVolume",
        "pv",
        csi={"driver": "d", "volumeHandle": "vol-1"},
        claimRef={"name": "data", "namespace": "shop"},
        persistentVolumeReclaimPolicy="Retain",
    )
    intent = intend([BASE, MODELS], place(engine, FakeCluster(kept)))

    with pytest.raises(RefusedError) as refused:
        require_allowed(intent, without_cluster=True)

    assert str(refused.value).startswith("nothing was deleted:\n")
    for name in ("Bucket weights", "Instance c", "pv of claim shop/data (disk vol-1)"):
        assert name in str(refused.value)
    assert engine.asked == []


def test_a_cluster_with_workloads_that_cannot_be_asked_stops_it_unless_somebody_insists() -> None:
    where = place(FakeEngine({BASE: platform()}), FakeCluster(broken="kubectl: no route"))
    intent = intend([BASE], where)

    with pytest.raises(RefusedError, match="kubectl: no route"):
        require_allowed(intent, without_cluster=False)
    require_allowed(intent, without_cluster=True)
    assert "the cluster: unknown: kubectl: no route" in intent.lines


def test_a_cluster_without_workloads_may_be_gone_already() -> None:
    emptied = state(
        resource("pulumi:providers:kubernetes", "k", {"kubeconfig": "{}"}),
        resource("aws:eks/cluster:Cluster", "control-plane"),
    )
    engine = FakeEngine({BASE: emptied})
    where = place(engine, FakeCluster(broken="no such host"))
    intent = intend([BASE], where)

    require_allowed(intent, without_cluster=False)
    said(intent, where)

    assert engine.asked == [(BASE, 0)]


@pytest.mark.parametrize("dies_at", [1, 2, 3])
def test_a_run_that_died_is_finished_by_the_next_one(dies_at: int) -> None:
    engine = FakeEngine({BASE: platform(), MODELS: state(MODEL)}, fail_at=dies_at)
    where = place(engine)
    with pytest.raises(DestroyError, match="the engine died"):
        said(intend([BASE, MODELS], where), where)

    said(intend([BASE, MODELS], where), where)

    assert intend([BASE, MODELS], where).is_empty


def test_stacks_that_were_never_made_or_are_gone_are_left_alone() -> None:
    engine = FakeEngine({BASE: state()})
    where = place(engine)
    intent = intend([BASE, MODELS], where)

    assert intent.is_empty
    assert said(intent, where) == []
    assert engine.asked == []


def test_namespaces_of_every_stack_go_with_it_and_hold_no_strangers() -> None:
    claim = body("PersistentVolumeClaim", "data", "tenant")
    engine = FakeEngine({BASE: platform(), MODELS: state(namespace("tenant"))})

    assert intend([BASE, MODELS], place(engine, FakeCluster(claim))).seen.strangers == []
