"""ECR of the simulated AWS: repositories, their lifecycle, pull-through caches."""

import json

import pytest

from infra.wire import Properties
from tests.unit.rehearsal.aws.harness import Simulation
from tests.unit.rehearsal.aws.scene import CACHE, IMAGE_LIFECYCLE, REPOSITORY, Scene
from tests.unit.rehearsal.cloud.wire import Made, RefusedError

NAME = "tokenworks-dev/model-server"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/hub-AbCdEf"
LIFECYCLE = {
    "rules": [
        {
            "rulePriority": 1,
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": 14,
            },
            "action": {"type": "expire"},
        }
    ]
}


@pytest.fixture
def repository(scene: Scene) -> Made:
    """A repository of immutable tags."""
    return scene.make(
        REPOSITORY,
        name=NAME,
        imageTagMutability="IMMUTABLE",
        imageScanningConfiguration={"scanOnPush": True},
        tags={"Name": "server"},
    )


def _push(simulation: Simulation) -> None:
    manifest = {"schemaVersion": 2, "config": {"digest": "sha256:0"}, "layers": []}
    region = simulation.cloud.account.region("us-east-1")
    region.call(
        "ecr",
        "put_image",
        repositoryName=NAME,
        imageTag="1",
        imageManifest=json.dumps(manifest),
        imageManifestMediaType="application/vnd.oci.image.manifest.v1+json",
    )


def test_a_repository_comes_back_as_it_was_declared(scene: Scene, repository: Made) -> None:
    assert repository["repositoryUrl"] == f"123456789012.dkr.ecr.us-east-1.amazonaws.com/{NAME}"
    assert repository["arn"] == f"arn:aws:ecr:us-east-1:123456789012:repository/{NAME}"
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
    assert repository["tagsAll"] == {"Name": "server"}
    assert scene.engine.read(repository) == repository


def test_a_repository_changes_in_place_but_for_its_name(scene: Scene, repository: Made) -> None:
    changes: Properties = {
        "imageTagMutability": "MUTABLE",
        "imageScanningConfiguration": {"scanOnPush": False},
        "tags": {"owner": "models"},
    }
    assert list(scene.engine.diff(repository, **changes).replaces) == []

    changed = scene.engine.update(repository, preview=False, **changes)

    assert changed["imageTagMutability"] == "MUTABLE"
    assert changed["imageScanningConfiguration"] == {"scanOnPush": False}
    assert changed["tagsAll"] == {"owner": "models"}
    assert list(scene.engine.diff(repository, name="other").replaces) == ["name"]


def test_a_second_repository_of_a_name_exists_already(scene: Scene, repository: Made) -> None:
    with pytest.raises(
        RefusedError, match=r"^CreateRepository: RepositoryAlreadyExistsException: "
    ):
        scene.make(REPOSITORY, name=repository["name"])


def test_a_repository_with_images_stays_unless_the_program_gave_them_up(
    scene: Scene, repository: Made, simulation: Simulation
) -> None:
    _push(simulation)

    with pytest.raises(RefusedError, match=r"^DeleteRepository: RepositoryNotEmptyException: "):
        scene.engine.delete(repository)

    scene.engine.delete(scene.engine.update(repository, forceDelete=True))
    assert scene.engine.read(repository) is None


def test_a_changed_lifecycle_is_a_new_one(scene: Scene, repository: Made) -> None:
    policy = json.dumps(LIFECYCLE)
    made = scene.make(IMAGE_LIFECYCLE, repository=repository["name"], policy=policy)

    assert made["policy"] == policy
    assert scene.engine.read(made) == made
    other = policy.replace("14", "30")
    assert list(scene.engine.diff(made, policy=other).replaces) == ["policy"]


def test_a_lifecycle_of_no_repository_or_of_no_sense_is_refused(
    scene: Scene, repository: Made
) -> None:
    policy = json.dumps(LIFECYCLE)
    wrong = policy.replace("untagged", "forgotten")

    with pytest.raises(RefusedError, match=r"^PutLifecyclePolicy: RepositoryNotFoundException: "):
        scene.make(IMAGE_LIFECYCLE, repository="nobody", policy=policy)
    with pytest.raises(RefusedError, match=r"^PutLifecyclePolicy: InvalidParameterException: "):
        scene.make(IMAGE_LIFECYCLE, repository=repository["name"], policy=wrong)


def test_a_cache_of_an_open_registry_needs_nothing(scene: Scene, simulation: Simulation) -> None:
    made = scene.make(CACHE, ecrRepositoryPrefix="cache/quay", upstreamRegistryUrl="quay.io")

    assert made["registryId"] == "123456789012"
    assert scene.engine.read(made) == made
    assert list(scene.engine.diff(made, upstreamRegistryUrl="public.ecr.aws").replaces) == [
        "upstreamRegistryUrl"
    ]
    scene.drop(made)
    assert scene.engine.read(made) is None
    assert simulation.report("/inventory") == []


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        (
            {"upstreamRegistryUrl": "registry-1.docker.io"},
            "UnsupportedUpstreamRegistryException: .*requires authentication",
        ),
        (
            {"upstreamRegistryUrl": "registry.example.com"},
            "UnsupportedUpstreamRegistryException: .*isn't supported: registry.example.com",
        ),
        (
            {"upstreamRegistryUrl": "ghcr.io", "credentialArn": SECRET},
            "SecretNotFoundException: ",
        ),
        (
            {"ecrRepositoryPrefix": "a" * 31},
            "ecrRepositoryPrefix: must be at most 30",
        ),
    ],
    ids=["no credentials", "unknown", "no secret", "long"],
)
def test_a_cache_that_ecr_would_not_take_is_refused(
    scene: Scene, inputs: Properties, reason: str
) -> None:
    defaults: Properties = {"ecrRepositoryPrefix": "cache", "upstreamRegistryUrl": "quay.io"}

    with pytest.raises(RefusedError, match=reason):
        scene.make(CACHE, **defaults | inputs)


def test_a_second_cache_of_a_prefix_exists_already(scene: Scene) -> None:
    scene.make(CACHE, ecrRepositoryPrefix="same", upstreamRegistryUrl="quay.io")

    code = "PullThroughCacheRuleAlreadyExistsException"
    with pytest.raises(RefusedError, match=rf"^CreatePullThroughCacheRule: {code}: "):
        scene.make(CACHE, ecrRepositoryPrefix="same", upstreamRegistryUrl="registry.k8s.io")
