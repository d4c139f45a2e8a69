"""A stack in a network of somebody else's: it comes, it goes, and the network stays as it was."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from infra.aws_api import AwsApi, listed
from infra.rehearsal.cloud.recording import timeless
from infra.rehearsal.clouds import aws as clouds
from infra.rehearsal.control_plane.start import free_ports
from infra.rehearsal.existing_network import ExistingNetwork
from infra.rehearsal.ladder import Programs
from infra.rehearsal.leftovers import leftovers
from infra.rehearsal.loopback_api import LoopbackAwsApi
from infra.replies import text, texts
from tests.support.projects import make_project, stack_config
from tests.support.stage import open_stage

pytestmark = pytest.mark.real

STACK = "aws-dev"
REGION = "us-east-1"
VPC = "vpc-0123456789abcdef0"
PRIVATE = ("subnet-0123456789abcdef0", "subnet-0123456789abcdef1")
PUBLIC = ("subnet-0123456789abcdef2",)
TOKENWORKS = Path(sys.executable).with_name("tokenworks")
LISTS = (
    *("Vpcs", "Subnets", "RouteTables", "SecurityGroups", "NetworkAcls", "InternetGateways"),
    *("NatGateways", "VpcEndpoints", "NetworkInterfaces", "Addresses", "FlowLogs"),
)


def foreign_config() -> dict[str, object]:
    """Return aws-dev's settings in a network that exists."""
    config = stack_config()
    config["tokenworks:network"] = {
        "vpcId": VPC,
        "privateSubnetIds": [*PRIVATE],
        "publicSubnetIds": [*PUBLIC],
    }
    return config


def world(api: AwsApi) -> dict[str, object]:
    """Return all that is to be seen of networks, without times, in any order."""
    return {
        at: sorted(json.dumps(timeless(item), sort_keys=True) for item in found)
        for at in LISTS
        for found in [listed(api, "ec2", f"Describe{at}", at)]
    }


def test_a_stack_comes_and_goes_and_leaves_the_network_as_it_was(
    tmp_path: Path, programs: Programs
) -> None:
    project = make_project(tmp_path / "it", {STACK: foreign_config()})
    with open_stage(project, STACK, programs) as stage:
        api = clouds.api(stage.site.door)
        before = world(api)

        up = stage.session.up(STACK)

        assert up.ok, up.errors
        assert [step.type for step in up.steps if step.type.startswith("aws:ec2/vpc:")] == []
        (cluster,) = texts(api.call("eks", "ListClusters"), "clusters")
        described = api.call("eks", "DescribeCluster", name=cluster)
        assert text(described, "cluster.resourcesVpcConfig.vpcId") == VPC
        assert {*texts(described, "cluster.resourcesVpcConfig.subnetIds")} == {*PRIVATE}
        again = stage.session.preview(STACK, expect_no_changes=True)
        assert (again.ok, dict(again.changed)) == (True, {}), again.errors

        down = stage.session.destroy(STACK)

        assert down.ok, down.errors
        assert leftovers(stage.site, stage.before) == []
        assert world(api) == before


def test_a_network_without_room_stops_a_rehearsal_before_anything_is_built(tmp_path: Path) -> None:
    config = foreign_config()
    config["tokenworks:cloud"]["networkCidr"] = "10.0.0.0/20"  # ty: ignore[invalid-assignment] - the file is ours
    config["tokenworks:gpuPools"][0]["spot"]["max"] = 90  # ty: ignore[not-subscriptable] - as above
    project = make_project(tmp_path / "it", {STACK: config})

    done = subprocess.run(
        [str(TOKENWORKS), "rehearse", STACK, "--project", str(project)],
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 1, done.stdout + done.stderr
    assert f"network {VPC}: 1 to mend, 0 advised" in done.stdout
    assert "network.privateSubnetIds: have too few free addresses" in done.stdout
    assert f"failed: {STACK} cannot come up in network {VPC}" in done.stderr
    assert f"up {STACK}" not in done.stdout


def test_the_network_is_the_same_after_a_kill_of_the_cloud(tmp_path: Path) -> None:
    network = ExistingNetwork(REGION, VPC, "10.0.0.0/16", PRIVATE, PUBLIC)
    network.write(tmp_path / "network")

    def seen() -> dict[str, object]:
        (port,) = free_ports(1)
        command = [
            *(sys.executable, "-m", "infra.rehearsal.aws", "--authenticator-port", str(port)),
            *("--state-file", str(tmp_path / "state"), "--journal", str(tmp_path / "journal")),
            *("--existing-network", str(tmp_path / "network")),
        ]
        with (
            tempfile.TemporaryFile() as log,
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as daemon,
        ):
            assert daemon.stdout is not None
            assert daemon.stdout.readline()
            key = json.loads((tmp_path / "state").read_text(encoding="utf-8"))["secretAccessKey"]
            found = world(LoopbackAwsApi(f"http://127.0.0.1:{port}", key, REGION))
            daemon.kill()
        return found

    first = seen()

    assert any(VPC in item for item in first["Vpcs"])  # ty: ignore[not-iterable] - a list of texts
    assert seen() == first
