"""Where secrets live on Google Cloud: without values, in the platform's region."""

import pulumi
import pytest

from components.gcp.secrets import SecretRights, Secrets
from components.handles import Workload
from components.secrets import HUB_TOKEN, Origin, PlatformSecret
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from tests.unit.components import examples_gcp as examples

PUSHED = PlatformSecret("pushed", Origin.CLUSTER, "A generated one")


def _graph(*, protected: bool = False) -> Graph:
    return record_program(
        lambda: Secrets(
            "s",
            (HUB_TOKEN, PUSHED),
            platform=examples.PLATFORM,
            protected=protected,
            opts=examples.with_gcp(),
        ),
        stack="gcp-dev",
    )


def test_a_secret_has_a_fixed_id_stays_in_the_region_and_has_no_value() -> None:
    secret = _graph().named("s-hub-token")

    assert secret.inputs["secretId"] == f"tokenworks-{examples.PLATFORM.name}-hub-token"
    assert secret.inputs["replication"] == {
        "userManaged": {"replicas": [{"location": examples.PLATFORM.region}]}
    }
    assert not _graph().of_type("gcp:secretmanager/secretVersion:SecretVersion")


@pytest.mark.parametrize("protected", [True, False])
def test_a_protected_one_refuses_to_go(*, protected: bool) -> None:
    secret = _graph(protected=protected).named("s-hub-token")

    assert secret.inputs["deletionProtection"] is protected
    assert secret.protect is protected


def test_only_one_that_the_cluster_fills_is_open_to_its_controller() -> None:
    labels = {
        name: _graph().named(f"s-{name}").inputs["labels"] for name in ("hub-token", "pushed")
    }

    assert "'managed-by': 'external-secrets'" in str(labels["pushed"])
    assert "'managed-by'" not in str(labels["hub-token"])


def test_each_secret_is_read_by_a_grant_on_it_and_filled_only_where_the_cluster_draws_it() -> None:
    def program() -> None:
        SecretRights(
            "r",
            Workload("external-secrets", "external-secrets"),
            (HUB_TOKEN, PUSHED),
            names={name: pulumi.Output.from_input(name) for name in ("hub-token", "pushed")},
            project=examples.project_ref(),
            drawn=examples.keys_ref().drawn,
            opts=examples.with_gcp(),
        )

    graph = record_program(program, stack="gcp-dev")
    roles = {
        item.name: item.inputs["permissions"]
        for item in graph.of_type("gcp:projects/iAMCustomRole:IAMCustomRole")
    }
    grants = {
        str(item.inputs["secretId"]): item
        for item in graph.of_type("gcp:secretmanager/secretIamMember:SecretIamMember")
    }

    assert roles["r-read-secrets"] == ["secretmanager.versions.access"]
    assert roles["r-fill-secrets"] == [
        "secretmanager.secrets.get",
        "secretmanager.versions.access",
        "secretmanager.versions.add",
        "secretmanager.versions.list",
    ]
    assert "read_secrets" in str(grants["hub-token"].inputs["role"])
    assert "fill_secrets" in str(grants["pushed"].inputs["role"])
    assert all(
        str(item.inputs["member"]).endswith("/ns/external-secrets/sa/external-secrets")
        for item in grants.values()
    )
    assert not graph.of_type("gcp:projects/iAMMember:IAMMember")
