"""The engine's own preview of the present code, on the state that the last release left."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.rehearsal.ladder import Programs
from infra.upgrade.preview import preview_losses
from tests.support.kept_state import STACKS, protected, restore
from tests.support.projects import write_program
from tests.support.releases import last_release, project_of
from tests.support.stage import Stage, open_stage

pytestmark = pytest.mark.real

RELEASE = last_release()
CLUSTER = "urn:pulumi:aws-prod::tokenworks::tokenworks:aws:Cluster"
RENAMED = """\
import pulumi
from infra.config import running_spec
from infra.layers import build, foundation_aws

Cluster = foundation_aws.Cluster
foundation_aws.Cluster = lambda name, *a, **k: Cluster(f"{name}-renamed", *a, **k)
build(running_spec())
"""


@pytest.fixture(scope="module", params=STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    """Production on each cloud."""
    return request.param


@pytest.fixture(scope="module")
def project(stack: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project_of(RELEASE, tmp_path_factory.mktemp(stack) / "it")


@pytest.fixture(scope="module")
def stage(stack: str, project: Path, programs: Programs) -> Iterator[Stage]:
    """An empty place whose engine has the state of the last release."""
    with open_stage(project, stack, programs) as opened:
        restore(stack, RELEASE, opened)
        yield opened


def test_the_preview_replaces_no_cluster_pool_bucket_or_database(stage: Stage, stack: str) -> None:
    result = stage.session.preview(stack)

    found = preview_losses(stack, result.steps, protected(stack, RELEASE))
    assert not found, "\n".join(map(str, found))
    assert result.ok, result.errors
    assert result.changes["same"] > 200


@pytest.mark.slow  # by graphs `make test` sees it, too: tests/unit/upgrade
def test_a_renamed_component_fails_the_preview_and_it_says_which_urn(
    stage: Stage, stack: str, project: Path
) -> None:
    if stack != "aws-prod":
        pytest.skip("one cloud shows it")
    write_program(project, RENAMED)

    result = stage.session.preview(stack)

    found = {one.urn: one for one in preview_losses(stack, result.steps, protected(stack, RELEASE))}
    lost = f"{CLUSTER}$aws:eks/cluster:Cluster::aws-prod-cluster-control-plane"
    assert found[lost].action == "delete", result.errors
    assert not result.ok
