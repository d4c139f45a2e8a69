"""A look at the network that a stack stands in, before anything is built there.

Owns what a rehearsal says of it and that it stops: the findings are the preflight's, which asks a
real account the same questions. The rehearsal's own network is fit for what it can know, so here
only what follows from the stack file is found: its range too small for all nodes, say.
"""

from collections.abc import Callable

from rich.markup import escape

from infra.preflight.findings import Finding
from infra.preflight.report import network_report
from infra.rehearsal.failure import RehearsalFailedError
from infra.rehearsal.screen import Screen
from infra.spec.stack import StackSpec


def require_fit_network(
    spec: StackSpec, findings: Callable[[], list[Finding]], screen: Screen
) -> None:
    """Print what is wrong with the network that a stack names; nothing where it makes its own.

    Raises:
        RehearsalFailedError: the stack could not come up in it.
        CloudApiError: the simulated cloud does not answer.
    """
    if not spec.network.is_foreign:
        return
    with screen.phase("network") as phase:
        found = findings()
        blocking = sum(finding.blocks for finding in found)
        phase.outcome = f"{blocking} to mend, {len(found) - blocking} advised"
    screen.say(escape(network_report(found, spec)))
    if blocking:
        message = f"{spec.name} cannot come up in network {spec.network.vpc_id}"
        raise RehearsalFailedError(message)
