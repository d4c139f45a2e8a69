"""OpenCost in a stack that asks for it, on the real engine and a real API server."""

from pathlib import Path

import pytest

from components.observability import names
from components.secrets import PRICE_KEY, place
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.kubernetes.values import condition, text
from infra.rehearsal.ladder import Programs
from tests.support.projects import make_project, stack_config
from tests.support.stage import Stage, open_stage

pytestmark = [pytest.mark.real, pytest.mark.slow]

MARKER = b"marker-of-a-price-key"


def project_of(stack: str, folder: Path) -> Path:
    config = stack_config(stack)
    config["tokenworks:observability"] = {"cost": {"enabled": True}}
    return make_project(folder / "it", {stack: config})


def reads(api: ApiClient, verb: str, resource: str, namespace: str = "") -> bool:
    """Ask the API server itself whether OpenCost's account may do something to a core kind."""
    asked = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {
            "user": f"system:serviceaccount:{names.COST_NAMESPACE}:{names.OPENCOST}",
            "resourceAttributes": {"verb": verb, "resource": resource, "namespace": namespace},
        },
    }
    path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
    said = api.request("POST", path, asked)
    return said["status"]["allowed"] is True


def assert_it_runs_and_reads_no_secret(stage: Stage) -> None:
    api = stage.site.api
    (pod,) = api.list_objects("v1", "Pod", names.COST_NAMESPACE)

    assert text(condition(pod, "Ready"), "status") == "True"
    assert reads(api, "list", "nodes")
    assert reads(api, "watch", "pods")
    assert reads(api, "list", "configmaps", names.COST_NAMESPACE)
    assert not reads(api, "list", "configmaps", "models")
    assert not reads(api, "get", "secrets", names.COST_NAMESPACE)
    assert not reads(api, "delete", "pods", "models")


def test_on_aws_it_comes_up_and_a_second_run_changes_nothing(
    tmp_path: Path, programs: Programs
) -> None:
    with open_stage(project_of("aws-dev", tmp_path), "aws-dev", programs) as stage:
        result = stage.session.up("aws-dev")

        assert result.ok, result.errors
        assert_it_runs_and_reads_no_secret(stage)
        again = stage.session.up("aws-dev")
        assert again.ok, again.errors
        assert again.changed == {}


def test_on_google_cloud_it_waits_for_the_key_of_the_price_list_and_says_which(
    tmp_path: Path, programs: Programs
) -> None:
    with open_stage(project_of("gcp-dev", tmp_path), "gcp-dev", programs) as stage:
        result = stage.session.up("gcp-dev")

        assert not result.ok
        said = [one.message for one in result.diagnostics]
        wanted = "gcloud secrets versions add tokenworks-gcp-dev-google-price-key --data-file=-"
        assert any(wanted in one for one in said), said

        cloud = stage.site.cloud
        cloud.put_secret(stage.site.door, place(cloud.provider, "gcp-dev", PRICE_KEY), MARKER)
        result = stage.session.up("gcp-dev")
        assert result.ok, result.errors
        assert_it_runs_and_reads_no_secret(stage)
