"""Stores of samples of the simulated AWS."""

import pytest

from tests.unit.rehearsal.aws.scene import KEY, WORKSPACE, Scene
from tests.unit.rehearsal.cloud.wire import RefusedError


def test_a_store_comes_back_as_it_was_declared_and_leaves_nothing(scene: Scene) -> None:
    made = scene.make(WORKSPACE, alias="tokenworks-dev", tags={"Name": "samples"})

    assert made.physical_id.startswith("ws-")
    assert made.physical_id in str(made["prometheusEndpoint"])
    assert made["tagsAll"] == {"Name": "samples"}
    assert scene.engine.read(made) == made
    scene.drop(made)
    assert scene.engine.read(made) is None


def test_its_name_changes_in_place_and_its_key_does_not(scene: Scene) -> None:
    key = scene.make(KEY)["arn"]
    made = scene.make(WORKSPACE, alias="one", kmsKeyArn=key)

    assert scene.engine.update(made, alias="two", kmsKeyArn=key)["alias"] == "two"
    other = scene.make(KEY)["arn"]
    assert list(scene.engine.diff(made, kmsKeyArn=other).replaces) == ["kmsKeyArn"]


def test_a_key_that_is_not_there_is_refused(scene: Scene) -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"

    with pytest.raises(RefusedError, match=r"^CreateWorkspace: ValidationException"):
        scene.make(WORKSPACE, kmsKeyArn=key)
