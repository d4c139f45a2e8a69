"""Repositories and caches."""

import pytest

from components.gcp.registry import CACHED, DOCKER_HUB, Registry
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from tests.unit.components import examples_gcp as examples


def _registry(*, protected: bool = False) -> Graph:
    return record_program(
        lambda: Registry(
            "r",
            platform=examples.PLATFORM,
            project=examples.project_ref(),
            nodes=examples.account_ref(),
            protected=protected,
            opts=examples.with_gcp(),
        ),
        stack="gcp-dev",
    )


def test_a_tag_means_the_same_image_for_ever() -> None:
    assert _registry().named("r-images").inputs["dockerConfig"] == {"immutableTags": True}


def test_untagged_images_go_after_two_weeks() -> None:
    assert _registry().named("r-images").inputs["cleanupPolicies"] == [
        {
            "id": "untagged",
            "action": "DELETE",
            "condition": {"tagState": "UNTAGGED", "olderThan": f"{14 * 86400}s"},
        }
    ]


@pytest.mark.parametrize("protected", [True, False])
def test_where_protected_our_own_images_stay(*, protected: bool) -> None:
    graph = _registry(protected=protected)

    assert bool(graph.named("r-images").protect) is protected
    assert not any(graph.named(f"r-{cache}").protect for cache in CACHED)


def test_public_registries_are_cached_without_an_account_of_ours() -> None:
    graph = _registry()

    for cache, upstream in CACHED.items():
        repository = graph.named(f"r-{cache}").inputs
        assert repository["mode"] == "REMOTE_REPOSITORY"
        assert repository["remoteRepositoryConfig"] == {
            "dockerRepository": {"customRepository": {"uri": upstream}}
        }
    assert graph.named(f"r-{DOCKER_HUB}").inputs["remoteRepositoryConfig"] == {
        "dockerRepository": {"publicRepository": "DOCKER_HUB"}
    }


def test_nodes_read_these_repositories_and_no_other_of_the_project() -> None:
    graph = _registry()
    grants = graph.of_type("RepositoryIamMember")

    assert {item.inputs["repository"] for item in grants} == {
        f"${{{item.name}.name}}" for item in graph.of_type("Repository")
    }
    assert {(item.inputs["role"], item.inputs["member"]) for item in grants} == {
        (
            "roles/artifactregistry.reader",
            f"serviceAccount:nodes@{examples.PROJECT}.iam.gserviceaccount.com",
        )
    }
    assert not graph.of_type("gcp:projects/iAMMember:IAMMember")


def test_the_address_of_an_image_is_known_before_it_is_built() -> None:
    urls = _registry().named("r").outputs["repositoryUrls"]

    assert urls == {
        image: f"us-central1-docker.pkg.dev/{examples.PROJECT}/tokenworks-gcp-dev-images/{image}"
        for image in ("model-server", "weights-loader")
    }
