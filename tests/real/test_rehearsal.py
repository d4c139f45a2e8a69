"""The main job, seen from outside: a stack comes up, stays as it is, changes, and goes."""

import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from infra.rehearsal.clouds import aws as clouds
from infra.rehearsal.kubernetes.client import MERGE_PATCH
from infra.rehearsal.ladder import Programs
from infra.rehearsal.leftovers import leftovers
from infra.rehearsal.nodes.report import placements, pool_gpus
from infra.replies import blocks, text
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
    from infra.wire import Value

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


def test_a_destroy_stops_at_what_a_forgotten_load_balancer_holds(stage: Stage) -> None:
    """Somebody else's Service: the cluster goes, its controller with it, and nobody cleans up."""
    api = stage.site.api
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "foreign"}})
    ports = [{"port": 80, "protocol": "TCP"}]
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": "shop",
            "namespace": "foreign",
            # Of a public one the internet gateway would tell first.
            "annotations": {"service.beta.kubernetes.io/aws-load-balancer-internal": "true"},
        },
        "spec": {"type": "LoadBalancer", "ports": ports, "selector": {"app": "shop"}},
    }
    api.create(service)
    name = _address(stage).split(".")[0]

    result = stage.session.destroy(STACK)

    assert not result.ok
    said = "\n".join(result.errors)
    assert "DeleteSubnet: DependencyViolation: The subnet 'subnet-" in said
    assert "has dependencies and cannot be deleted." in said
    left = _things(stage)
    assert f"load balancer {name}" in left
    assert f"security group k8s-elb-{name}" in left
    assert not any(thing.startswith("cluster ") for thing in left)

    _remove_by_hand(stage, name)
    path = api.object_path("v1", "Service", "shop", "foreign")
    nothing = {"metadata": {"finalizers": []}}
    api.request("PATCH", path, nothing, content_type=MERGE_PATCH)
    api.delete("v1", "Namespace", "foreign")


def test_what_destroy_leaves_is_named(stage: Stage) -> None:
    foreign = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "forgotten", "namespace": "default"},
    }
    stage.site.api.create(foreign)

    result = stage.session.destroy(STACK)

    assert result.ok, result.errors
    assert [str(thing) for thing in leftovers(stage.site, stage.before)] == [
        "cluster: ConfigMap default/forgotten"
    ]
    stage.site.api.delete("v1", "ConfigMap", "forgotten", "default")
    assert leftovers(stage.site, stage.before) == []


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


def _address(stage: Stage) -> str:
    """Return the host name of the Service, once its controller has written it."""
    deadline = time.monotonic() + ADDRESS_SECONDS
    while time.monotonic() < deadline:
        found = stage.site.api.get("v1", "Service", "shop", "foreign")["status"]["loadBalancer"]
        if found:
            return found["ingress"][0]["hostname"]
        time.sleep(0.1)
    pytest.fail(f"after {ADDRESS_SECONDS:.0f} s the Service has no address")


def _things(stage: Stage) -> list[str]:
    return [f"{item['kind']} {item['name']}" for item in stage.site.cloud_inventory()]


def _remove_by_hand(stage: Stage, balancer: str) -> None:
    """Do what is left to the owner of the account when no controller is."""
    cloud = clouds.api(stage.site.door)
    cloud.call("elb", "DeleteLoadBalancer", LoadBalancerName=balancer)
    interfaces = cloud.call("ec2", "DescribeNetworkInterfaces")
    for item in blocks(interfaces, "NetworkInterfaces"):
        if text(item, "Description") == f"ELB {balancer}":
            cloud.call(
                "ec2", "DeleteNetworkInterface", NetworkInterfaceId=text(item, "NetworkInterfaceId")
            )
    named: list[Value] = [{"Name": "group-name", "Values": [f"k8s-elb-{balancer}"]}]
    groups = cloud.call("ec2", "DescribeSecurityGroups", Filters=named)
    cloud.call("ec2", "DeleteSecurityGroup", GroupId=text(groups, "SecurityGroups.0.GroupId"))
