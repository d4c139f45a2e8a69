"""What an engine's steps mean for a platform."""

from dataclasses import dataclass

import pytest

from infra.upgrade.preview import preview_losses

PREFIX = "urn:pulumi:dev::tokenworks::tokenworks:aws:GpuNodePool$"
GROUP = "aws:eks/nodeGroup:NodeGroup"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"


@dataclass(frozen=True)
class Planned:
    """A step."""

    op: str
    type: str = GROUP
    changed: tuple[str, ...] = ()

    @property
    def urn(self) -> str:
        """Of a resource below a pool."""
        return f"{PREFIX}{self.type}::l4"


@pytest.mark.parametrize("op", ["same", "create", "update", "read", "refresh"])
def test_a_pool_that_stays_is_no_loss(op: str) -> None:
    assert preview_losses("dev", [Planned(op)], ()) == []


def test_a_replacement_is_told_once_with_its_properties() -> None:
    steps = [
        Planned("create-replacement"),
        Planned("replace", changed=("instanceTypes[0]",)),
        Planned("delete-replaced"),
    ]

    (lost,) = preview_losses("dev", steps, ())

    assert (lost.action, lost.properties) == ("replace", ("instanceTypes[0]",))
    assert str(lost).splitlines()[:3] == [
        "dev: replace of a pool of GPU nodes, NodeGroup l4",
        f"  {PREFIX}{GROUP}::l4",
        "  because of instanceTypes[0]",
    ]


def test_what_the_state_protects_is_a_loss_whatever_it_is() -> None:
    step = Planned("delete", DEPLOYMENT)

    assert preview_losses("dev", [step], ()) == []
    assert [lost.action for lost in preview_losses("dev", [step], {step.urn})] == ["delete"]
