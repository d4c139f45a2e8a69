"""Runs a program against the strict monitor and returns its graph.

Owns the run: Pulumi's own settings, event loop and stack, set up as the language host does, and
all of it gone afterwards (everything happens in a copied context). Needs no engine, no network and
no credentials. Not for use inside a running event loop.
"""

import asyncio
import contextvars
import logging
import os
import threading
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeAlias

import pulumi
from pulumi import runtime
from pulumi.runtime import mocks, settings

from infra.graph import strict
from infra.graph.journal import Journal
from infra.graph.model import STACK_TYPE, Graph, Resource, child_urn
from infra.graph.monitor import RecordingMonitor
from infra.wire import Properties

Program: TypeAlias = Callable[[], object]

PROJECT = "tokenworks"
"""Name of the project in `Pulumi.yaml`; prefix of its configuration keys."""
ORGANIZATION = "organization"
"""The one organization of self-managed backends (pulumi/pulumi v3.259.0, pkg/backend/diy)."""

_LOG = logging.getLogger(__name__)


def record_program(  # noqa: PLR0913 - by keyword only, all but the stack with a default
    program: Program,
    *,
    stack: str,
    project: str = PROJECT,
    config: Mapping[str, str] | None = None,
    secret_keys: tuple[str, ...] = (),
    references: Mapping[str, Properties] | None = None,
    folder: str = "",
) -> Graph:
    """Run a program and return everything that it declared.

    Args:
        program: a function without arguments that creates resources.
        stack: name of the stack.
        project: name of the project.
        config: configuration as the engine hands it over, `{"tokenworks:cloud": "{...}"}`.
        secret_keys: keys of `config` that are secrets.
        references: stack outputs by full name, `organization/project/stack`, for StackReferences.
        folder: the project's folder as the program sees it; empty when it has none.

    Raises:
        GraphError: the program broke one or more rules of `infra.graph.strict`; all are listed.
        RuntimeError: called inside a running event loop.
        Exception: whatever the program itself raises, with its own traceback.
    """
    _refuse_running_loop()
    context = contextvars.copy_context()
    journal = Journal()
    with environment({"PULUMI_ERROR_OUTPUT_STRING": "1"}):
        context.run(
            _run,
            program,
            journal,
            RecordingMonitor(journal, project, stack, references or {}),
            (project, stack, folder),
            (dict(config or {}), list(secret_keys)),
        )
    strict.check(journal, stack)
    return _graph(journal, project, stack)


def _run(
    program: Program,
    journal: Journal,
    monitor: RecordingMonitor,
    names: tuple[str, str, str],
    config: tuple[dict[str, str], list[str]],
) -> None:
    project, stack, folder = names
    runtime.set_all_config(*config)
    settings.ROOT.set(None)
    # MockSettings writes straight into context variables. Everything that holds state of a run is
    # given anew: the defaults are objects shared by every run in the process.
    settings.configure(
        mocks.MockSettings(
            monitor=monitor,
            monitor_features=set(),
            engine=mocks.MockEngine(_LOG),
            project=project,
            stack=stack,
            organization=ORGANIZATION,
            root_directory=folder,
            dry_run=False,
            callbacks=None,
            package_refs={},
            outputs=set(),
            lock=threading.Lock(),
        )
    )
    # With a factory the runner leaves the thread's own event loop alone; asyncio.run removes it.
    with _program_order(journal), asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(_main(program, journal))


async def _main(program: Program, journal: Journal) -> None:
    loop = asyncio.get_running_loop()
    # One thread: requests reach the monitor one after the other, in the same order every time.
    loop.set_default_executor(ThreadPoolExecutor(max_workers=1))
    # After a first error the SDK leaves futures behind that nobody awaits, each with that same
    # error. The language host silences them too (pulumi-language-python-exec).
    loop.set_exception_handler(lambda _loop, _context: None)
    journal.program_task = asyncio.current_task()

    def observed() -> None:
        runtime.register_stack_transformation(journal.constructed)
        program()

    await runtime.run_in_stack(observed)
    await journal.resolve_urns()


def _refuse_running_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    message = "recording: must not start inside a running event loop; use a thread of its own"
    raise RuntimeError(message)


@contextmanager
def _program_order(journal: Journal) -> Generator[None]:
    """Note `register_outputs` calls when they are made; their requests come later, in any order.

    The SDK has no hook for this call, so the method is wrapped for the time of the run.
    """
    original = pulumi.ComponentResource.register_outputs

    def register_outputs(component: pulumi.ComponentResource, outputs: pulumi.Inputs) -> None:
        journal.finished.add(id(component))
        original(component, outputs)

    pulumi.ComponentResource.register_outputs = register_outputs  # ty: ignore[invalid-assignment] - restored below
    try:
        yield
    finally:
        pulumi.ComponentResource.register_outputs = original


@contextmanager
def environment(changes: Mapping[str, str]) -> Generator[None]:
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _graph(journal: Journal, project: str, stack: str) -> Graph:
    """Put what the monitor saw into the order of the program."""
    order = {urn: index for index, urn in enumerate(journal.urns.values())}
    outputs = dict(journal.outputs)
    stack_urn = child_urn(stack, project, None, STACK_TYPE, f"{project}-{stack}")

    def finished(item: Resource) -> Resource:
        return item if item.custom else replace(item, outputs=outputs.get(item.urn, {}))

    return Graph(
        project=project,
        stack=stack,
        resources=tuple(
            finished(item) for item in sorted(journal.resources, key=lambda item: order[item.urn])
        ),
        invokes=tuple(journal.invokes),
        outputs=outputs.get(stack_urn, {}),
    )
