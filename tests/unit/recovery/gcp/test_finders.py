"""What is asked of Google Cloud about a pending create, and what is made of the answers.

The answers are Google's forms; the calls are held against Google's documents. That a thing made by
the provider is found is shown in the simulated project (`tests/unit/rehearsal/gcp`).
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager

import pytest

from infra.cloud_error import CloudApiError
from infra.google_discovery import method, violations
from infra.recovery.candidates import Candidate, Condition
from infra.recovery.checkpoint import PendingCreate
from infra.recovery.gcp.finders import FINDERS
from infra.recovery.gcp.marks import points_at
from infra.wire import Properties, Value
from tests.unit.recovery.gcp.examples import (
    BUCKET,
    CLUSTER,
    CLUSTERS,
    EXAMPLES,
    FULL_KEY,
    GRANT,
    KEY,
    LINK,
    NETWORK,
    OURS,
    PLACE,
    POOL,
    PROJECT,
    REGION,
    RING,
    RINGS,
    ROLE,
    SUBNETWORK,
    Answer,
    policy,
)

NOT_THERE = CloudApiError("get", "NOT_FOUND", "gone")


class Project:
    """A project that gives prepared answers, and only to calls that Google takes and that read."""

    project = PROJECT
    region = REGION

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = answers
        self.asked: list[Properties] = []

    def call(
        self, method_id: str, /, body: Properties | None = None, **parameters: Value
    ) -> Properties:
        asked = method(method_id)
        assert asked.only_reads
        assert violations(asked, parameters, body) == []
        self.asked.append(parameters)
        answer = self.answers.get(method_id, {})
        if isinstance(answer, CloudApiError):
            raise answer
        return answer


def found(kind: str, inputs: Properties, answers: Mapping[str, Answer]) -> list[Candidate]:
    return list(FINDERS[kind].search(Project(answers), inputs))


@contextmanager
def suppress_not_there() -> Generator[None]:
    """Take Google's "not found" for nothing, as the plan does."""
    try:
        yield
    except CloudApiError as error:
        if not error.not_found:
            raise


@pytest.mark.parametrize("kind", FINDERS)
def test_what_a_create_made_is_found_under_the_providers_id(kind: str) -> None:
    inputs, answers, physical_id = EXAMPLES[kind]

    (one,) = found(kind, inputs, answers)

    assert (one.physical_id, one.ours, one.condition) == (physical_id, True, Condition.READY)
    assert {**inputs, **one.as_made} == inputs


@pytest.mark.parametrize("kind", FINDERS)
def test_in_a_project_without_it_nothing_is_found(kind: str) -> None:
    inputs, answers, _id = EXAMPLES[kind]
    nothing: dict[str, Answer] = {
        name: NOT_THERE if name.endswith((".get", "Policy")) else {} for name in answers
    }

    with suppress_not_there():
        assert found(kind, inputs, nothing) == []


@pytest.mark.parametrize(
    ("kind", "other"),
    [
        (NETWORK, {"autoCreateSubnetworks": True}),
        (SUBNETWORK, {"network": "another"}),
        ("gcp:compute/firewall:Firewall", {"priority": 1}),
        ("gcp:compute/router:Router", {"network": "another"}),
        (CLUSTER, {"resourceLabels": {"tokenworks-platform": "gcp-prod"}}),
        (POOL, {"nodeConfig": {"resourceLabels": {"tokenworks-platform": "gcp-prod"}}}),
        ("gcp:serviceaccount/account:Account", {"displayName": "another's"}),
        (ROLE, {"title": "another's"}),
        (KEY, {"labels": {"tokenworks-platform": "gcp-prod"}}),
        (BUCKET, {"labels": {}}),
        ("gcp:artifactregistry/repository:Repository", {"labels": {"a": "b"}}),
        ("gcp:logging/projectBucketConfig:ProjectBucketConfig", {"description": "another's"}),
        ("gcp:logging/projectSink:ProjectSink", {"destination": "another"}),
        ("gcp:logging/projectExclusion:ProjectExclusion", {"filter": "another"}),
    ],
)
def test_another_thing_of_that_name_is_not_ours(kind: str, other: Properties) -> None:
    inputs, answers, _id = EXAMPLES[kind]

    (one,) = found(kind, {**inputs, **other}, answers)

    assert not one.ours


@pytest.mark.parametrize(
    ("kind", "status", "condition"),
    [
        (CLUSTER, "PROVISIONING", Condition.COMING),
        (CLUSTER, "ERROR", Condition.FAILED),
        (CLUSTER, "RECONCILING", Condition.READY),
        (POOL, "PROVISIONING", Condition.COMING),
        (POOL, "ERROR", Condition.FAILED),
        (POOL, "RUNNING_WITH_ERROR", Condition.READY),
    ],
)
def test_what_gke_still_makes_is_waited_for_and_what_it_failed_at_is_replaced(
    kind: str, status: str, condition: Condition
) -> None:
    inputs, answers, _id = EXAMPLES[kind]
    changed = _with_status(answers, status)

    (one,) = found(kind, inputs, changed)

    assert one.condition is condition


@pytest.mark.parametrize("kind", [CLUSTER, POOL])
def test_what_gke_is_deleting_is_not_there(kind: str) -> None:
    inputs, answers, _id = EXAMPLES[kind]

    assert found(kind, inputs, _with_status(answers, "STOPPING")) == []


def _with_status(answers: Mapping[str, Answer], status: str) -> dict[str, Answer]:
    ((name, answer),) = answers.items()
    assert isinstance(answer, dict)
    pools = answer.get("nodePools")
    if isinstance(pools, list) and isinstance(pools[0], dict):
        return {name: {"nodePools": [{**pools[0], "status": status}]}}
    return {name: {**answer, "status": status}}


@pytest.mark.parametrize(
    ("status", "condition"), [("RUNNING", Condition.READY), ("STOPPING", Condition.COMING)]
)
def test_a_cluster_that_still_has_its_first_pool_is_adopted_so_that_the_next_up_removes_it(
    status: str, condition: Condition
) -> None:
    inputs, answers, _id = EXAMPLES[CLUSTER]
    cluster = answers[f"{CLUSTERS}.get"]
    assert isinstance(cluster, dict)
    pools: list[Value] = [{"name": "default-pool", "status": status}]

    (one,) = found(
        CLUSTER,
        {**inputs, "removeDefaultNodePool": True},
        {f"{CLUSTERS}.get": {**cluster, "nodePools": pools}},
    )

    assert one.as_made == {"removeDefaultNodePool": False}
    assert one.condition is condition


def _operation(kind: str, target: str) -> Properties:
    return {"operationType": kind, "status": "RUNNING", "targetLink": f"{LINK}/{target}"}


@pytest.mark.parametrize(
    ("operation", "is_coming"),
    [
        (_operation("insert", "global/networks/net-1234567"), True),
        (_operation("insert", "global/networks/another"), False),
        (_operation("insert", "global/firewalls/net-1234567"), False),
        (_operation("delete", "global/networks/net-1234567"), False),
    ],
)
def test_what_compute_engine_is_about_to_make_is_waited_for(
    operation: Properties, *, is_coming: bool
) -> None:
    inputs, _answers, physical_id = EXAMPLES[NETWORK]
    running: dict[str, Answer] = {"compute.globalOperations.list": {"items": [operation]}}

    conditions = {one.physical_id: one.condition for one in found(NETWORK, inputs, running)}

    assert conditions == ({physical_id: Condition.COMING} if is_coming else {})


def _declared(kind: str, name: str, inputs: Properties) -> Properties:
    """Return what is looked for of a create that only a preview knows."""
    urn = f"urn:pulumi:dev::tokenworks::{kind}::{name}"
    resource: Properties = {"urn": urn, "type": kind, "inputs": inputs}
    return PendingCreate.of(resource, recorded=False).wanted


def _rings(**with_keys: bool) -> dict[str, Answer]:
    """Return answers about rings in the order of their age."""
    rings: list[Value] = [
        {"name": f"{PLACE}/keyRings/ring-{drawn}", "createTime": f"2026-11-{20 + number}"}
        for number, drawn in enumerate(with_keys)
    ]
    return {f"{RINGS}.list": {"keyRings": rings}}


class WithKeys(Project):
    """A project in which some rings have keys."""

    def __init__(self, answers: Mapping[str, Answer], *rings: str) -> None:
        super().__init__(answers)
        self.rings = rings

    def call(
        self, method_id: str, /, body: Properties | None = None, **parameters: Value
    ) -> Properties:
        reply = super().call(method_id, body, **parameters)
        if str(parameters.get("parent")).endswith(self.rings):
            return {"cryptoKeys": [{"name": "key"}]}
        return reply


def test_a_key_ring_of_an_earlier_life_is_not_taken_for_the_one_that_a_create_made() -> None:
    wanted = _declared(RING, "ring", {"name": "ring-0000000", "location": REGION})
    project = WithKeys(_rings(aaaaaaa=True, bbbbbbb=False), "ring-aaaaaaa")

    (one,) = FINDERS[RING].search(project, wanted)

    assert one.as_made == {"name": "ring-bbbbbbb"}


def test_of_several_rings_without_a_key_the_newest_is_taken() -> None:
    wanted = _declared(RING, "ring", {"name": "ring-0000000", "location": REGION})

    (one,) = found(RING, wanted, _rings(bbbbbbb=False, aaaaaaa=False))

    assert one.as_made == {"name": "ring-aaaaaaa"}


@pytest.mark.parametrize("state", ["DESTROYED", "DESTROY_SCHEDULED"])
def test_a_key_whose_versions_were_destroyed_is_not_there(state: str) -> None:
    inputs, _answers, _id = EXAMPLES[KEY]
    key: Properties = {"name": FULL_KEY, "labels": OURS, "primary": {"state": state}}

    assert found(KEY, inputs, {f"{RINGS}.cryptoKeys.list": {"cryptoKeys": [key]}}) == []


def test_a_deleted_role_keeps_its_id_and_is_not_there() -> None:
    inputs, _answers, _id = EXAMPLES[ROLE]

    gone: Properties = {"title": inputs["title"], "deleted": True}
    assert found(ROLE, inputs, {"iam.projects.roles.get": gone}) == []


def test_a_deleted_log_bucket_is_not_there() -> None:
    kind = "gcp:logging/projectBucketConfig:ProjectBucketConfig"
    inputs, _answers, _id = EXAMPLES[kind]

    gone: Properties = {"description": "of main", "lifecycleState": "DELETE_REQUESTED"}
    assert found(kind, inputs, {"logging.projects.locations.buckets.get": gone}) == []


CONDITION: Properties = {"title": "only main", "expression": 'resource.name == "main"'}


def test_a_grant_under_a_condition_is_another_grant() -> None:
    inputs, _answers, _id = EXAMPLES[GRANT]
    answers = {
        "cloudresourcemanager.projects.getIamPolicy": policy(
            "user:ada@example.com", condition=CONDITION
        )
    }

    (one,) = found(GRANT, {**inputs, "condition": CONDITION}, answers)

    assert one.physical_id.endswith('/only main//resource.name == "main"')
    assert found(GRANT, inputs, answers) == []


def test_the_name_of_a_pod_is_taken_as_it_is_written() -> None:
    inputs, _answers, _id = EXAMPLES[GRANT]
    pod = "principal://iam.googleapis.com/projects/1/subject/ns/Models/sa/server"
    answers = {"cloudresourcemanager.projects.getIamPolicy": policy(pod)}

    (one,) = found(GRANT, {**inputs, "member": pod}, answers)

    assert one.physical_id.endswith(f"/{pod}")
    assert found(GRANT, {**inputs, "member": pod.lower()}, answers) == []


@pytest.mark.parametrize(
    ("kind", "name", "names"),
    [
        (NETWORK, "net", ["net-1234567"]),
        (BUCKET, "weights", ["weights-1234567"]),
        (KEY, "key", []),  # not drawn: another name
    ],
)
def test_it_is_found_too_when_only_the_program_says_what_it_was(
    kind: str, name: str, names: list[str]
) -> None:
    inputs, answers, _id = EXAMPLES[kind]
    wanted = _declared(kind, name, {**inputs, "name": f"{name}-0000000"})

    assert [one.as_made["name"] for one in found(kind, wanted, answers)] == names


@pytest.mark.parametrize(
    ("link", "wanted", "same"),
    [
        (f"{LINK}/global/networks/net", "net", True),
        (f"{LINK}/global/networks/net", f"projects/{PROJECT}/global/networks/net", True),
        (f"{LINK}/global/networks/net", f"{LINK}/global/networks/net", True),
        (f"{LINK}/global/networks/other-net", "net", False),
        (f"{LINK}/global/networks/net", "projects/another/global/networks/net", False),
        (None, "net", False),
    ],
)
def test_a_link_is_what_its_full_name_and_its_name_are(
    link: Value, wanted: str, *, same: bool
) -> None:
    assert points_at(link, wanted) is same
