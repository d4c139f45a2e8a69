"""Where logs are kept."""

from components.gcp.logs import Logs
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from tests.unit.components import examples_gcp as examples


def _logs(*, own_network: bool = True, pod_log: str | None = None) -> Graph:
    return record_program(
        lambda: Logs(
            "l",
            retention_days=90,
            subnetwork=examples.network_ref().subnetwork if own_network else None,
            platform=examples.PLATFORM,
            project=examples.project_ref(),
            keys=examples.keys_ref(),
            pod_log=pod_log,
            opts=examples.with_gcp(),
        ),
        stack="gcp-dev",
    )


def test_logs_are_kept_as_long_as_the_stack_says_under_the_platforms_key() -> None:
    bucket = _logs().named("l-bucket")

    assert bucket.inputs["retentionDays"] == 90
    assert bucket.inputs["cmekSettings"] == {
        "kmsKeyName": (
            f"projects/{examples.PROJECT}/locations/us-central1/keyRings/ring/cryptoKeys/logs"
        )
    }
    assert bucket.inputs["location"] == "us-central1"


def test_a_bucket_that_was_deleted_does_not_block_the_next_one() -> None:
    """Google keeps a deleted log bucket, and its name, for seven days."""
    assert _logs().named("l-bucket").inputs["bucketId"] == "tokenworks-gcp-dev-0a1b2c3"


def test_the_cluster_and_its_own_subnetwork_go_there_and_nowhere_else() -> None:
    graph = _logs()
    sink, exclusion = graph.named("l-sink"), graph.named("l-elsewhere")

    assert sink.inputs["filter"] == exclusion.inputs["filter"]
    assert sink.inputs["filter"] == (
        'resource.labels.cluster_name="tokenworks-gcp-dev" OR (resource.type="gce_subnetwork" '
        'AND resource.labels.subnetwork_name="the-nodes")'
    )
    assert sink.inputs["destination"] == "logging.googleapis.com/${l-bucket.id}"
    assert sink.urn in exclusion.dependencies, "without the sink these logs would be nowhere"


def test_what_pods_print_is_kept_in_a_bucket_of_its_own_and_not_here_too() -> None:
    """It names the cluster as its resource, so the filter of the cluster would match it."""
    graph = _logs(own_network=False, pod_log="tokenworks-gcp-dev-pods")
    wanted = (
        '(resource.labels.cluster_name="tokenworks-gcp-dev") AND NOT '
        f'logName="projects/{examples.PROJECT}/logs/tokenworks-gcp-dev-pods"'
    )

    assert graph.named("l-sink").inputs["filter"] == wanted
    assert graph.named("l-elsewhere").inputs["filter"] == wanted


def test_flow_logs_of_somebody_elses_network_are_left_alone() -> None:
    assert "gce_subnetwork" not in str(_logs(own_network=False).named("l-sink").inputs["filter"])
