"""The program: settings from the environment, one checkpoint, an exit code.

0: loaded, or there already. 1: something does not answer; start it again. 2: refused.
"""

import logging
import os
import signal
import sys
from collections.abc import Mapping

from weights_loader import VERSION, settings
from weights_loader.errors import LoaderError, RefusedError
from weights_loader.hub import Hub
from weights_loader.loading import Load
from weights_loader.notes import BELOW
from weights_loader.progress import LOG, JsonLines, say
from weights_loader.settings import Settings
from weights_loader.store import Store

_STOPPED = 128 + signal.SIGTERM


def store_of(wanted: Settings) -> Store:
    """Return the bucket of the settings; only its own cloud's library is loaded."""
    if wanted.scheme == "s3":
        from weights_loader.store_s3 import S3Store  # noqa: PLC0415

        return S3Store(wanted.bucket, wanted.region)
    from weights_loader.store_gcs import GcsStore  # noqa: PLC0415

    return GcsStore(wanted.bucket, BELOW)


def run(environment: Mapping[str, str]) -> int:
    """Load what an environment asks for, and return the exit code."""
    try:
        wanted = settings.read(environment)
        hub = Hub(wanted.endpoints, wanted.repository, wanted.token)
        copied = Load(wanted, store_of(wanted), hub).run()
    except LoaderError as error:
        for report in error.reports:
            say(report, level=logging.ERROR)
        outcome = "refused" if error.exit_code == RefusedError.exit_code else "not loaded"
        say(outcome, level=logging.ERROR, exitCode=error.exit_code)
        return error.exit_code
    say("done", copiedBytes=copied)
    return 0


def stop(_number: int, _frame: object) -> None:
    """End at once: all that is in the bucket is safe to go on from."""
    os._exit(_STOPPED)


def main() -> None:
    """Run as the container does."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    # The first process of a container ignores signals that it does not handle.
    signal.signal(signal.SIGTERM, stop)
    say("starts", loader=VERSION)
    sys.exit(run(os.environ))


if __name__ == "__main__":
    main()
