"""The way down: destroy in the opposite order, and a look at what is left.

Owns both takedowns, at the end of a rehearsal and of one that was kept.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from infra.destroy.found import Marks
from infra.destroy.run import DestroyError, Place, carry_out, intend, require_allowed
from infra.rehearsal.destroying import place_of
from infra.rehearsal.engine import EngineSession
from infra.rehearsal.failure import RehearsalFailedError, known_errors
from infra.rehearsal.kept import Kept, StandingStack
from infra.rehearsal.leftovers import Thing, leftovers
from infra.rehearsal.lock import hold
from infra.rehearsal.protection import refuse_then_lift
from infra.rehearsal.screen import Screen
from infra.rehearsal.site import Site, SiteFolders
from infra.rehearsal.supervisor import KeptSupervisor, find_kept
from infra.rehearsal.supervisor.kept import end_stale_children
from infra.spec.stack import cluster_name


def take_down(
    stacks: Sequence[StandingStack],
    site: Site,
    session: EngineSession,
    before: frozenset[Thing],
    screen: Screen,
) -> None:
    """Destroy stacks as `tokenworks destroy` does, and require that nothing is left.

    A protected stack must first be seen to refuse.

    Raises:
        RehearsalFailedError: a destroy failed, or left something; it has been printed.
    """
    place = place_of(site, session, screen)
    for stack in reversed(stacks):
        refuse_then_lift(stack, site, session, screen)
    names = [stack.name for stack in stacks]
    try:
        marks = destroy_in_order(names, place, screen.say)
    except DestroyError as error:
        raise RehearsalFailedError(str(error)) from error
    _require_nothing_known(place, marks, screen)
    with screen.phase("left behind") as phase:
        left = leftovers(site, before)
        phase.outcome = f"{len(left)} things" if left else "nothing"
    if left:
        for thing in left:
            screen.say(f"    [red]{escape(str(thing))}[/red]")
        message = "destroy left something behind; a real account would go on paying for it"
        raise RehearsalFailedError(message)


def destroy_in_order(stacks: Sequence[str], place: Place, say: Callable[[str], None]) -> Marks:
    """Do what `tokenworks destroy` does when it is told the name; return what to look for.

    Args:
        stacks: in the order in which they stand on each other.
        place: where they stand.
        say: told of objects that no state knows.

    Raises:
        DestroyError: it stopped.
    """
    intent = intend(stacks, place)
    require_allowed(intent, without_cluster=False)
    for stranger in intent.seen.strangers:
        say(f"  goes first, as no state knows it: {escape(str(stranger))}")
    marks = Marks(stacks[0], cluster_name(stacks[0]), intent.seen.balancers)
    carry_out(intent, place, marks, lambda _line: None)
    return marks


def _require_nothing_known(place: Place, marks: Marks, screen: Screen) -> None:
    """Require that the report of a real destroy has nothing to say either."""
    with screen.phase("orphans") as phase:
        lines = place.look(marks).lines
        phase.outcome = f"{len(lines)} things" if lines else "nothing with our marks"
    if lines:
        for line in lines:
            screen.say(f"    [red]{escape(line)}[/red]")
        message = "the report of orphans names something after a destroy"
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
