"""The policy pack in the real engine: what it forbids is never begun, and unknowns do not pass."""

from collections.abc import Iterator

import pytest

from infra.rehearsal.engine import OperationResult
from infra.rehearsal.ladder import Programs
from infra.replies import blocks
from tests.support.account import Place, open_account
from tests.support.projects import ROOT

pytestmark = pytest.mark.real

STACK = "aws-judged"
PROGRAM = """
import pulumi
import pulumi_aws as aws

opts = pulumi.ResourceOptions(provider=aws.Provider("aws", region="us-east-1"))
vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=opts)


def group(machine, least, most, image=None):
    aws.eks.NodeGroup(
        "group",
        cluster_name="none",
        node_role_arn="arn:aws:iam::123456789012:role/none",
        subnet_ids=[vpc.id],
        instance_types=[machine],
        ami_type=image,
        scaling_config={"min_size": least, "max_size": most, "desired_size": least},
        labels={"tokenworks.dev/pool": "l4"},
        opts=opts,
    )


match pulumi.Config().get("case"):
    case "cost":
        group("g6e.12xlarge", 1, 1)
    case "security":
        aws.ec2.LaunchTemplate(
            "template", metadata_options={"http_tokens": "optional"}, opts=opts)
    case "reliability":  # GPUs that no device plugin offers
        group("g6.xlarge", 0, 1, "AL2023_x86_64_NVIDIA")
    case "unknown":
        one = vpc.id.apply(lambda _: 1)
        group(vpc.id.apply(lambda _: "g6.2xlarge"), one, one)
"""
SETTINGS = {
    "tokenworks:environment": "dev",
    "tokenworks:cloud": {"provider": "aws", "region": "us-east-1"},
    "tokenworks:gpuPools": [{"name": "l4", "gpu": "L4", "onDemand": {"min": 0, "max": 1}}],
    "tokenworks:budget": {"monthlyUsd": 1000, "receivers": ["ada@example.com"]},
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, programs: Programs) -> Iterator[Place]:
    """One account, guarded by the pack, for all tests here."""
    root = tmp_path_factory.mktemp("judged")
    (root / "policies").symlink_to(ROOT / "policies", target_is_directory=True)
    pulumi, packs = programs.path("pulumi"), [root / "policies"]
    with open_account(root, "judged", PROGRAM, pulumi, packs) as place:
        yield place


def up(place: Place, case: str) -> OperationResult:
    """Run `pulumi up --yes` on one case of the program."""
    place.configure(STACK, {**SETTINGS, "judged:case": case})
    return place.session.up(STACK, after_preview=True)


def vpcs(place: Place) -> int:
    """Return how many networks the account has beside its default one."""
    found = place.api.call("ec2", "DescribeVpcs")
    return sum(1 for vpc in blocks(found, "Vpcs") if not vpc["IsDefault"])


@pytest.mark.parametrize(
    ("case", "rule"),
    [
        ("cost", "month-within-budget"),
        ("security", "nodes-require-imdsv2"),
        ("reliability", "one-gpu-advertiser"),
        ("unknown", "month-within-budget"),
    ],
)
def test_what_is_forbidden_stops_the_update_before_anything_is_created(
    place: Place, case: str, rule: str
) -> None:
    result = up(place, case)

    assert result.exit_code != 0
    assert any(error.startswith(f"{rule}: ") for error in result.errors), result.errors
    assert vpcs(place) == 0


def test_a_preview_in_which_every_price_is_unknown_does_not_pass(place: Place) -> None:
    place.configure(STACK, {**SETTINGS, "judged:case": "unknown"})

    result = place.session.preview(STACK)

    assert result.exit_code != 0
    assert any("cannot be held" in error for error in result.errors), result.errors


def test_what_is_allowed_is_created(place: Place) -> None:
    result = up(place, "none")

    assert result.ok, result.errors
    assert vpcs(place) == 1
