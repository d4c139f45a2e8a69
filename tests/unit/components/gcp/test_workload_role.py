"""What pods may do in the cloud."""

from components.gcp.workload_role import WorkloadRole
from infra.graph.recorder import record_program
from tests.unit.components import examples_gcp as examples


def test_pods_of_one_account_read_one_bucket_and_no_account_is_in_between() -> None:
    graph = record_program(
        lambda: WorkloadRole(
            "w",
            examples.MODEL_SERVER,
            weights=examples.weights_ref(),
            project=examples.project_ref(),
            opts=examples.with_gcp(),
        ),
        stack="gcp-dev",
    )
    (grant,) = (item for item in graph.resources if item.custom and not item.is_provider)

    assert grant.short_type == "BucketIAMMember"
    assert grant.inputs == {
        "bucket": "weights-1a2b3c4",
        "role": "roles/storage.objectViewer",
        "member": (
            f"principal://iam.googleapis.com/projects/{examples.NUMBER}/locations/global/"
            f"workloadIdentityPools/{examples.PROJECT}.svc.id.goog/subject/ns/models/sa/model-server"
        ),
    }
