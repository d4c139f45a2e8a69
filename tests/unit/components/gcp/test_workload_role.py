"""What pods may do in the cloud."""

from components.gcp.policies import READ_WEIGHTS
from components.gcp.workload_role import WorkloadRole
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from tests.unit.components import examples_gcp as examples


def _graph() -> Graph:
    return record_program(
        lambda: WorkloadRole(
            "w",
            examples.MODEL_SERVER,
            READ_WEIGHTS,
            bucket=examples.weights_ref(),
            project=examples.project_ref(),
            drawn=examples.keys_ref().drawn,
            opts=examples.with_gcp(),
        ),
        stack="gcp-dev",
    )


def test_pods_of_one_account_read_one_bucket_and_no_account_is_in_between() -> None:
    (grant,) = _graph().of_type("gcp:storage/bucketIAMMember:BucketIAMMember")
    role = str(grant.inputs["role"])

    assert role.startswith(f"projects/{examples.PROJECT}/roles/tokenworks_read_weights_")
    assert grant.inputs == {
        "bucket": "weights-1a2b3c4",
        "role": role,
        "member": (
            f"principal://iam.googleapis.com/projects/{examples.NUMBER}/locations/global/"
            f"workloadIdentityPools/{examples.PROJECT}.svc.id.goog/subject/ns/models/sa/model-server"
        ),
    }
    assert not _graph().of_type("gcp:serviceaccount/account:Account")


def test_the_streamer_may_look_the_bucket_up_list_it_and_read() -> None:
    """`storage.objectViewer` lacks the first, and vLLM would start from the hub for ever."""
    (role,) = _graph().of_type("gcp:projects/iAMCustomRole:IAMCustomRole")

    assert role.inputs["permissions"] == [
        "storage.buckets.get",
        "storage.objects.get",
        "storage.objects.list",
    ]
