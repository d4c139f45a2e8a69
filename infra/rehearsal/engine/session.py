"""Run the engine's commands for the stacks of one project, in one rehearsal's backend."""

import fcntl
import json
import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import cast

import yaml

from infra.rehearsal.engine.environment import EngineFolders, check_backend, engine_environment
from infra.rehearsal.engine.events import EventLog
from infra.rehearsal.engine.results import OperationResult, ResourceEvent
from infra.rehearsal.engine.stack_file import read_salt, rehearsal_copy
from infra.rehearsal.processes.guarded import GuardedProcess
from infra.wire import Properties, Value

POLL_SECONDS = 0.1
INTERRUPT_GRACE_SECONDS = 10.0
"""After Ctrl-C: time for the engine to cancel its providers and to save the state."""
QUICK_SECONDS = 60.0
"""For commands that only touch the backend; they take a second."""
CREATES = ("create", "create-replacement")
"""The engine's words for steps that make something."""
SECRET_MARKER = "rehearsal-marker"  # noqa: S105 - it says itself that it is none


class EngineError(ValueError):
    """A command of the engine that only prepares something failed."""


class EngineSession:
    """The engine for one project. Several stacks share its backend, as an environment's do."""

    def __init__(  # noqa: PLR0913 - all but the first three are named
        self,
        pulumi: Path,
        project: Path,
        directory: Path,
        *,
        debug_providers: Mapping[str, int],
        credentials: Mapping[str, str],
        preloaded: Path | None = None,
        policy_packs: Sequence[Path] = (),
        check: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare the engine's folders and prove that state stays in them.

        Args:
            pulumi: the engine, from the ladder.
            project: folder of `Pulumi.yaml`; nothing is written there.
            directory: the rehearsal's folder for the engine; made if absent, reused if not.
            debug_providers: loopback port of each provider that already listens, by package.
            credentials: marker credentials that the simulated clouds expect.
            preloaded: socket of the process that has the SDKs loaded, if there is one.
            policy_packs: folders of policy packs that previews and updates must pass.
            check: called several times a second while an operation runs; what it raises ends the
                operation. For programs that the providers talk to: without them an operation
                would wait until its timeout.

        Raises:
            UnsafeBackendError: the engine would keep state elsewhere.
        """
        self._pulumi = pulumi
        self._project = project.absolute()
        self._folders = EngineFolders(directory.absolute())
        self._check = check
        self._policies = [arg for pack in policy_packs for arg in ("--policy-pack", str(pack))]
        self._folders.prepare()
        self._write_scratch_project()
        self._environment = engine_environment(
            self._folders,
            debug_providers=debug_providers,
            credentials=credentials,
            preloaded=preloaded,
        )
        check_backend(self._folders, self.backend_url())

    def backend_url(self) -> str:
        """Ask the engine, for this project, where it keeps state.

        Raises:
            EngineError: it does not say.
        """
        answer = self._quick(["whoami", "--json"], self._project)
        return str(json.loads(answer)["url"])

    def init_stack(self, stack: str) -> None:
        """Make a stack, if it is new, and the rehearsal's copy of its stack file.

        Raises:
            EngineError: the engine refuses.
            StackFileError: the stack file cannot be rehearsed.
        """
        own = self._folders.scratch / f"Pulumi.{stack}.yaml"
        if not own.exists():
            arguments = ["--stack", stack, "--secrets-provider", "passphrase", "--no-select"]
            self._quick(["stack", "init", *arguments], self._folders.scratch)
        copy = self._config_file(stack)
        options = ["--secret", "--stack", stack, "--config-file", str(copy), "--"]
        for setting in rehearsal_copy(self._stack_file(stack), copy, read_salt(own)):
            self._quick(["config", "set", *options, setting, SECRET_MARKER], self._folders.scratch)

    def preview(
        self,
        stack: str,
        *,
        expect_no_changes: bool = False,
        save_plan: Path | None = None,
        conversations: Path | None = None,
        on_event: Callable[[ResourceEvent], None] | None = None,
    ) -> OperationResult:
        """Say what `up` would do.

        Args:
            stack: a stack that `init_stack` made.
            expect_no_changes: the result is not ok when there is any.
            save_plan: file for the engine's plan: every resource's goal, with the dependencies of
                its properties. Secrets in it are encrypted.
            conversations: file for all that the engine and its plugins say to each other, as
                `infra.graph.engine_log` reads it. Secrets in it are in clear: delete it soon.
            on_event: called for each resource.
        """
        arguments = [
            *(["--expect-no-changes"] if expect_no_changes else []),
            *(["--save-plan", str(save_plan)] if save_plan else []),
            *self._policies,
        ]
        extra = {} if conversations is None else {"PULUMI_DEBUG_GRPC": str(conversations)}
        return self._operate("preview", stack, arguments, on_event, extra)

    def up(
        self,
        stack: str,
        *,
        only: Sequence[str] = (),
        after_preview: bool = False,
        on_event: Callable[[ResourceEvent], None] | None = None,
    ) -> OperationResult:
        """Create and update what the program declares, or of it the resources of some URNs.

        Args:
            stack: a stack that `init_stack` made.
            only: URNs; none: everything.
            after_preview: whether to preview first, as `pulumi up --yes` does: policies about a
                whole stack run at the end of each of the two, so only a preview stops in time.
            on_event: called for each resource.
        """
        skip = [] if after_preview else ["--skip-preview"]
        arguments = ["--yes", *skip, *_targets(only), *self._policies]
        return self._operate("up", stack, arguments, on_event)

    def refresh(
        self, stack: str, *, on_event: Callable[[ResourceEvent], None] | None = None
    ) -> OperationResult:
        """Read what is really there into the state."""
        return self._operate("refresh", stack, ["--yes", "--skip-preview"], on_event)

    def destroy(
        self,
        stack: str,
        *,
        only: Sequence[str] = (),
        on_event: Callable[[ResourceEvent], None] | None = None,
    ) -> OperationResult:
        """Delete all of the state, or some URNs and their dependents; the program does not run."""
        targets = [*_targets(only), "--target-dependents"] if only else []
        return self._operate("destroy", stack, ["--yes", "--skip-preview", *targets], on_event)

    def destroy_after_preview(self, stack: str) -> OperationResult:
        """Delete as `pulumi destroy --yes` does: nothing, when the preview meets a protection.

        Without the preview the engine deletes what comes before the first protected resource
        (engine 3.259, seen 2026-11-26: 138 of 155 resources).
        """
        return self._operate("destroy", stack, ["--yes"], None)

    def unprotect(self, stack: str) -> None:
        """Take the engine's protection off every resource of a stack.

        Raises:
            EngineError: the engine refuses.
        """
        command = ["state", "unprotect", "--all", "--yes", "--stack", stack]
        self._quick(command, self._folders.scratch)

    def export(self, stack: str, *options: str) -> Mapping[str, Value]:
        """Return the stack's state as the engine exports it; its secrets are encrypted.

        Raises:
            EngineError: the engine refuses.
        """
        command = ["stack", "export", *options, "--stack", stack]
        return json.loads(self._quick(command, self._folders.scratch))

    def declared(self, stack: str) -> Sequence[Properties]:
        """Return the resources that the next update would create, as the state would have them.

        Raises:
            EngineError: the preview failed.
        """
        result = self.preview(stack)
        if not result.ok:
            message = f"preview of {stack} failed; see {result.log}"
            raise EngineError(message)
        return [
            {
                "urn": step.urn,
                "type": step.type,
                "custom": True,
                "parent": step.new.parent,
                "provider": step.new.provider,
                "inputs": cast("Properties", dict(step.new.inputs)),
            }
            for step in result.steps
            if step.op in CREATES and step.new is not None and step.new.provider
        ]

    def replace_state(self, stack: str, state: Mapping[str, Value]) -> None:
        """Put a state, as `export` gives it, in the place of the present one.

        Raises:
            EngineError: the engine refuses.
        """
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(state, file)
            file.flush()
            command = ["stack", "import", "--stack", stack, "--file", file.name]
            self._quick(command, self._folders.scratch)

    def refresh_only(self, stack: str, urns: Sequence[str]) -> None:
        """Read what some resources are like in the account, and forget those that are gone.

        Raises:
            EngineError: the refresh failed.
        """
        arguments = ["--yes", "--skip-preview", *_targets(urns)]
        result = self._operate("refresh", stack, arguments, None)
        if not result.ok:
            message = f"refresh of {len(urns)} resources failed; see {result.log}"
            raise EngineError(message)

    def _operate(
        self,
        operation: str,
        stack: str,
        arguments: Sequence[str],
        on_event: Callable[[ResourceEvent], None] | None,
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> OperationResult:
        started = time.monotonic()
        number = len(list(self._folders.logs.glob("*.log"))) + 1
        log = self._folders.logs / f"{number:02}-{operation}-{stack}.log"
        event_file = log.with_suffix(".events")
        command = [
            *(str(self._pulumi), operation, "--stack", stack),
            *("--config-file", str(self._config_file(stack)), "--cwd", str(self._project)),
            *("--non-interactive", "--color=never", "--event-log", str(event_file)),
            *arguments,
        ]
        events = EventLog(event_file)
        with self._exclusive(), log.open("wb") as output:
            exit_code = self._run(
                command, {**self._environment, **environment}, output.fileno(), events, on_event
            )
        return OperationResult(
            operation=operation,
            stack=stack,
            exit_code=exit_code,
            changes=events.changes,
            steps=events.steps,
            diagnostics=tuple(events.diagnostics),
            seconds=time.monotonic() - started,
            log=log,
        )

    def _run(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        output: int,
        events: EventLog,
        on_event: Callable[[ResourceEvent], None] | None,
    ) -> int:
        """Run a command to its end; whatever interrupts it, nothing of it is left running."""
        with GuardedProcess(command, env=environment, stdout=output) as process:
            exit_code = None
            try:
                while exit_code is None:
                    exit_code = process.wait(POLL_SECONDS)
                    for event in events.read():
                        if on_event is not None:
                            on_event(event)
                    self._check()
            except KeyboardInterrupt:
                process.interrupt()
                process.wait(INTERRUPT_GRACE_SECONDS)
                raise
        return exit_code

    def _quick(self, arguments: Sequence[str], directory: Path) -> str:
        command = [str(self._pulumi), "--non-interactive", "--cwd", str(directory), *arguments]
        # To a file: to read a pipe to its end would wait for a command that hangs.
        with self._exclusive(), tempfile.TemporaryFile() as file:
            with GuardedProcess(command, env=self._environment, stdout=file) as process:
                exit_code = process.wait(QUICK_SECONDS)
            file.seek(0)
            output = file.read().decode(errors="replace")
        if exit_code is None:
            message = f"pulumi {arguments[0]}: still running after {QUICK_SECONDS:g} s; ended it"
            raise EngineError(f"{message}\n{output.strip()}".strip())
        if exit_code != 0:
            message = f"pulumi {arguments[0]}: exit code {exit_code}\n{output.strip()}"
            raise EngineError(message)
        return output

    @contextmanager
    def _exclusive(self) -> Generator[None]:
        """Hold this backend: one command at a time, so a lock found there is a dead one's."""
        with (self._folders.root / ".lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                message = f"{self._folders.root}: another command works here; wait for its end"
                raise EngineError(message) from error
            self._folders.clear_after_a_kill()
            yield

    def _write_scratch_project(self) -> None:
        project = yaml.safe_load((self._project / "Pulumi.yaml").read_text(encoding="utf-8"))
        text = f"name: {project['name']}\nruntime: python\n"
        (self._folders.scratch / "Pulumi.yaml").write_text(text, encoding="utf-8")
        self._stack_directory = self._project / str(project.get("stackConfigDir", "."))

    def _stack_file(self, stack: str) -> Path:
        return self._stack_directory / f"Pulumi.{stack}.yaml"

    def _config_file(self, stack: str) -> Path:
        return self._folders.stacks / f"Pulumi.{stack}.yaml"


def _targets(urns: Sequence[str]) -> list[str]:
    return [option for urn in urns for option in ("--target", urn)]
