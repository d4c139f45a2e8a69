"""The program as its image runs it: settings in, one JSON object a line out, an exit code."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator

import pytest

from tests.support.cloud_storage import TOKEN as ACCESS_TOKEN
from tests.support.cloud_storage import CloudStorage, storing
from tests.support.dockerfiles import ROOT
from tests.support.hub import SIGNATURE, Hub, safetensors

pytestmark = pytest.mark.real

SOURCE = ROOT / "images" / "weights-loader" / "src"
TOKEN = "marker-of-a-hub-token"
WEIGHTS = "model.safetensors"
PART = 32 * 2**20


@pytest.fixture(name="place")
def _place() -> Generator[CloudStorage]:
    with storing() as place:
        yield place


def _environment(hub: Hub, place: CloudStorage, **more: str) -> dict[str, str]:
    host = place.url.removeprefix("http://")
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(SOURCE),
        "HUB_REPOSITORY": "acme/tiny",
        "HUB_ENDPOINTS": hub.url,
        "HF_TOKEN": TOKEN,
        "WEIGHTS_URI": "gs://acme-weights/acme/tiny/main",
        "STORAGE_EMULATOR_HOST": place.url,
        "GCE_METADATA_HOST": host,
        "GCE_METADATA_IP": host,
        "no_proxy": "127.0.0.1",
        **more,
    }


def _start(environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "weights_loader"],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )


def _run(environment: dict[str, str]) -> tuple[int, str]:
    with _start(environment) as process:
        _, log = process.communicate(timeout=60)
    return process.returncode, log


def test_a_load_says_how_far_it_is_in_json_and_shows_no_secret(
    hub: Hub, place: CloudStorage
) -> None:
    hub.token = TOKEN
    status, log = _run(_environment(hub, place))

    lines = [json.loads(line) for line in log.splitlines()]
    progress = [line for line in lines if line["event"] == "progress"][-1]
    assert status == 0, log
    assert "acme/tiny/main/.complete" in place.objects
    assert lines[-1]["event"] == "done"
    assert progress["percent"] == 100.0
    assert progress["bytes"] == progress["totalBytes"] == hub.sent
    assert progress["bytesPerSecond"] > 0
    assert (progress["files"], progress["totalFiles"]) == (4, 4)
    for secret in (TOKEN, SIGNATURE, ACCESS_TOKEN, "/session/"):
        assert secret not in log
    assert not any(TOKEN.encode() in content for content, *_ in place.objects.values())


def test_the_clouds_token_goes_to_its_api_and_the_session_needs_none(
    hub: Hub, place: CloudStorage
) -> None:
    _run(_environment(hub, place))

    assert place.tokens == {f"Bearer {ACCESS_TOKEN}"}
    assert place.session_tokens == {None}


def test_all_mistakes_in_settings_are_reported_at_once_and_nothing_is_asked(
    hub: Hub, place: CloudStorage
) -> None:
    wrong = {"HUB_REPOSITORY": "tiny", "HUB_ENDPOINTS": "ftp://hub", "WEIGHTS_URI": "b/acme"}

    status, log = _run(_environment(hub, place, **wrong))

    assert status == 2
    for name in wrong:
        assert f"{name}: must be" in log
    assert hub.asked == []
    assert place.objects == {}


def test_pickles_end_with_the_code_that_no_try_follows(hub: Hub, place: CloudStorage) -> None:
    hub.has({"config.json": b"{}", "pytorch_model.bin": b"pickle"})

    status, log = _run(_environment(hub, place))

    assert status == 2
    assert "got only pickles: pytorch_model.bin" in log


def test_a_bucket_that_denies_ends_with_the_code_that_a_try_follows(
    hub: Hub, place: CloudStorage
) -> None:
    place.statuses = [403]

    status, log = _run(_environment(hub, place))

    assert status == 1
    assert "Cloud Storage: GET is answered 403" in log


def test_a_loader_that_is_killed_is_followed_by_one_that_goes_on(
    hub: Hub, place: CloudStorage
) -> None:
    content = safetensors(2 * PART + 5_000_000)
    hub.has({"config.json": b"{}", WEIGHTS: content})
    hub.slow_seconds = 0.001
    with _start(_environment(hub, place)) as process:
        _until(lambda: place.received > PART)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    hub.slow_seconds = 0

    status, log = _run(_environment(hub, place))

    assert status == 0, log
    assert place.objects[f"acme/tiny/main/{WEIGHTS}"][0] == content
    assert '"event": "goes on"' in log
    asked = [wanted for path, _, wanted in hub.asked if path.startswith("/lfs/")]
    assert asked == ["bytes=0-", f"bytes={PART}-"]
    assert 0 < hub.sent - len(content) - len(b"{}") <= PART


def _until(condition: Callable[[], bool], seconds: float = 30) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_a_loader_that_is_asked_to_stop_stops_at_once(hub: Hub, place: CloudStorage) -> None:
    hub.slow_seconds = 0.2
    with _start(_environment(hub, place)) as process:
        _until(lambda: hub.sent > 0)
        began = time.monotonic()
        process.terminate()
        process.communicate(timeout=10)

    assert process.returncode == 128 + signal.SIGTERM
    assert time.monotonic() - began < 5


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_memory_stays_within_what_the_job_may_have(hub: Hub, place: CloudStorage) -> None:
    """Four files at a time, of two parts each: as much as is ever held."""
    shards = {
        f"model-{number}.safetensors": safetensors(PART + 1000, number) for number in range(4)
    }
    hub.has({"config.json": b"{}", **shards})
    measured = (
        "import os, pathlib, sys; from weights_loader.__main__ import run; "
        "status = run(os.environ); "
        "print(pathlib.Path('/proc/self/status').read_text()); sys.exit(status)"
    )

    done = subprocess.run(
        [sys.executable, "-c", measured],
        env=_environment(hub, place),
        capture_output=True,
        text=True,
        check=True,
    )

    peak = next(line for line in done.stdout.splitlines() if line.startswith("VmHWM:"))
    assert int(peak.split()[1]) < 600 * 1024, peak
