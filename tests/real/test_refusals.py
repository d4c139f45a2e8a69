"""What the simulated AWS refuses, in the words that the real engine shows a person.

All that it refuses is listed in `tests/unit/rehearsal/aws/test_refusals*.py`. Here is one of each
way that a refusal takes to the screen: of a create, of an input, and of a delete.
"""

from collections.abc import Iterator

import pytest

from infra.rehearsal.ladder import Programs
from infra.replies import blocks, text
from tests.support.account import Place, open_account

pytestmark = pytest.mark.real

STACK = "refused"
PROGRAM = """
import json
import pulumi
import pulumi_aws as aws

opts = pulumi.ResourceOptions(provider=aws.Provider("aws", region="us-east-1"))
trust = json.dumps({"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "eks.amazonaws.com"}}]})
vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=opts)
pulumi.export("vpc", vpc.id)
match pulumi.Config().get("case"):
    case "overlap":
        one = aws.ec2.Subnet("one", vpc_id=vpc.id, cidr_block="10.0.0.0/24", opts=opts)
        after = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[one]))
        aws.ec2.Subnet("two", vpc_id=vpc.id, cidr_block="10.0.0.128/25", opts=after)
    case "twin":
        one = aws.iam.Role("one", name="twin", assume_role_policy=trust, opts=opts)
        after = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[one]))
        aws.iam.Role("two", name="twin", assume_role_policy=trust, opts=after)
    case "unknown":
        pulumi.CustomResource("aws:ec2/vpc:Vpc", "typo", {"cidrBlok": "10.1.0.0/16"}, opts)
    case "type":
        pulumi.CustomResource("aws:ec2/vpc:Vpc", "typed", {"cidrBlock": 10}, opts)
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, programs: Programs) -> Iterator[Place]:
    """One account for all tests here: each `up` takes away what the one before made."""
    root = tmp_path_factory.mktemp("refusing")
    with open_account(root, "refusing", PROGRAM, programs.path("pulumi")) as place:
        yield place


def errors(place: Place, case: str) -> str:
    """Return what a person reads after `up`."""
    place.configure(STACK, {"refusing:case": case})
    result = place.session.up(STACK)
    assert result.ok is (case == "none"), result.errors
    return "\n".join(result.errors)


@pytest.mark.parametrize(
    ("case", "words"),
    [
        (
            "overlap",
            "CreateSubnet: InvalidSubnet.Conflict: The CIDR '10.0.0.128/25' conflicts with",
        ),
        ("twin", "CreateRole: EntityAlreadyExists: Role with name twin already exists."),
        ("unknown", "property cidrBlok value {10.1.0.0/16} has a problem: no such property"),
        ("type", "property cidrBlock value {10} has a problem: must be a string, got a number"),
    ],
)
def test_a_person_reads_what_aws_says(place: Place, case: str, words: str) -> None:
    assert words in errors(place, case)


def test_a_person_reads_why_something_stays(place: Place) -> None:
    assert errors(place, "none") == ""
    state = blocks(dict(place.session.export(STACK)), "deployment.resources")
    (vpc_id,) = [text(item, "id") for item in state if item["type"] == "aws:ec2/vpc:Vpc"]
    place.api.call(
        "ec2", "CreateSecurityGroup", GroupName="by-hand", Description="by hand", VpcId=vpc_id
    )

    result = place.session.destroy(STACK)

    assert not result.ok
    said = "\n".join(result.errors)
    assert f"DeleteVpc: DependencyViolation: The vpc '{vpc_id}' has dependencies and cannot" in said
