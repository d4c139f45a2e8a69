"""The real Pulumi engine, run against a rehearsal's own backend.

Owns: the environment that the engine sees (`environment`), the copy of a stack file that it reads
(`stack_file`), its commands (`session`), and what they said (`events`, `results`).
Does not own: the simulated clouds and the control plane, which the engine reaches through provider
plugins; nor which stacks run in which order.

Why the command and not the Automation API: the API is a wrapper around the same command, which
would hide the process that Ctrl-C has to reach.
"""

from infra.rehearsal.engine.environment import UnsafeBackendError
from infra.rehearsal.engine.results import Diagnostic, OperationResult, ResourceEvent, Step
from infra.rehearsal.engine.session import EngineError, EngineSession
from infra.rehearsal.engine.stack_file import StackFileError

__all__ = [
    "Diagnostic",
    "EngineError",
    "EngineSession",
    "OperationResult",
    "ResourceEvent",
    "StackFileError",
    "Step",
    "UnsafeBackendError",
]
