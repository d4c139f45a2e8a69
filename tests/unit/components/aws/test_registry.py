"""Repositories and caches."""

import json
from dataclasses import replace

import pytest

from components.aws.registry import Registry, cache_root
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from tests.unit.components import examples


def _registry(*, protected: bool = False) -> Graph:
    return record_program(
        lambda: Registry(
            "r", platform=examples.PLATFORM, protected=protected, opts=examples.with_aws()
        ),
        stack="aws-dev",
    )


def test_a_tag_once_pushed_means_the_same_image_for_ever_and_is_scanned() -> None:
    repositories = _registry().of_type("Repository")

    assert [item.inputs["name"] for item in repositories] == [
        "tokenworks-aws-dev/model-server",
        "tokenworks-aws-dev/weights-loader",
    ]
    for item in repositories:
        assert item.inputs["imageTagMutability"] == "IMMUTABLE"
        assert item.inputs["imageScanningConfiguration"] == {"scanOnPush": True}


def test_only_images_without_a_tag_expire() -> None:
    """A tag may be running somewhere, however old it is."""
    for item in _registry().of_type("LifecyclePolicy"):
        rules = json.loads(str(item.inputs["policy"]))["rules"]
        assert [rule["selection"]["tagStatus"] for rule in rules] == ["untagged"]


@pytest.mark.parametrize("protected", [True, False])
def test_a_protected_platform_keeps_repositories_with_images(*, protected: bool) -> None:
    for item in _registry(protected=protected).of_type("Repository"):
        assert item.inputs["forceDelete"] is not protected


def test_registries_without_credentials_are_cached() -> None:
    rules = _registry().of_type("PullThroughCacheRule")

    assert [item.inputs["upstreamRegistryUrl"] for item in rules] == [
        *("registry.k8s.io", "quay.io", "public.ecr.aws")
    ]
    assert not [item for item in rules if "credentialArn" in item.inputs]


def test_two_platforms_of_one_account_cache_apart() -> None:
    other = replace(examples.PLATFORM, name="aws-staging")

    assert cache_root(other) != cache_root(examples.PLATFORM)
