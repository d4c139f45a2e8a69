"""A rehearsal's place and engine for a test that wants to do its own things there."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.rehearsal.engine import EngineSession
from infra.rehearsal.ladder import Programs
from infra.rehearsal.leftovers import Thing, cluster_objects
from infra.rehearsal.site import Site, SiteFolders, open_site
from infra.rehearsal.supervisor import Supervisor
from infra.spec.files import load_stack_file


@dataclass(frozen=True)
class Stage:
    """A place, the engine attached to it, and what was in the cluster at the start."""

    site: Site
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
        yield Stage(site, session, before)
