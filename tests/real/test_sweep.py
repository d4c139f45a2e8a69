"""A sweep on the real engine: the one expired preview stack goes, and nothing else is touched.

Five stacks share a backend and an account. The expired one is the foundation of our own program, as
a pull request brings it up; the others are small programs with our tags, in the same project. Who
sweeps has no stack file of any of them. Things of nobody's stack have names like the expired one's.
"""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from infra.cli import app
from infra.destroy.found import Look
from infra.rehearsal.clouds import CloudDoor, aws, gcp
from infra.rehearsal.destroying import RehearsedCluster
from infra.rehearsal.engine import EngineSession
from infra.rehearsal.engine.environment import EngineFolders, engine_environment
from infra.rehearsal.ladder import Programs
from infra.rehearsal.leftovers import Thing, cluster_objects
from infra.spec.files import load_stack_file
from infra.sweep import backend
from infra.wire import Properties, Value
from tests.support.command import run
from tests.support.projects import make_project, stack_config, write_program
from tests.support.stage import Stage, open_stage

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(900)]

SETTLE_SECONDS = 60.0
POLL_SECONDS = 0.5
PAST, FUTURE = "2026-11-01", "2099-12-31"
SMALL = """
import pulumi
from components.handles import PlatformRef
from infra.spec.environment import Environment

def platform(name):
    return PlatformRef(name, Environment.DEV, {region!r}, expires)

settings = pulumi.Config("small")
expires = settings.get("expires")
stack = pulumi.get_stack()
own = platform(stack)
if expires:
    pulumi.export("expires", expires)
"""
PROGRAMS = {
    "aws": SMALL
    + """
import pulumi_aws as aws
from components.aws.provider import aws_provider
from components.aws.tags import tags

opts = pulumi.ResourceOptions(provider=aws_provider("it", own))
for name, whose in (("own", stack), ("other", settings.get("other"))):
    if whose:
        marks = tags(platform(whose), "vpc")
        aws.ec2.Vpc(name, cidr_block="10.9.0.0/16", tags=marks, opts=opts)
""",
    "gcp": SMALL
    + """
import pulumi_gcp as gcp
from components.gcp.provider import gcp_provider
from components.gcp.tags import labels

opts = pulumi.ResourceOptions(provider=gcp_provider("it", own, {project!r}))
for name, whose in (("own", stack), ("other", settings.get("other"))):
    if whose:
        marks = labels(platform(whose))
        place = f"{{stack}}-{{name}}"
        gcp.storage.Bucket(name, name=place, location={region!r}, labels=marks, opts=opts)
""",
}


@dataclass(frozen=True)
class Scene:
    """All that stands before a sweep."""

    stage: Stage
    small: EngineSession
    expired: str
    empty: Path
    """A project without stack files."""
    foreign: list[dict[str, str]]
    """What was in the account before the expired stack came up."""

    def states(self) -> dict[str, Mapping[str, Value]]:
        """Return what the backend has of each stack that is not expired."""
        return {stack: self.small.export(stack) for stack in small_stacks(self.cloud)}

    @property
    def cloud(self) -> str:
        """The cloud that all of it is on."""
        return self.stage.site.cloud.provider

    def sweep(self, *options: str) -> tuple[int, list[str]]:
        """Run the command; return its exit code and what it said."""
        done = CliRunner().invoke(app, ["sweep", *options, "--project", str(self.empty)])
        return done.exit_code, done.output.splitlines()


def small_stacks(cloud: str) -> dict[str, dict[str, object]]:
    """Return the stacks that are to stay, each with its settings."""
    return {
        f"{cloud}-pr-70": {"small:expires": FUTURE},
        f"{cloud}-playground": {},
        f"{cloud}-pr-9": {"small:expires": PAST, "small:other": f"{cloud}-prod"},
    }


def put_foreign(cloud: str, door: CloudDoor, expired: str) -> None:
    """Put things into the account that look like the expired stack's and have no tags of ours."""
    if cloud == "aws":
        account = aws.api(door)
        named: Properties = {"Key": "Name", "Value": f"{expired}-vpc"}
        marks: list[Value] = [{"ResourceType": "vpc", "Tags": [named]}]
        account.call("ec2", "CreateVpc", CidrBlock="10.8.0.0/16", TagSpecifications=marks)
        account.call("logs", "CreateLogGroup", logGroupName=f"/aws/eks/tokenworks-{expired}0/it")
        account.call("s3", "CreateBucket", Bucket=f"tokenworks-{expired}-weights-of-somebody")
    else:
        project = gcp.api(door)
        body: Properties = {"name": f"tokenworks-{expired}0", "autoCreateSubnetworks": False}
        project.call("compute.networks.insert", body, project=project.project)
        bucket: Properties = {"name": f"{expired}-weights-of-somebody", "location": door.region}
        project.call("storage.buckets.insert", bucket, project=project.project)


@pytest.fixture(params=["aws", "gcp"])
def scene(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    programs: Programs,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Scene]:
    """The five stacks, and whoever sweeps: an engine on PATH and credentials of the account."""
    cloud, expired = request.param, f"{request.param}-pr-7"
    config = stack_config(f"{cloud}-dev") | {"tokenworks:layers": ["foundation"]}
    config.pop("tokenworks:models", None)
    config["tokenworks:preview"] = {"expires": PAST}
    project = make_project(tmp_path / "branch", {expired: config})
    where = load_stack_file(expired, project / "stacks").cloud
    others = make_project(tmp_path / "others", small_stacks(cloud))
    write_program(others, PROGRAMS[cloud].format(region=where.region, project=where.project))
    empty = make_project(tmp_path / "main", {})
    pulumi = programs.path("pulumi")
    with open_stage(project, expired, programs) as stage:
        site = stage.site
        ports, credentials = {cloud: site.provider_port}, site.cloud.credentials(site.door)
        folders = EngineFolders(site.folders.engine.absolute())
        small = EngineSession(
            pulumi, others, folders.root, debug_providers=ports, credentials=credentials
        )
        for stack in small_stacks(cloud):
            small.init_stack(stack)
            assert small.up(stack).errors == ()
        put_foreign(cloud, site.door, expired)
        foreign = site.cloud_inventory()
        assert stage.session.up(expired).errors == ()

        environment = engine_environment(folders, debug_providers=ports, credentials=credentials)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("PATH", str(pulumi.parent), prepend=":")
        # The SDKs know no address but the clouds' own.
        monkeypatch.setattr(backend, "look_of", lambda *_where: _look(stage))
        cluster = RehearsedCluster(site.api)
        monkeypatch.setattr(backend, "KubectlCluster", lambda _kubeconfig: cluster)
        yield Scene(stage, small, expired, empty, foreign)


def _look(stage: Stage) -> Look:
    return stage.site.cloud.look(stage.site.door)


def test_a_sweep_changes_nothing_and_with_apply_takes_the_one_expired_stack(scene: Scene) -> None:
    cloud, expired = scene.cloud, scene.expired
    label = {"aws": "tokenworks.dev/platform", "gcp": "tokenworks-platform"}[cloud]
    others = f"'{cloud}-prod', not '{cloud}-pr-9'"
    stays = [
        f"{cloud}-playground: kept, no preview stack: it has no day to expire",
        f"{cloud}-pr-70: kept, until {FUTURE}",
        f"{cloud}-pr-9: refused, expired on {PAST}, but other has {label} {others}",
    ]
    states, inventory = scene.states(), scene.stage.site.cloud_inventory()
    own = scene.stage.session.export(expired)

    code, said = scene.sweep()

    assert code == 1, said  # one is refused, and a person is to look
    (verdict,) = [line for line in said if line.startswith(f"{expired}:")]
    assert verdict.startswith(f"{expired}: expired, on {PAST}, ")
    assert [line for line in said if line in stays] == stays
    assert said[-1].startswith("nothing was changed; ")
    assert scene.stage.site.cloud_inventory() == inventory
    assert scene.stage.session.export(expired) == own
    assert scene.states() == states

    code, said = scene.sweep("--apply")

    assert code == 1, said
    assert f"{verdict}; removed" in said
    assert [line for line in said if line in stays] == stays
    assert [line for line in said if "left in the account" in line] == []
    assert scene.states() == states
    listed = backend.PulumiBackend(scene.empty).stacks()
    assert listed == sorted(small_stacks(cloud))
    assert list((scene.empty / "stacks").iterdir()) == []
    assert settled(scene) == (scene.foreign, set())


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_a_preview_stack_of_all_layers_is_kept_and_would_go_on_its_day(
    cloud: str, tmp_path: Path
) -> None:
    """What no state of the foundation shows: all layers bear the marks, and policies let it up."""
    stack, day = f"{cloud}-pr-7", (datetime.now(UTC).date() + timedelta(days=2)).isoformat()
    config = stack_config(f"{cloud}-dev") | {"tokenworks:preview": {"expires": day}}

    done = run("rehearse", stack, project=make_project(tmp_path / "it", {stack: config}))

    assert done.returncode == 0, done.stdout + done.stderr
    its_day = rf"sweep  {stack}: kept, until {day}; on its day: expired, on {day}, \d{{3}} res"
    assert re.search(its_day, done.stdout), done.stdout


def settled(scene: Scene) -> tuple[list[dict[str, str]], set[Thing]]:
    """Return what account and cluster have once what controllers made is gone, too."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        site, before = scene.stage.site, scene.stage.before
        found = site.cloud_inventory(), set(cluster_objects(site.api) - before)
        if found == (scene.foreign, set()) or time.monotonic() > deadline:
            return found
        time.sleep(POLL_SECONDS)
