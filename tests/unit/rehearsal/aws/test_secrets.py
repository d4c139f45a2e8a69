"""Secrets Manager of the simulated AWS."""

import pytest

from tests.unit.rehearsal.aws.scene import SECRET, Scene
from tests.unit.rehearsal.cloud.wire import RefusedError

NAME = "tokenworks/aws-dev/hub-token"


def test_a_secret_comes_back_as_it_was_declared_and_leaves_nothing(scene: Scene) -> None:
    made = scene.make(SECRET, name=f"{NAME}-1", description="Token", tags={"Name": "hub"})

    assert str(made["arn"]).startswith(
        f"arn:aws:secretsmanager:us-east-1:123456789012:secret:{NAME}-1-"
    )
    assert made["tagsAll"] == {"Name": "hub"}
    assert scene.engine.read(made) == made


def test_one_that_goes_at_once_leaves_its_name_free(scene: Scene) -> None:
    made = scene.make(SECRET, name=f"{NAME}-2", recoveryWindowInDays=0)
    scene.engine.delete(made)

    assert scene.make(SECRET, name=f"{NAME}-2", recoveryWindowInDays=0)["name"] == f"{NAME}-2"


def test_one_that_waits_for_its_end_keeps_its_name(scene: Scene) -> None:
    made = scene.make(SECRET, name=f"{NAME}-3", recoveryWindowInDays=30)
    scene.engine.delete(made)

    with pytest.raises(RefusedError, match="already exists"):
        scene.make(SECRET, name=f"{NAME}-3", recoveryWindowInDays=30)


@pytest.mark.parametrize("days", [1, 6, 31])
def test_a_window_that_aws_does_not_offer_is_refused(scene: Scene, days: int) -> None:
    with pytest.raises(RefusedError, match="not 0 or from 7 to 30"):
        scene.make(SECRET, name=f"{NAME}-4", recoveryWindowInDays=days)


def test_description_and_key_change_in_place(scene: Scene) -> None:
    made = scene.make(SECRET, name=f"{NAME}-5", description="one")

    changed = scene.engine.update(made, description="two")

    assert changed["description"] == "two"
    assert changed.physical_id == made.physical_id
