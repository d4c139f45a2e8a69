"""The project and the names that follow from it."""

import pulumi
import pytest

from components.gcp.account import NoProjectError, account
from infra.graph.recorder import record_program
from tests.unit.components import examples_gcp as examples

NUMBER = f"${{{examples.PROJECT}.number}}"
"""What a recording knows of a number that Google draws."""


def test_the_number_is_asked_of_google_for_the_project_that_the_stack_names() -> None:
    def program() -> None:
        project = account(examples.provider(), examples.PLATFORM, examples.PROJECT)
        pulumi.export("agent", project.service_agent("container-engine-robot"))
        pulumi.export("pods", project.pods(examples.MODEL_SERVER))
        pulumi.export("cluster", project.cluster_path(examples.PLATFORM))

    graph = record_program(program, stack="gcp-dev")

    assert [item.arguments for item in graph.invokes] == [{"projectId": examples.PROJECT}]
    assert graph.outputs == {
        "agent": (
            f"serviceAccount:service-{NUMBER}@container-engine-robot.iam.gserviceaccount.com"
        ),
        "pods": (
            f"principal://iam.googleapis.com/projects/{NUMBER}/locations/global/"
            f"workloadIdentityPools/{examples.PROJECT}.svc.id.goog/subject/ns/models/sa/model-server"
        ),
        "cluster": (
            f"projects/{examples.PROJECT}/locations/us-central1/clusters/tokenworks-gcp-dev"
        ),
    }


def test_a_stack_without_a_project_is_told_where_to_name_one() -> None:
    with pytest.raises(NoProjectError, match=r"cloud\.project.*name it in the stack file"):
        record_program(
            lambda: account(examples.provider(), examples.PLATFORM, None), stack="gcp-dev"
        )
