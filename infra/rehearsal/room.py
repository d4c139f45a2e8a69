"""A look at the account that a rehearsal plays, before anything starts: has it room for it all?

Owns what a rehearsal says of it and that it stops: the rows are the preflight's. With a stack at
its maximum, not only as it comes up first: what is short then would come as a pod that waits for
ever.
"""

from rich.markup import escape

from infra.preflight.facts import load_facts
from infra.preflight.report import counts, table
from infra.preflight.run import facts_rows
from infra.preflight.verdict import Verdict
from infra.rehearsal.failure import RehearsalFailedError
from infra.rehearsal.screen import Screen
from infra.spec.stack import StackSpec


def require_room(spec: StackSpec, facts_name: str, screen: Screen) -> None:
    """Say what the facts of an account have for a stack; print what is to be asked for.

    Raises:
        RehearsalFailedError: something is short, or nobody knows it.
        FactsError: there are no such facts.
    """
    facts = load_facts(facts_name, spec.cloud.provider)
    with screen.phase("preflight") as phase:
        rows = facts_rows(spec, facts)
        phase.outcome = f"{facts.name}: {counts(rows)}"
    if all(row.verdict is Verdict.ENOUGH for row in rows):
        return
    screen.say(escape(table(rows)))
    message = (
        f"{facts.name} has no room for {spec.name}: file the requests above, then rehearse with "
        "the facts that `tokenworks record` writes; nothing was started"
    )
    raise RehearsalFailedError(message)
