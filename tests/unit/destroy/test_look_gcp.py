"""What a project has of a platform: ours by its labels, and nobody else's.

The answers are Google's forms; the calls are held against Google's documents.
"""

from collections.abc import Mapping

from infra.cloud_error import CloudApiError
from infra.destroy.found import Found, Marks
from infra.destroy.gcp.look import look
from infra.google_discovery import method, violations
from infra.wire import Properties, Value

BALANCER = "a0f5e1c9a1111222233334444555566"
MARKS = Marks("gcp-dev", "tokenworks-gcp-dev", frozenset({BALANCER}))
OURS: Properties = {"tokenworks-platform": "gcp-dev"}
CLUSTERS: Properties = {"goog-k8s-cluster-name": "tokenworks-gcp-dev"}
ZONE = "https://www.googleapis.com/compute/v1/projects/p/zones/us-central1-a"
SERVICE = '{"kubernetes.io/service-name":"default/shop"}'


class Project:
    """A project that gives prepared answers, and only to calls that Google takes and that read."""

    project, region = "a-project", "us-central1"

    def __init__(self, answers: Mapping[str, Properties | CloudApiError]) -> None:
        self.answers = answers

    def call(
        self, method_id: str, /, body: Properties | None = None, **parameters: Value
    ) -> Properties:
        asked = method(method_id)
        assert asked.only_reads
        assert violations(asked, parameters, body) == []
        answer = self.answers.get(method_id, {})
        if isinstance(answer, CloudApiError):
            raise answer
        return answer


def everywhere(collection: str, *items: Properties) -> dict[str, Properties]:
    """Return the answer of a list over all places; one of them has nothing and says so."""
    places: Properties = {
        "zones/us-central1-a": {collection: [*items]},
        "zones/us-central1-b": {"warning": {"code": "NO_RESULTS_ON_PAGE"}},
    }
    return {f"compute.{collection}.aggregatedList": {"items": places}}


def seen(answers: Mapping[str, Properties | CloudApiError]) -> Found:
    return look(Project(answers), MARKS)


def test_an_empty_project_has_nothing_and_all_of_it_is_known() -> None:
    assert seen({}).lines == []


def test_disks_of_claims_hold_and_those_of_machines_do_not() -> None:
    disks: tuple[Properties, ...] = (
        {"name": "pvc-1", "zone": ZONE, "labels": CLUSTERS},
        {"name": "gke-node-1", "zone": ZONE, "labels": CLUSTERS},
        {"name": "pvc-2", "zone": ZONE, "labels": {"goog-k8s-cluster-name": "other"}},
        {"name": "tokenworks-gcp-dev", "zone": ZONE},
    )

    found = seen(everywhere("disks", *disks))

    assert [one.id for one in found.left] == [
        "pvc-1 in us-central1-a",
        "gke-node-1 in us-central1-a",
    ]
    assert [one.id for one in found.holding] == ["pvc-1 in us-central1-a"]


def test_a_forwarding_rule_is_ours_when_the_cluster_showed_its_service() -> None:
    rules: tuple[Properties, ...] = (
        {"name": BALANCER, "description": SERVICE},
        {"name": "a-shop", "description": "somebody's own"},
    )

    found = seen(everywhere("forwardingRules", *rules))

    assert [(one.id, one.holds) for one in found.left] == [(BALANCER, True)]
    assert found.unknown == []


def test_a_rule_of_some_cluster_is_unknown_not_ours() -> None:
    found = seen(everywhere("forwardingRules", {"name": "a1", "description": SERVICE}))

    assert found.left == []
    assert found.lines == [
        (
            "forwarding rule a1: unknown: a Service of some cluster has it, and it does not say of "
            "which: look at its target"
        )
    ]


def test_stores_secrets_and_clusters_are_known_by_our_label() -> None:
    found = seen(
        {
            "storage.buckets.list": {"items": [{"name": "weights", "labels": OURS}]},
            "secretmanager.projects.secrets.list": {
                "secrets": [{"name": "projects/1/secrets/hub", "labels": OURS}, {"name": "other"}]
            },
            "container.projects.locations.clusters.list": {
                "clusters": [{"name": "tokenworks-gcp-dev", "resourceLabels": OURS}]
            },
        }
    )

    assert [str(one) for one in sorted(found.left)] == [
        "bucket weights (label tokenworks-platform)",
        "cluster tokenworks-gcp-dev (label tokenworks-platform)",
        "secret projects/1/secrets/hub (label tokenworks-platform)",
    ]
    assert found.holding == []


def test_a_denied_call_is_unknown_names_the_permission_and_the_rest_is_asked() -> None:
    denied = CloudApiError("list", "forbidden", "no")
    answers = everywhere("addresses", {"name": "ours", "labels": OURS})

    found = seen({**answers, "compute.disks.aggregatedList": denied})

    assert [one.id for one in found.left] == ["ours"]
    assert [str(one) for one in found.unknown] == [
        "disks: unknown: compute.disks.list is not allowed (forbidden)"
    ]
