"""Stacks whose logs, and on AWS samples, the cloud keeps: they come, stay, and go whole."""

import pytest

from infra.rehearsal.ladder import Programs
from infra.rehearsal.leftovers import leftovers
from tests.support.graphs import GCP_IN_CLOUD, IN_CLOUD, in_cloud
from tests.support.projects import make_project
from tests.support.stage import open_stage

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.mark.parametrize("stack", [IN_CLOUD, GCP_IN_CLOUD])
def test_a_stack_with_the_clouds_own_stores_comes_and_goes_whole(
    stack: str, tmp_path_factory: pytest.TempPathFactory, programs: Programs
) -> None:
    project = make_project(tmp_path_factory.mktemp("in") / "it", in_cloud(stack))
    with open_stage(project, stack, programs) as stage:
        up = stage.session.up(stack)
        assert up.ok, up.errors
        again = stage.session.preview(stack, expect_no_changes=True)
        assert (again.ok, dict(again.changed)) == (True, {}), again.errors

        down = stage.session.destroy(stack)

        assert down.ok, down.errors
        assert leftovers(stage.site, stage.before) == []
