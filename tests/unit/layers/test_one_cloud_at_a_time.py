"""Loading one cloud's stack imports nothing of the other's SDK, nor of its components."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from infra.spec.files import stack_names
from tests.support.stacks import AWS_STACKS, GCP_STACKS

ROOT = Path(__file__).parents[3]
OF_A_CLOUD = {
    "aws": ("pulumi_aws", "boto3", "botocore", "moto", "components.aws"),
    "gcp": ("pulumi_gcp", "googleapiclient", "google.auth", "google.cloud", "components.gcp"),
}
PROGRAM = """
import json, sys
from infra.graph.record import record_stack
record_stack(sys.argv[1])
print(json.dumps(sorted(sys.modules)))
"""


def _loaded(stack: str) -> set[str]:
    """Return the modules of a process that ran the program for a stack."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, stack],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def _of(cloud: str, modules: set[str]) -> set[str]:
    names = OF_A_CLOUD[cloud]
    return {
        module
        for module in modules
        if any(module == name or module.startswith(f"{name}.") for name in names)
    }


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("stack", "own", "other"), [("aws-dev", "aws", "gcp"), ("gcp-dev", "gcp", "aws")]
)
def test_the_program_of_a_stack_loads_its_own_cloud_and_not_the_other(
    stack: str, own: str, other: str
) -> None:
    modules = _loaded(stack)

    assert _of(own, modules), "nothing of its own was loaded: the names above are out of date"
    assert _of(other, modules) == set()


def test_every_stack_is_of_one_of_the_clouds_above() -> None:
    assert {*AWS_STACKS, *GCP_STACKS} == set(stack_names())
