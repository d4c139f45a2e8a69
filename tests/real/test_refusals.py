"""What the simulated AWS refuses, in the words that the real engine shows a person.

All that it refuses is listed in `tests/unit/rehearsal/aws/test_refusals*.py`. Here is one of each
way that a refusal takes to the screen: of a create, of an input, and of a delete.
"""

import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from infra.rehearsal.control_plane.start import free_ports
from infra.rehearsal.engine import EngineSession
from infra.rehearsal.ladder import Programs
from infra.rehearsal.loopback_api import LoopbackAwsApi
from infra.replies import blocks, text

pytestmark = pytest.mark.real

STACK = "refused"
REGION = "us-east-1"
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


@dataclass(frozen=True)
class Place:
    """A simulated AWS without a cluster, and the engine on a program of the test."""

    root: Path
    session: EngineSession
    api: LoopbackAwsApi

    def errors(self, case: str) -> str:
        """Return what a person reads after `up`."""
        path = self.root / "stacks" / f"Pulumi.{STACK}.yaml"
        path.write_text(yaml.safe_dump({"config": {"refusing:case": case}}), encoding="utf-8")
        self.session.init_stack(STACK)
        result = self.session.up(STACK)
        assert result.ok is (case == "none"), result.errors
        return "\n".join(result.errors)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, programs: Programs) -> Iterator[Place]:
    """One account for all tests here: each `up` takes away what the one before made."""
    root = tmp_path_factory.mktemp("refusing")
    for folder in ("infra", "stacks"):
        (root / folder).mkdir()
    (root / "infra" / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    project = """
        name: refusing
        runtime: {name: python, options: {toolchain: uv, virtualenv: .venv}}
        main: infra
        stackConfigDir: stacks
    """
    (root / "Pulumi.yaml").write_text(textwrap.dedent(project), encoding="utf-8")
    port, api_port = free_ports(2)
    state = root / "state.json"
    command = [
        *(sys.executable, "-m", "infra.rehearsal.aws", "--state-file", str(state)),
        *("--port", str(port), "--authenticator-port", str(api_port)),
    ]
    with (
        (root / "log").open("wb") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as cloud,
    ):
        assert cloud.stdout is not None
        assert cloud.stdout.readline(), (root / "log").read_text(encoding="utf-8")
        key = json.loads(state.read_text(encoding="utf-8"))
        session = EngineSession(
            programs.path("pulumi"),
            root,
            root / ".rehearsal" / "engine",
            debug_providers={"aws": port},
            credentials={
                "AWS_ACCESS_KEY_ID": key["accessKeyId"],
                "AWS_SECRET_ACCESS_KEY": key["secretAccessKey"],
                "AWS_REGION": REGION,
            },
        )
        api = LoopbackAwsApi(f"http://127.0.0.1:{api_port}", key["secretAccessKey"], REGION)
        yield Place(root, session, api)
        cloud.kill()


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
    assert words in place.errors(case)


def test_a_person_reads_why_something_stays(place: Place) -> None:
    assert place.errors("none") == ""
    state = blocks(dict(place.session.export(STACK)), "deployment.resources")
    (vpc_id,) = [text(item, "id") for item in state if item["type"] == "aws:ec2/vpc:Vpc"]
    place.api.call(
        "ec2", "CreateSecurityGroup", GroupName="by-hand", Description="by hand", VpcId=vpc_id
    )

    result = place.session.destroy(STACK)

    assert not result.ok
    said = "\n".join(result.errors)
    assert f"DeleteVpc: DependencyViolation: The vpc '{vpc_id}' has dependencies and cannot" in said
