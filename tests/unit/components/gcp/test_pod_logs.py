"""What pods print, in Cloud Logging."""

from components.gcp.pod_logs import PodLogs
from components.handles import Workload
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from tests.unit.components import examples_gcp as examples

LOG = "tokenworks-gcp-dev-pods"


def _made() -> Graph:
    return record_program(
        lambda: PodLogs(
            "p",
            Workload("monitoring", "alloy"),
            log=LOG,
            retention_days=45,
            platform=examples.PLATFORM,
            project=examples.project_ref(),
            keys=examples.keys_ref(),
            opts=examples.with_gcp(),
        ),
        stack="gcp-dev",
    )


def test_lines_are_kept_as_long_as_the_stack_says_under_the_platforms_key() -> None:
    bucket = _made().named("p-bucket")

    assert bucket.inputs["retentionDays"] == 45
    assert str(bucket.inputs["cmekSettings"]).endswith("cryptoKeys/logs'}")
    assert bucket.inputs["location"] == "us-central1"
    assert bucket.inputs["bucketId"] == "tokenworks-gcp-dev-pods-0a1b2c3"


def test_the_one_log_goes_there_and_nowhere_else() -> None:
    graph = _made()
    sink, exclusion = graph.named("p-sink"), graph.named("p-elsewhere")

    assert sink.inputs["filter"] == f'logName="projects/{examples.PROJECT}/logs/{LOG}"'
    assert exclusion.inputs["filter"] == sink.inputs["filter"]
    assert sink.inputs["destination"] == "logging.googleapis.com/${p-bucket.id}"
    assert sink.urn in exclusion.dependencies, "without the sink these lines would be nowhere"


def test_whoever_writes_reads_nothing_and_needs_no_service_account() -> None:
    graph = _made()
    right = graph.named("p-writes-logs")

    assert graph.named("p-write-logs").inputs["permissions"] == ["logging.logEntries.create"]
    assert str(right.inputs["member"]).endswith("/subject/ns/monitoring/sa/alloy")
    assert "serviceAccount:" not in str(right.inputs["member"])
