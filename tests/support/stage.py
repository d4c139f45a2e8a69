"""A rehearsal's place and engine for a test that wants to do its own things there."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.rehearsal.engine import EngineSession, OperationResult, Step
from infra.rehearsal.ladder import Programs
from infra.rehearsal.leftovers import Thing, cluster_objects
from infra.rehearsal.site import Site, SiteFolders, open_site
from infra.rehearsal.supervisor import Supervisor
from infra.spec.files import load_stack_file


@dataclass(frozen=True)
class Stage:
    """A place, the engine attached to it, and what was in the cluster at the start."""

    site: Site
    supervisor: Supervisor
    session: EngineSession
    before: frozenset[Thing]


@contextmanager
def open_stage(project: Path, stack: str, programs: Programs) -> Generator[Stage]:
    """Open a place for a stack of a project; everything ends with the block."""
    spec = load_stack_file(stack, project / "stacks")
    folders = SiteFolders(project / ".rehearsal" / stack)
    with Supervisor(folders.root) as supervisor:
        site = open_site(supervisor, programs, folders, spec)
        before = cluster_objects(site.api)
        session = site.session(programs.path("pulumi"), project, check=supervisor.check)
        session.init_stack(stack)
        yield Stage(site, supervisor, session, before)


def changed_steps(result: OperationResult) -> list[Step]:
    """Return what an operation changes, or would change."""
    return [step for step in result.steps if step.op in result.changed]


def replicas_and_room(result: OperationResult) -> set[str]:
    """Return the models that get other numbers of servers, when nothing else changes.

    Raises:
        AssertionError: when something else changes, too, or the gateway does not let more through.
    """
    changed = {step.name: step.changed for step in changed_steps(result)}
    deployments = {name for name, what in changed.items() if what == ("spec.replicas",)}
    models = {name.removesuffix("-deployment") for name in deployments}
    policies = {f"{model}-way-in-backendtrafficpolicy" for model in models}
    # At the shared host, where a stack has one.
    shared = {f"{model}-shared-backendtrafficpolicy" for model in models} & changed.keys()
    assert shared in (set(), {f"{model}-shared-backendtrafficpolicy" for model in models})
    assert changed.keys() == deployments | policies | shared
    assert set(result.changed) == {"update"}
    for name in policies | shared:
        assert all(path.startswith("spec.circuitBreaker.") for path in changed[name]), changed
    return models
