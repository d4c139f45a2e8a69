"""What a translation writes is built by the real program, not only loaded."""

from pathlib import Path

import pytest

from infra.graph.record import record_stack
from infra.spec.cloud import CloudProvider
from infra.translate.environment import translate
from infra.translate.write import write_stacks
from tests.support.projects import make_project

PACKAGES = {CloudProvider.AWS: "aws", CloudProvider.GCP: "gcp"}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("stack", "target"),
    [("aws-prod", CloudProvider.GCP), ("gcp-prod", CloudProvider.AWS)],
)
def test_every_stack_that_comes_out_can_be_built_and_is_of_one_cloud(
    stack: str, target: CloudProvider, tmp_path: Path
) -> None:
    translated = translate(stack, target)
    project = make_project(tmp_path / "project", {})
    write_stacks(translated, project / "stacks")

    packages = {
        item.package
        for one in translated
        for item in record_stack(one.name, folder=project).resources
    }

    assert PACKAGES[target] in packages
    assert not (set(PACKAGES.values()) - {PACKAGES[target]}) & packages
