"""Protection of a production stack: seen to hold, then lifted for the way down.

Owns the two steps that a person takes before production can be destroyed, and the proof that
without them nothing is. Does not own destroying.
"""

import copy
from collections.abc import Mapping

from infra.destroy.plan import PROTECTIONS
from infra.rehearsal.engine import EngineSession
from infra.rehearsal.failure import RehearsalFailedError
from infra.rehearsal.kept import StandingStack
from infra.rehearsal.screen import Screen
from infra.rehearsal.site import Site
from infra.replies import blocks
from infra.wire import Properties, Value


def refuse_then_lift(
    stack: StandingStack, site: Site, session: EngineSession, screen: Screen
) -> None:
    """Require that a destroy is refused and deletes nothing; then lift both protections.

    The engine's is lifted in its state, the cloud's as each cloud has it, and the state is told.
    The stack file's own way, `deletionProtection: false` and an `up`, would be a whole update more.

    Raises:
        RehearsalFailedError: the destroy was not refused, or deleted something.
        EngineError: the engine does not lift its protection.
        CloudApiError: the cloud does not lift its protection.
    """
    if stack.protected_cluster is None:
        return
    with screen.phase(f"protect {stack.name}") as phase:
        before = site.cloud_inventory()
        result = session.destroy_after_preview(stack.name)
        after = site.cloud_inventory()
        deleted = [thing for thing in before if thing not in after]
        if result.ok or deleted:
            message = f"destroy of {stack.name} must be refused; it deleted {len(deleted)} things"
            raise RehearsalFailedError(message)
        session.unprotect(stack.name)
        site.cloud.lift_protection(stack.name, stack.protected_cluster, site.door, session)
        session.replace_state(stack.name, unprotected(session.export(stack.name)))
        phase.outcome = "destroy refused, nothing deleted; protection lifted"


def unprotected(state: Mapping[str, Value]) -> Mapping[str, Value]:
    """Return a state as an `up` without protection leaves it: no cloud protects anything."""
    edited: Properties = copy.deepcopy(dict(state))
    for resource in blocks(edited, "deployment.resources"):
        for part in ("inputs", "outputs"):
            held = resource.get(part)
            if isinstance(held, dict):
                held.update({name: False for name in PROTECTIONS if held.get(name) is True})
    return edited
