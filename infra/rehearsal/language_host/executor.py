"""Run one Pulumi program in this process, as the official executor does.

`python -u -P -m infra.rehearsal.language_host.executor`, started by the language host, which passes
the run in `TOKENWORKS_PROGRAM`. Behaviour after pulumi v3.259.0,
sdk/python/cmd/pulumi-language-python-exec: a `RunError` is shown as its message, any other
exception as the part of its traceback that is the user's, both through the engine's log.
"""

import asyncio
import json
import logging
import os
import runpy
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import TypedDict

import pulumi
import pulumi.runtime

from infra.rehearsal.processes.parent import watch_parent

RUN_VARIABLE = "TOKENWORKS_PROGRAM"
MESSAGE_SHOWN = 32
"""Exit code for: the user has been told."""
FAILED = 1
THREADS_PER_OPERATION = 4
"""The official executor's factor: a thread waits for each of a resource's calls."""


class Run(TypedDict):
    """One run of a program, as the engine asked for it."""

    project: str
    stack: str
    organization: str
    root_directory: str
    monitor: str
    engine: str
    parallel: int
    dry_run: bool
    program: str
    """File or folder."""
    arguments: list[str]


def main() -> int:
    """Run the program; return the exit code that the language host understands."""
    run: Run = json.loads(os.environ.pop(RUN_VARIABLE))
    _configure(run)
    sys.argv = [run["program"], *run["arguments"]]
    # Abandoned futures are normal when a program ends early; asyncio would print each of them.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    threads = ThreadPoolExecutor(max(run["parallel"], 1) * THREADS_PER_OPERATION)
    loop.set_default_executor(threads)

    def program() -> None:
        runpy.run_path(run["program"], run_name="__main__")

    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(program))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return FAILED
    except Exception:  # noqa: BLE001 - whatever the program raises is shown to the user
        trace = _program_traceback(run["program"])
        pulumi.log.error(f"Program failed with an unhandled exception:\n{trace}")
        return MESSAGE_SHOWN
    finally:
        threads.shutdown(wait=True)
        loop.close()
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _configure(run: Run) -> None:
    pulumi.runtime.set_all_config(
        pulumi.runtime.get_config_env(), pulumi.runtime.get_config_secret_keys_env()
    )
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            project=run["project"],
            stack=run["stack"],
            organization=run["organization"],
            root_directory=run["root_directory"],
            monitor=run["monitor"],
            engine=run["engine"],
            parallel=run["parallel"],
            dry_run=run["dry_run"],
        )
    )


def _program_traceback(program: str) -> str:
    """Return the current traceback from the program's own first frame on."""
    _, _, trace = sys.exc_info()
    frames = traceback.extract_tb(trace)
    start = _main_file(program)
    for index, frame in enumerate(frames):
        if _main_file(frame.filename) == start:
            return traceback.format_exc(limit=index - len(frames))
    return traceback.format_exc()


def _main_file(path: str) -> str:
    """Return the absolute path of the file that runs for a program's file or folder."""
    root, extension = os.path.splitext(path)  # noqa: PTH122 - a folder's name is kept whole
    return os.path.abspath(path if extension else os.path.join(root, "__main__.py"))  # noqa: PTH100, PTH118 - may not exist


if __name__ == "__main__":
    watch_parent(lambda: os._exit(FAILED))
    sys.exit(main())
