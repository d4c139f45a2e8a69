"""The start program of a model server, really run: how it ends."""

import signal
import time
from collections.abc import Callable

import pytest

from tests.support.start_server import Place, Pod

pytestmark = pytest.mark.real


def test_vllm_takes_the_place_of_the_program_so_signals_reach_it(pod: Pod) -> None:
    with pod.start(SERVES="1") as process:
        _until((pod.folder / "environment").exists)
        process.send_signal(signal.SIGTERM)

    assert process.returncode == 3


def test_a_server_that_is_stopped_while_it_looks_for_weights_ends_at_once(
    pod: Pod, hub: Place
) -> None:
    hub.seconds = 5
    with pod.start() as process:
        _until(lambda: bool(hub.asked))
        process.send_signal(signal.SIGTERM)

    assert process.returncode == 143
    assert not (pod.folder / "arguments").exists()


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)
