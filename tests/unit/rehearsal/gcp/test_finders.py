"""What a pending create made is found in the project, through calls that Google Cloud has.

One thing of each type stands in the simulated project, made through the provider, and beside it
another of the same type.
"""

import re
from collections.abc import Iterator, Mapping

import pytest

from infra.recovery.candidates import Account, Candidate
from infra.recovery.gcp.finders import FINDERS
from infra.rehearsal.clouds import CloudDoor, gcp
from infra.rehearsal.loopback_api import LoopbackGoogleApi
from infra.replies import text
from infra.wire import Properties, Value
from tests.unit.rehearsal.cloud.finding import check_found_alone, check_found_anew, kind_of, search
from tests.unit.rehearsal.cloud.wire import Made
from tests.unit.rehearsal.gcp import test_budget_rows as costs
from tests.unit.rehearsal.gcp import test_service_rows as services
from tests.unit.rehearsal.gcp.provider_scene import (
    FIREWALL,
    NAT,
    NETWORK,
    PROJECT,
    REGION,
    ROUTER,
    SUBNETWORK,
    Scene,
)
from tests.unit.rehearsal.gcp.test_alarm_rows import ALERT_POLICY, alert_policy_inputs
from tests.unit.rehearsal.gcp.test_cache_rows import (
    INSTANCE,
    POLICY,
    instance_inputs,
    policy_inputs,
)
from tests.unit.rehearsal.gcp.test_container_rows import (
    CLUSTER,
    POOL,
    config,
    inputs_of,
    pool_of,
    scene,
)

SECRET_GRANT = "gcp:secretmanager/secretIamMember:SecretIamMember"
ACCOUNT_GRANT = "gcp:serviceaccount/iAMMember:IAMMember"
OURS: Properties = {"tokenworks-platform": "gcp-dev"}
OTHERS: Properties = {"tokenworks-platform": "gcp-prod"}
ADA = "user:ada@example.com"


@pytest.fixture(scope="module")
def running() -> Iterator[Scene]:
    """A simulated Google Cloud with an API server."""
    with scene() as started:
        yield started


@pytest.fixture(scope="module")
def made(running: Scene) -> dict[str, Made]:
    """One of each type, by type; it is the last that was made of its type."""
    found = [*_networks(running), *_stores(running)]
    found += _caches(running, found)
    return {kind_of(thing): thing for thing in [*found, *_cluster(running, found)]}


@pytest.fixture
def api(running: Scene) -> LoopbackGoogleApi:
    """The project as an operator has it."""
    return _api(running)


def _api(running: Scene) -> LoopbackGoogleApi:
    url = f"http://127.0.0.1:{running.cloud.ports.authenticator}"
    return gcp.api(CloudDoor(url, running.cloud.state(), REGION))


def _of(found: list[Made], kind: str) -> Made:
    return next(one for one in reversed(found) if kind_of(one) == kind)


def _networks(running: Scene) -> list[Made]:
    create, found = running.engine.create, []
    for name, third in (("another", 16), ("ours", 0)):
        network = create(NETWORK, {"autoCreateSubnetworks": False}, name=name)
        ranges: list[Value] = [
            {"rangeName": "pods", "ipCidrRange": f"100.{64 + third}.0.0/16"},
            {"rangeName": "services", "ipCidrRange": f"100.{65 + third}.0.0/20"},
        ]
        at: Properties = {"network": network.physical_id, "region": REGION}
        nodes: Properties = {
            "ipCidrRange": f"10.0.{third}.0/20",
            "secondaryIpRanges": ranges,
            "privateIpGoogleAccess": True,
        }
        subnetwork = create(SUBNETWORK, {**at, **nodes}, name=f"{name}-nodes")
        rule: Properties = {
            "network": network["name"],
            "direction": "INGRESS",
            "priority": 65534,
            "sourceRanges": ["0.0.0.0/0"],
            "denies": [{"protocol": "all"}],
        }
        router = create(ROUTER, at, name=f"{name}-router")
        nat: Properties = {
            "router": router["name"],
            "region": REGION,
            "natIpAllocateOption": "AUTO_ONLY",
            "sourceSubnetworkIpRangesToNat": "LIST_OF_SUBNETWORKS",
            "subnetworks": [
                {"name": subnetwork.physical_id, "sourceIpRangesToNats": ["ALL_IP_RANGES"]}
            ],
        }
        found += [network, subnetwork, create(FIREWALL, rule, name=f"{name}-refuse"), router]
        found.append(create(NAT, nat, name=f"{name}-nat"))
    return found


def _caches(running: Scene, found: list[Made]) -> list[Made]:
    networks = [one for one in found if kind_of(one) == NETWORK]
    made = []
    for network, name, labels in zip(networks, ("another", "ours"), (OTHERS, OURS), strict=True):
        vpc = str(network["name"])
        policy: Properties = {**policy_inputs(vpc), "labels": labels}
        made.append(running.engine.create(POLICY, policy, name=f"{name}-connect"))
        instance = instance_inputs(vpc, instanceId=f"{name}-counters", labels=labels)
        made.append(running.engine.create(INSTANCE, instance))
        alert = alert_policy_inputs(displayName=f"{name}-memory", userLabels=labels)
        made.append(running.engine.create(ALERT_POLICY, alert))
        mail = costs.channel_inputs(displayName=f"{name}-mail", userLabels=labels)
        made.append(running.engine.create(costs.CHANNEL, mail))
        month: Properties = {"labels": labels, "calendarPeriod": "MONTH"}
        budget = costs.budget_inputs(
            made[-1]["name"], displayName=f"{name}-month", budgetFilter=month
        )
        made.append(running.engine.create(costs.BUDGET, budget))
    return made


def _stores(running: Scene) -> list[Made]:
    create = running.engine.create
    accounts = [
        create(services.ACCOUNT, {"accountId": f"nodes-{name}", "displayName": f"nodes of {name}"})
        for name in ("another", "ours")
    ]
    member = text(accounts[-1].outputs, "member")
    found = [*accounts]
    for name, labels in (("another", OTHERS), ("ours", OURS)):
        role: Properties = {"title": name, "permissions": ["container.clusters.get"]}
        found.append(create(services.ROLE, {**role, "roleId": f"tokenworks_reach_{name}"}))
        ring = create(services.RING, {"location": REGION}, name=f"{name}-ring")
        key: Properties = {"keyRing": ring.physical_id, "labels": labels}
        key |= {"rotationPeriod": "7776000s"}
        found += [ring, create(services.KEY, key, name=f"{name}-weights")]
        bucket: Properties = {"location": REGION.upper(), "labels": labels}
        found.append(create(services.BUCKET, bucket, name=f"{name}-weights"))
        images: Properties = {"location": REGION, "format": "DOCKER", "labels": labels}
        found.append(create(services.REPOSITORY, {**images, "repositoryId": f"images-{name}"}))
        secret: Properties = {"secretId": f"tokenworks-{name}-hub-token", "labels": labels}
        secret["replication"] = {"userManaged": {"replicas": [{"location": REGION}]}}
        found.append(create(services.SECRET, secret))
        zone: Properties = {"dnsName": f"{name}.example.com.", "labels": labels}
        found.append(create(services.ZONE, zone, name=f"{name}-zone"))
        logs: Properties = {"project": PROJECT, "location": REGION, "retentionDays": 30}
        logs |= {"bucketId": f"logs-{name}", "description": f"of {name}"}
        kept = create(services.LOG_BUCKET, logs)
        where: Properties = {"filter": f'resource.labels.cluster_name="{name}"'}
        into: Properties = {"destination": f"logging.googleapis.com/{kept.physical_id}"}
        sink = create(services.SINK, {**where, **into}, name=f"{name}-sink")
        found += [kept, sink, create(services.EXCLUSION, where, name=f"{name}-elsewhere")]
    # A ring with keys is of an earlier life where nobody knows its name.
    ring = create(services.RING, {"location": REGION}, name="fresh-ring")
    return [*found, ring, *_grants(running, found, member)]


def _grants(running: Scene, found: list[Made], member: str) -> Iterator[Made]:
    create = running.engine.create
    reach = _of(found, services.ROLE).physical_id
    only: Properties = {"title": "only ours", "expression": 'resource.name == "ours"'}
    to_all: Properties = {"project": PROJECT, "role": reach}
    create(services.PROJECT_GRANT, {**to_all, "member": member})
    yield create(services.PROJECT_GRANT, {**to_all, "member": member, "condition": only})
    account = _of(found, services.ACCOUNT).physical_id
    create(ACCOUNT_GRANT, {"serviceAccountId": account, "role": reach, "member": "user:b@c.de"})
    yield create(ACCOUNT_GRANT, {"serviceAccountId": account, "role": reach, "member": ADA})
    for kind, about, role in (
        (
            services.KEY_GRANT,
            {"cryptoKeyId": _of(found, services.KEY).physical_id},
            services.ENCRYPTER,
        ),
        (
            services.REPOSITORY_GRANT,
            {"location": REGION, "repository": _of(found, services.REPOSITORY)["name"]},
            "roles/artifactregistry.reader",
        ),
        (
            SECRET_GRANT,
            {"secretId": _of(found, services.SECRET)["secretId"]},
            "roles/secretmanager.secretAccessor",
        ),
        (
            services.BUCKET_GRANT,
            {"bucket": _of(found, services.BUCKET).physical_id},
            "roles/storage.objectViewer",
        ),
        (
            services.ZONE_GRANT,
            {"project": PROJECT, "managedZone": _of(found, services.ZONE)["name"]},
            "roles/dns.admin",
        ),
    ):
        yield create(kind, {**about, "role": role, "member": member})


def _cluster(running: Scene, found: list[Made]) -> list[Made]:
    network = _of(found, NETWORK).physical_id
    inputs = inputs_of(_of(found, SUBNETWORK), network=network, resourceLabels=OURS)
    cluster = running.engine.create(CLUSTER, inputs, name="control-plane")
    pools = []
    for name, labels in (("another", OTHERS), ("l4-spot", OURS)):
        pool = pool_of(cluster, nodeConfig=config(resourceLabels=labels), initialNodeCount=0)
        pools.append(running.engine.create(POOL, pool, name=name))
    return [cluster, *pools]


def _search(api: LoopbackGoogleApi, kind: str, inputs: Properties) -> list[Candidate]:
    return search(Account(api, FINDERS), kind, inputs)


@pytest.mark.parametrize("kind", FINDERS)
def test_what_a_create_made_is_found_and_nothing_else(
    kind: str, made: Mapping[str, Made], api: LoopbackGoogleApi
) -> None:
    check_found_alone(Account(api, FINDERS), made[kind])


@pytest.mark.parametrize("kind", FINDERS)
def test_it_is_found_too_when_only_the_program_says_what_it_was(
    kind: str, made: Mapping[str, Made], api: LoopbackGoogleApi
) -> None:
    check_found_anew(Account(api, FINDERS), made[kind])


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        (services.KEY, "labels"),
        (services.BUCKET, "labels"),
        (services.REPOSITORY, "labels"),
        (services.ZONE, "labels"),
        (INSTANCE, "labels"),
        (POLICY, "labels"),
        (ALERT_POLICY, "userLabels"),
        (CLUSTER, "resourceLabels"),
    ],
)
def test_a_thing_with_other_labels_is_not_ours(
    kind: str, labels: str, made: Mapping[str, Made], api: LoopbackGoogleApi
) -> None:
    (found,) = _search(api, kind, {**made[kind].inputs, labels: {"a": "third"}})

    assert not found.ours


@pytest.mark.parametrize(
    ("kind", "parent"),
    [
        (NAT, "router"),
        (POOL, "cluster"),
        (services.KEY, "keyRing"),
        (ACCOUNT_GRANT, "serviceAccountId"),
        (services.KEY_GRANT, "cryptoKeyId"),
        (services.REPOSITORY_GRANT, "repository"),
        (services.BUCKET_GRANT, "bucket"),
        (services.ZONE_GRANT, "managedZone"),
    ],
)
def test_of_a_parent_that_is_not_there_nothing_is(
    kind: str, parent: str, made: Mapping[str, Made], api: LoopbackGoogleApi
) -> None:
    inputs = made[kind].inputs
    gone = re.sub(r"[^/]+$", "not-there-0000000", text(inputs, parent))

    assert _search(api, kind, {**inputs, parent: gone}) == []


def test_a_ring_of_an_earlier_life_is_left_alone(
    running: Scene, made: Mapping[str, Made], api: LoopbackGoogleApi
) -> None:
    create = running.engine.create
    old = create(services.RING, {"location": REGION, "name": "life-ring-1111111"})
    key = create(services.KEY, {"keyRing": old.physical_id, "name": "k", "labels": OURS})
    running.engine.delete(key)
    new = create(services.RING, {"location": REGION, "name": "life-ring-2222222"})
    pattern: Properties = {"location": REGION, "name": "life-ring-???????"}

    found = [one.physical_id for one in _search(api, services.RING, pattern)]

    assert found == [new.physical_id]
    assert [one.physical_id for one in _search(api, services.RING, old.inputs)] == [old.physical_id]
    assert _search(api, services.KEY, key.inputs) == []
    assert made[services.RING].physical_id not in found


def test_a_cluster_that_has_its_first_pool_yet_loses_it_by_the_next_update() -> None:
    with scene() as running:
        network = running.network()
        inputs = inputs_of(running.subnetwork(network), network=network.physical_id)
        made = running.engine.create(CLUSTER, {**inputs, "removeDefaultNodePool": False}, name="a")
        asked: Properties = {**made.inputs, "removeDefaultNodePool": True, "resourceLabels": OURS}

        (found,) = FINDERS[CLUSTER].search(_api(running), asked)
        running.engine.update(made, removeDefaultNodePool=True)

        assert found.as_made == {"removeDefaultNodePool": False}
        assert running.cloud.fleet.list_groups() == []
        (found,) = FINDERS[CLUSTER].search(_api(running), asked)
        assert found.as_made == {}
