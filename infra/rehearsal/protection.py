"""Protection of a production stack: seen to hold, then lifted for the way down.

Owns the two steps that a person takes before production can be destroyed, and the proof that
without them nothing is. Does not own destroying.
"""

from infra.rehearsal.engine import EngineSession
from infra.rehearsal.failure import RehearsalFailedError
from infra.rehearsal.kept import StandingStack
from infra.rehearsal.screen import Screen
from infra.rehearsal.site import Site


def refuse_then_lift(
    stack: StandingStack, site: Site, session: EngineSession, screen: Screen
) -> None:
    """Require that a destroy is refused and deletes nothing; then lift both protections.

    The engine's is lifted in its state, the cloud's as each cloud has it. The stack
    file's own way, `deletionProtection: false` and an `up`, would be another whole update.

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
        phase.outcome = "destroy refused, nothing deleted; protection lifted"
