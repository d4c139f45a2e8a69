"""What a translation writes, rehearsed as its user would."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra.rehearsal.ladder import Programs
from infra.spec.cloud import CloudProvider
from infra.translate.environment import Translated, translate
from infra.translate.write import write_stacks
from tests.support.projects import make_project

pytestmark = pytest.mark.real

TOKENWORKS = Path(sys.executable).with_name("tokenworks")


@pytest.mark.parametrize(
    ("stack", "target"),
    [
        pytest.param("aws-dev", CloudProvider.GCP, id="aws-dev"),
        pytest.param("gcp-dev", CloudProvider.AWS, id="gcp-dev", marks=pytest.mark.slow),
        pytest.param("aws-prod", CloudProvider.GCP, id="aws-prod", marks=pytest.mark.slow),
        pytest.param("gcp-prod", CloudProvider.AWS, id="gcp-prod", marks=pytest.mark.slow),
    ],
)
def test_every_stack_that_a_translation_writes_comes_up_and_goes(
    stack: str, target: CloudProvider, programs: Programs, tmp_path: Path
) -> None:
    del programs  # they are installed
    translated = translate(stack, target)
    _decide_budget(translated)
    project = make_project(tmp_path / "it", {})
    write_stacks(translated, project / "stacks")

    command = [str(TOKENWORKS), "rehearse", translated[0].name, "--project", str(project)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=540, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    for one in translated:
        assert f"up {one.name}" in done.stdout
    assert "left behind      nothing" in done.stdout


def _decide_budget(translated: list[Translated]) -> None:
    """Do what the translation asks a person for: other machines and prices, another budget."""
    for one in translated:
        budget = one.config.get("tokenworks:budget")
        if not isinstance(budget, dict):
            continue
        assert {"budget.gpus", "budget.onUnknown"} <= {change.setting for change in one.changes}
        one.config["tokenworks:budget"] = {**budget, "gpus": 64, "onUnknown": "warn"}
