"""The main job, seen from outside: a stack comes up, stays as it is, changes, and goes."""

import io
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from rich.console import Console

from infra.rehearsal.clouds import aws as clouds
from infra.rehearsal.destroying import place_of
from infra.rehearsal.ladder import Programs
from infra.rehearsal.leftovers import leftovers
from infra.rehearsal.nodes.report import placements, pool_gpus
from infra.rehearsal.screen import Screen
from infra.rehearsal.takedown import destroy_in_order
from infra.replies import blocks, tag_map, text
from tests.support.command import TOKENWORKS, run
from tests.support.projects import (
    ROOT,
    make_project,
    stack_config,
    two_stacks,
    write_stack,
)
from tests.support.stage import Stage, changed_steps, open_stage, replicas_and_room

if TYPE_CHECKING:
    from infra.wire import Properties, Value

pytestmark = pytest.mark.real

STACK = "aws-dev"
ADDRESS_SECONDS = 30.0


def git_status() -> str:
    command = ["git", "status", "--porcelain"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_project(tmp_path_factory.mktemp("project") / "it", {STACK: stack_config()})


@pytest.fixture(scope="module")
def stage(project: Path, programs: Programs) -> Iterator[Stage]:
    """aws-dev, up. The tests below run in their order; the last one destroys it."""
    with open_stage(project, STACK, programs) as opened:
        result = opened.session.up(STACK)
        assert result.ok, result.errors
        yield opened


@pytest.mark.parametrize("stack", [STACK, "gcp-dev"])
def test_one_command_brings_a_stack_up_looks_at_it_and_leaves_nothing(
    stack: str, programs: Programs
) -> None:
    before = git_status()

    done = run("rehearse", stack)

    assert done.returncode == 0, done.stdout + done.stderr
    for program in programs.by_name.values():
        assert f"{program.name} {program.version}" in done.stdout
    assert "emulates 1.35" in done.stdout
    assert "qwen2.5-7b: 1 on l4" in done.stdout
    assert "1 of 1 GPUs used" in done.stdout
    assert re.search(r"KV cache [\d.]+ GiB a GPU, [\d,]+ tokens: [\d.]+ requests", done.stdout)
    assert f"  sweep  {stack}: kept, no preview stack" in done.stdout
    assert re.search(r"its output alone claims: refused, [1-9]\d* marks", done.stdout)
    assert "left behind      nothing" in done.stdout
    assert re.search(r"secrets +([2-9]|\d\d+), none out", done.stdout)
    assert git_status() == before


def test_the_models_pod_is_on_a_node_of_its_own_pool(stage: Stage) -> None:
    (placement,) = placements(stage.site.api)

    assert (placement.model, placement.pool, placement.running) == ("qwen2-5-7b", "l4", True)
    assert [(gpus.pool, gpus.bought, gpus.used) for gpus in pool_gpus(stage.site.api)] == [
        ("l4", 1, 1)
    ]


def test_a_second_preview_finds_nothing_to_change(stage: Stage) -> None:
    result = stage.session.preview(STACK, expect_no_changes=True)

    assert result.ok, result.errors
    assert not result.changed


def test_a_refresh_finds_only_the_nodes_that_the_autoscaler_added(stage: Stage) -> None:
    result = stage.session.refresh(STACK)

    assert result.ok, result.errors
    found = {(step.name, step.type) for step in changed_steps(result)}
    grown = ("l4-spot", "aws:eks/nodeGroup:NodeGroup")
    # Which pods land together decides whether the system pool needs a node more.
    perhaps = ("system-on-demand", "aws:eks/nodeGroup:NodeGroup")
    assert grown in found
    assert found <= {grown, perhaps}
    # Pulumi does not take the node back: the size between the bounds is the autoscaler's.
    assert not stage.session.preview(STACK, expect_no_changes=True).changed


def test_two_replicas_show_exactly_that_change(stage: Stage, project: Path) -> None:
    config = stack_config()
    config["tokenworks:models"][0]["replicas"] = {"min": 2, "max": 2}  # ty: ignore[not-subscriptable] - the file is ours
    write_stack(project, STACK, config)
    stage.session.init_stack(STACK)

    result = stage.session.preview(STACK)

    assert result.ok, result.errors
    assert replicas_and_room(result) == {"qwen2-5-7b"}


def test_the_second_replica_gets_the_second_node(stage: Stage) -> None:
    result = stage.session.up(STACK)

    assert result.ok, result.errors
    nodes = {placement.node for placement in placements(stage.site.api) if placement.pool == "l4"}
    assert len(nodes) == 2


def test_a_destroy_takes_what_controllers_made_and_nothing_of_a_look_alike(stage: Stage) -> None:
    """Somebody's own objects in our cluster, and somebody else's network beside ours."""
    _put_strangers(stage)
    ours = _things(stage)
    theirs = _build_look_alike(stage)
    before = _seen(stage, theirs)
    for kind in ("load balancer", "network load balancer", "target group", "volume"):
        assert any(thing.startswith(f"{kind} ") for thing in ours), kind
    said: list[str] = []
    place = place_of(stage.site, stage.session, Screen(Console(file=io.StringIO())))

    marks = destroy_in_order([STACK], place, said.append)

    assert ["Service foreign/shop" in line for line in said].count(True) == 1
    assert {thing["id"] for thing in stage.site.cloud_inventory()} == theirs
    assert _seen(stage, theirs) == before
    assert place.look(marks).lines == []
    _remove_look_alike(stage, theirs)
    stage.site.api.delete("v1", "Namespace", "foreign")
    _require_left(stage, [])


def test_what_destroy_leaves_is_named(stage: Stage) -> None:
    foreign = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "forgotten", "namespace": "default"},
    }
    stage.site.api.create(foreign)

    _require_left(stage, ["cluster: ConfigMap default/forgotten"])

    stage.site.api.delete("v1", "ConfigMap", "forgotten", "default")
    _require_left(stage, [])


def test_a_model_that_does_not_fit_fails_on_the_schedulers_verdict(tmp_path: Path) -> None:
    config = stack_config()
    (model,) = config["tokenworks:models"]  # ty: ignore[not-iterable] - the file is ours
    small = {"cpu": 1, "memoryGib": 8, "sharedMemoryGib": 2}
    config["tokenworks:models"] = [
        {**model, **small, "name": "too-many-gpus", "tensorParallel": 2},
        {**model, **small, "name": "too-much-cpu", "cpu": 24},
        {**model, **small, "name": "too-much-memory", "memoryGib": 100},
    ]
    config["tokenworks:budget"]["monthlyUsd"] = 2000  # ty: ignore[invalid-assignment] - the file is ours
    project = make_project(tmp_path / "it", {STACK: config})

    done = run("rehearse", STACK, project=project)

    assert done.returncode == 1
    report = " ".join(done.stdout.split())
    for model_name, asked, lack in (
        ("too-many-gpus", "2 GPU", "Insufficient nvidia.com/gpu"),
        ("too-much-cpu", "24 CPU", "Insufficient cpu"),
        ("too-much-memory", "100.0 GiB memory", "Insufficient memory"),
    ):
        _, found, verdict = report.partition(f"model {model_name} does not fit pool l4")
        assert found, done.stdout
        verdict = verdict.split(" next ")[0]
        assert asked in verdict
        assert lack in verdict
        assert "1 GPU for pods" in verdict
        assert "still waiting" not in verdict


def test_a_model_beyond_the_quota_of_its_namespace_does_not_wait_for_its_timeout(
    tmp_path: Path,
) -> None:
    config = stack_config()
    (model,) = config["tokenworks:models"]  # ty: ignore[not-iterable] - the file is ours
    config["tokenworks:models"] = [{**model, "cpu": 64}]
    project = make_project(tmp_path / "it", {STACK: config})

    done = run("rehearse", STACK, project=project)

    assert done.returncode == 1
    report = " ".join((done.stdout + done.stderr).split())
    assert "the API server lets no pod in" in report
    assert "exceeded quota: quota, requested: requests.cpu=64" in report


def test_a_program_that_dies_ends_the_rehearsal_and_is_named(tmp_path: Path) -> None:
    project = make_project(tmp_path / "it", {STACK: stack_config()})
    command = [str(TOKENWORKS), "rehearse", STACK, "--project", str(project)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if line.strip().startswith("start "):
                break
        for process in psutil.process_iter():
            if process.name() == "kube-scheduler" and str(project) in " ".join(process.cmdline()):
                process.kill()
        rest = running.stdout.read()

    assert running.returncode == 1
    assert "kube-scheduler: ended" in rest


@pytest.mark.slow  # `make test` has its whole time in an hour (2026-11-27)
def test_a_stack_that_extends_another_is_rehearsed_on_it(tmp_path: Path) -> None:
    project = make_project(tmp_path / "it", two_stacks())

    done = run("rehearse", "aws-base-models", project=project)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "up aws-base " in done.stdout
    assert "up aws-base-models" in done.stdout
    assert "qwen2.5-7b: 1 on l4" in done.stdout
    assert "left behind      nothing" in done.stdout


def _require_left(stage: Stage, wanted: list[str]) -> None:
    assert [str(thing) for thing in leftovers(stage.site, stage.before)] == wanted


def _put_strangers(stage: Stage) -> None:
    """Let somebody make a Service and a claim with `kubectl`, and wait for the load balancer."""
    api = stage.site.api
    metadata = {"name": "shop", "namespace": "foreign"}
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "foreign"}})
    ports = [{"port": 80, "protocol": "TCP"}]
    spec = {"type": "LoadBalancer", "ports": ports, "selector": {"app": "shop"}}
    api.create({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec})
    claim = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
    }
    api.create(
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": claim}
    )
    deadline = time.monotonic() + ADDRESS_SECONDS
    while time.monotonic() < deadline:
        if api.get("v1", "Service", "shop", "foreign")["status"]["loadBalancer"]:
            return
        time.sleep(0.1)
    pytest.fail(f"after {ADDRESS_SECONDS:.0f} s the Service has no address")


def _things(stage: Stage) -> list[str]:
    return [f"{item['kind']} {item['name']}" for item in stage.site.cloud_inventory()]


def _build_look_alike(stage: Stage) -> set[str]:
    """Build a network with our names and another platform's marks; return the ids of its things."""
    before = {thing["id"] for thing in stage.site.cloud_inventory()}
    cloud = clouds.api(stage.site.door)
    (named,) = (
        tag_map(vpc["Tags"])["Name"]
        for vpc in blocks(cloud.call("ec2", "DescribeVpcs"), "Vpcs")
        if tag_map(vpc.get("Tags")).get("tokenworks.dev/platform") == STACK
    )
    marks = {"Name": named, f"kubernetes.io/cluster/tokenworks-{STACK}-2": "owned"}
    tags: list[Value] = [{"Key": key, "Value": value} for key, value in marks.items()]

    def worn(kind: str) -> "list[Value]":
        return [{"ResourceType": kind, "Tags": tags}]

    vpc = cloud.call("ec2", "CreateVpc", CidrBlock="10.0.0.0/16", TagSpecifications=worn("vpc"))
    cloud.call(
        "ec2",
        "CreateSubnet",
        VpcId=text(vpc, "Vpc.VpcId"),
        CidrBlock="10.0.0.0/20",
        TagSpecifications=worn("subnet"),
    )
    cloud.call(
        "ec2",
        "CreateVolume",
        AvailabilityZone="us-east-1a",
        Size=8,
        TagSpecifications=worn("volume"),
    )
    cloud.call("logs", "CreateLogGroup", logGroupName=f"/aws/eks/tokenworks-{STACK}-2/cluster")
    return {thing["id"] for thing in stage.site.cloud_inventory()} - before


def _seen(stage: Stage, ids: set[str]) -> "list[Properties]":
    """Return all that AWS says of some things of EC2."""
    cloud = clouds.api(stage.site.door)
    return [
        thing
        for at, key in (("Vpcs", "VpcId"), ("Subnets", "SubnetId"), ("Volumes", "VolumeId"))
        for thing in blocks(cloud.call("ec2", f"Describe{at}"), at)
        if thing[key] in ids
    ]


def _remove_look_alike(stage: Stage, ids: set[str]) -> None:
    cloud = clouds.api(stage.site.door)
    for start, operation, key in (
        ("vol-", "DeleteVolume", "VolumeId"),
        ("subnet-", "DeleteSubnet", "SubnetId"),
        ("vpc-", "DeleteVpc", "VpcId"),
    ):
        for one in ids:
            if one.startswith(start):
                cloud.call("ec2", operation, **{key: one})
    group = f"/aws/eks/tokenworks-{STACK}-2/cluster"
    cloud.call("logs", "DeleteLogGroup", logGroupName=group)
