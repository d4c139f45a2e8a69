"""The way down: destroy in the opposite order, and a look at what is left.

Owns both takedowns, at the end of a rehearsal and of one that was kept.
"""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from infra.rehearsal.engine import EngineSession
from infra.rehearsal.failure import RehearsalFailedError, known_errors, require_ok
from infra.rehearsal.kept import Kept, StandingStack
from infra.rehearsal.leftovers import Thing, leftovers
from infra.rehearsal.lock import hold
from infra.rehearsal.protection import refuse_then_lift
from infra.rehearsal.screen import Screen, changes
from infra.rehearsal.site import Site, SiteFolders
from infra.rehearsal.supervisor import KeptSupervisor, find_kept
from infra.rehearsal.supervisor.kept import end_stale_children


def take_down(
    stacks: Sequence[StandingStack],
    site: Site,
    session: EngineSession,
    before: frozenset[Thing],
    screen: Screen,
) -> None:
    """Destroy stacks, the last one first, and require that nothing is left.

    A protected stack must first be seen to refuse.

    Raises:
        RehearsalFailedError: a destroy failed, or left something; it has been printed.
    """
    for stack in reversed(stacks):
        refuse_then_lift(stack, site, session, screen)
        with screen.phase(f"destroy {stack.name}") as phase:
            result = session.destroy(stack.name, on_event=screen.resource)
            phase.outcome = changes(result)
        require_ok(result, site, screen)
    with screen.phase("left behind") as phase:
        left = leftovers(site, before)
        phase.outcome = f"{len(left)} things" if left else "nothing"
    if left:
        for thing in left:
            screen.say(f"    [red]{escape(str(thing))}[/red]")
        message = "destroy left something behind; a real account would go on paying for it"
        raise RehearsalFailedError(message)


def destroy_kept(stack: str, *, project: Path, console: Console) -> None:
    """Destroy a rehearsal that was kept; the stack file of today does not matter.

    Raises:
        RehearsalFailedError: it was not destroyed in order; what runs of it has been stopped.
    """
    screen = Screen(console)
    folders = SiteFolders.of(project, stack)
    with known_errors(), hold(folders.root):
        kept = find_kept(folders.root)
        if kept is None:
            end_stale_children(folders.root)
            screen.say(f"{escape(stack)}: nothing is kept; there is nothing to destroy")
            return
        try:
            _destroy(kept, folders, project, screen)
        finally:
            kept.stop()


def _destroy(kept: KeptSupervisor, folders: SiteFolders, project: Path, screen: Screen) -> None:
    saved = Kept.find(folders)
    if saved is None:
        message = "not destroyed, but stopped: it was kept before anything was built"
        raise RehearsalFailedError(message)
    for name, tail in kept.ended().items():
        screen.say(f"  [red]{escape(name)} has ended; the end of its log:[/red]\n{escape(tail)}")
    if kept.ended():
        message = "not destroyed, but stopped: parts of it had ended by themselves"
        raise RehearsalFailedError(message)
    session = saved.site.session(saved.engine, project, check=kept.check)
    take_down(saved.stacks, saved.site, session, saved.before, screen)
