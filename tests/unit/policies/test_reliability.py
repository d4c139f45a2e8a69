"""What the five cases of each rule of reliability leave out."""

import pytest

from policies.pools import GKE_POOL
from policies.rules.durable import RELEASE
from policies.rules.rollouts import BUDGET
from policies.workloads import CAPACITY_LABEL, DEPLOYMENT, GPU
from tests.unit.policies.cases import Json, Thing, Verdict, one
from tests.unit.policies.cases_rollouts import servers
from tests.unit.policies.cases_servers import server
from tests.unit.policies.harness import reports, verdict

PLUGIN = Thing(type=RELEASE, properties={"chart": "nvidia-device-plugin"}, name="plugin")
OPERATOR = Thing(type=RELEASE, properties={"chart": "gpu-operator"}, name="operator")


def _gke_pool(**labels: Json) -> Thing:
    config: dict[str, Json] = {"machineType": "g2-standard-4", "labels": labels}
    return Thing(type=GKE_POOL, properties={"nodeCount": 1, "nodeConfig": config}, name="gpus")


def _ending(command: list[Json], grace: float) -> tuple[Thing, ...]:
    hook: Json = {"preStop": {"exec": {"command": command}}}
    container: dict[str, Json] = {"lifecycle": hook, "args": ["--shutdown-timeout", "60"]}
    return server(container, {"terminationGracePeriodSeconds": grace})


@pytest.mark.parametrize(
    ("things", "expected"),
    [
        ((_gke_pool(),), Verdict.FINE),
        ((_gke_pool(), PLUGIN), Verdict.VIOLATION),
        ((_gke_pool(**{"gke-no-default-nvidia-gpu-device-plugin": "true"}),), Verdict.VIOLATION),
        ((_gke_pool(**{"gke-no-default-nvidia-gpu-device-plugin": "true"}), PLUGIN), Verdict.FINE),
        ((PLUGIN, OPERATOR), Verdict.VIOLATION),
    ],
)
def test_gke_brings_the_advertiser_of_its_gpus_unless_told_not_to(
    things: tuple[Thing, ...], expected: Verdict
) -> None:
    assert verdict("one-gpu-advertiser", things, "gcp-prod") is expected


def test_a_gpu_operator_without_its_plugin_advertises_nothing() -> None:
    values: Json = {"devicePlugin": {"enabled": False}}
    operator = Thing(type=RELEASE, properties={"chart": "gpu-operator", "values": values})

    assert verdict("one-gpu-advertiser", (_gke_pool(), operator), "gcp-prod") is Verdict.FINE


@pytest.mark.parametrize(
    ("command", "grace", "expected"),
    [
        (["sleep", "15"], 76, Verdict.FINE),
        (["/bin/sh", "-c", "sleep 15"], 75, Verdict.VIOLATION),
        (["/drain"], 600, Verdict.UNJUDGED),
    ],
)
def test_a_pre_stop_program_counts_with_the_seconds_that_it_sleeps(
    command: list[Json], grace: float, expected: Verdict
) -> None:
    things = _ending(command, grace)

    assert verdict("drains-fit-the-grace-period", things, "aws-prod") is expected


def test_servers_that_require_on_demand_nodes_may_drain_longer_than_a_notice() -> None:
    expression: Json = {"key": CAPACITY_LABEL, "operator": "In", "values": ["on-demand"]}
    terms: Json = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    affinity: Json = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
    pod: dict[str, Json] = {
        "nodeSelector": {"tokenworks.dev/pool": "l40s"},
        "terminationGracePeriodSeconds": 900,
    }

    assert verdict("drains-fit-a-reclaim", server({}, pod), "aws-prod") is Verdict.VIOLATION
    with_floor = server({}, {**pod, "affinity": affinity})
    assert verdict("drains-fit-a-reclaim", with_floor, "aws-prod") is Verdict.FINE


def test_a_surge_of_two_models_needs_room_for_both() -> None:
    """Pool `l4` of gcp-prod has eight GPUs at most."""
    strategy: Json = {"rollingUpdate": {"maxSurge": 1}}
    four, three = (servers(replicas=count, strategy=strategy) for count in (4, 3))

    assert verdict("gpu-surge-has-a-spare-gpu", (three, three), "gcp-prod") is Verdict.FINE
    assert verdict("gpu-surge-has-a-spare-gpu", (four, three), "gcp-prod") is Verdict.VIOLATION


def test_models_above_a_platform_surge_into_its_pools() -> None:
    strategy: Json = {"rollingUpdate": {"maxSurge": 1}}
    things = (servers(replicas=1, strategy=strategy),)

    assert verdict("gpu-surge-has-a-spare-gpu", things, "gcp-prod-models") is Verdict.FINE


def test_a_server_of_no_known_pool_that_surges_is_reported() -> None:
    strategy: Json = {"rollingUpdate": {"maxSurge": 1}}
    said = reports(
        "gpu-surge-has-a-spare-gpu", (servers(pool="none", strategy=strategy),), "gcp-prod"
    )

    assert len(said) == 1
    assert "names no pool" in said[0]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"maxUnavailable": "50%"}, Verdict.FINE),
        ({"maxUnavailable": "0%"}, Verdict.VIOLATION),
        ({"maxUnavailable": 0}, Verdict.VIOLATION),
        ({"minAvailable": "50%"}, Verdict.FINE),
        ({"minAvailable": "100%"}, Verdict.VIOLATION),
        ({"minAvailable": 1}, Verdict.FINE),
    ],
)
def test_shares_of_a_disruption_budget_are_rounded_as_kubernetes_rounds_them(
    limits: dict[str, Json], expected: Verdict
) -> None:
    selector: Json = {"matchLabels": {"tokenworks.dev/model": "m"}}
    budget = Thing(type=BUDGET, properties={"spec": {"selector": selector, **limits}})

    assert verdict("disruption-budgets-let-nodes-go", (servers(), budget), "aws-prod") is expected


def test_programs_without_gpus_need_neither_surge_room_nor_budget_nor_startup_probe() -> None:
    things = one(DEPLOYMENT, spec={"template": {"spec": {"containers": [{"name": "web"}]}}})

    for rule in (
        "gpu-surge-has-a-spare-gpu",
        "gpu-servers-have-disruption-budgets",
        "gpu-servers-have-startup-probes",
        "gpu-servers-wait-for-endpoints",
        "gpu-servers-spread-over-zones",
    ):
        assert verdict(rule, things, "aws-prod") is Verdict.FINE


def test_gpus_that_nobody_can_count_are_not_taken_for_none() -> None:
    limits: Json = {GPU: "${secret}"}
    things = one(
        DEPLOYMENT, spec={"template": {"spec": {"containers": [{"resources": {"limits": limits}}]}}}
    )

    assert verdict("gpu-surge-has-a-spare-gpu", things, "aws-prod") is Verdict.UNJUDGED


def test_development_may_stand_in_one_zone_and_be_destroyed() -> None:
    bucket = one("aws:s3/bucket:Bucket", forceDestroy=True)

    for rule in ("stateful-resources-are-protected", "buckets-keep-their-objects"):
        assert verdict(rule, bucket, "aws-dev") is Verdict.FINE
        assert verdict(rule, bucket, "aws-prod") is Verdict.VIOLATION
