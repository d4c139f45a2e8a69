"""What a failed rehearsal says, and which failures are the rehearsal's own.

Owns the one error that the command line knows, and the report of an operation that went wrong.
"""

from collections.abc import Generator
from contextlib import contextmanager

from rich.markup import escape

from infra.cloud_error import CloudApiError
from infra.rehearsal import summary
from infra.rehearsal.control_plane import ControlPlaneError
from infra.rehearsal.engine import (
    EngineError,
    OperationResult,
    StackFileError,
    UnsafeBackendError,
)
from infra.rehearsal.kubernetes.client import ApiError
from infra.rehearsal.ladder import LadderError
from infra.rehearsal.lock import AlreadyRunningError
from infra.rehearsal.nodes import report
from infra.rehearsal.nodes.refused import RefusedPodsError
from infra.rehearsal.screen import Screen
from infra.rehearsal.site import Site, SiteError
from infra.rehearsal.supervisor import SupervisorError
from infra.rehearsal.sweeping import SweepDrillError

KNOWN_ERRORS = (
    AlreadyRunningError,
    ApiError,
    CloudApiError,
    ControlPlaneError,
    EngineError,
    LadderError,
    OSError,
    RefusedPodsError,
    SiteError,
    StackFileError,
    SupervisorError,
    SweepDrillError,
    UnsafeBackendError,
)
"""What can go wrong with a rehearsal itself. Anything else is a fault of ours: a traceback."""


class RehearsalFailedError(ValueError):
    """Something is wrong; details, where there are any, have been printed."""


@contextmanager
def known_errors() -> Generator[None]:
    """Turn what can go wrong with a rehearsal itself into the one error that callers know."""
    try:
        yield
    except KNOWN_ERRORS as error:
        raise RehearsalFailedError(str(error)) from error


def require_ok(result: OperationResult, site: Site, screen: Screen) -> None:
    """Print why an operation failed, with the scheduler's verdicts, and raise; or do nothing.

    Raises:
        RehearsalFailedError: it failed.
    """
    if result.ok:
        return
    for error in result.errors:
        screen.say(f"  [red]{escape(error.strip())}[/red]")
    judged = any(found.policy and found.severity == "error" for found in result.diagnostics)
    second = result.operation == "preview" and not judged
    for name, count in result.changed.items() if second else ():
        screen.say(f"  [red]a second preview would {name} {count}[/red]")
    summary.print_verdicts(screen.console, report.verdicts(site.api))
    screen.say(f"  everything that was printed: {escape(str(result.log))}")
    message = f"{result.operation} of {result.stack} failed"
    raise RehearsalFailedError(message)
