"""A type that a stack creates and that nobody can look for would stop every recovery."""

import re
from pathlib import Path

import pytest

from infra.recovery.aws.finders import FINDERS as AWS
from infra.recovery.gcp.finders import FINDERS as GCP

GOLDENS = Path(__file__).parents[2] / "golden"
TYPE = re.compile(r"^  type: ((?:aws|gcp):\S+)$", re.MULTILINE)


@pytest.mark.parametrize("golden", sorted(GOLDENS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_type_that_our_stacks_create_can_be_found(golden: Path) -> None:
    declared = {*TYPE.findall(golden.read_text("utf-8"))}

    assert declared <= AWS.keys() | GCP.keys()
    assert declared or golden.stem.endswith("-models")
