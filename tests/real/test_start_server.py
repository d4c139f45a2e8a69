"""The start program of a model server, really run: a bucket, hubs and a `vllm` that only listen."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from components.serving import start_server
from components.serving.start_script import program

pytestmark = pytest.mark.real

URI = "s3://weights/Qwen/Qwen2.5-7B-Instruct/main"
MARKER = "/weights/Qwen/Qwen2.5-7B-Instruct/main/.complete"
GS_URI = URI.replace("s3://", "gs://")
GS_MARKER = "/storage/v1/b/weights/o/Qwen%2FQwen2.5-7B-Instruct%2Fmain%2F.complete?fields=name"
GS_TOKEN_PATH = "/computeMetadata/v1/instance/service-accounts/default/token"
CONFIG = "/Qwen/Qwen2.5-7B-Instruct/resolve/main/config.json"
STREAMING = ["--load-format=runai_streamer"]
TOKEN = "marker-of-a-token"
VLLM = """\
#!/bin/sh
trap 'exit 3' TERM
printf '%s\\n' "$@" > "$RECORDS/arguments"
env > "$RECORDS/environment"
[ -z "$SERVES" ] || while :; do sleep 0.05; done
"""


@dataclass
class Place:
    """A bucket or a hub: what it has, what it was asked, and with which token."""

    answers: dict[str, int] = field(default_factory=dict)
    any_answer: int = 404
    redirects: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    url: str = ""


@contextmanager
def serving(place: Place) -> Generator[Place]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            place.asked.append((self.path, self.headers.get("Authorization")))
            time.sleep(place.seconds)
            target = place.redirects.get(self.path)
            self.send_response(302 if target else place.answers.get(self.path, place.any_answer))
            if target:
                self.send_header("Location", target)
            body = place.bodies.get(self.path.partition("?")[0], "").encode()
            self.send_header("Content-Length", str(len(body)))
            if body:
                self.send_header("Content-Type", "application/json")
                self.send_header("Metadata-Flavor", "Google")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET = _answer  # noqa: N815  names that the library looks for

        def log_message(self, *_: object) -> None:  # ty: ignore[incompatible-method-override] - its format is not used
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    place.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield place
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Pod:
    """A pod's file system and environment."""

    folder: Path
    environment: dict[str, str]

    def start(self, **more: str) -> subprocess.Popen[str]:
        script = self.folder / "start.py"
        script.write_text(program(), encoding="utf-8")
        return subprocess.Popen(
            [sys.executable, str(script), "--served-model-name=qwen"],
            env={**self.environment, **more},
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, **more: str) -> tuple[int, str]:
        """Return the exit status and the log."""
        with self.start(**more) as process:
            _, log = process.communicate(timeout=60)
        return process.returncode, log

    @property
    def arguments(self) -> list[str]:
        return (self.folder / "arguments").read_text(encoding="utf-8").splitlines()

    @property
    def seen(self) -> dict[str, str]:
        """The environment that vLLM got."""
        lines = (self.folder / "environment").read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)


@pytest.fixture(name="bucket")
def _bucket() -> Iterator[Place]:
    with serving(Place()) as place:
        yield place


@pytest.fixture(name="hub")
def _hub() -> Iterator[Place]:
    with serving(Place({CONFIG: 200})) as place:
        yield place


@pytest.fixture(name="pod")
def _pod(tmp_path: Path, bucket: Place, hub: Place) -> Pod:
    binaries, libraries = tmp_path / "bin", tmp_path / "lib"
    binaries.mkdir()
    libraries.mkdir()
    (binaries / "vllm").write_text(VLLM, encoding="utf-8")
    (binaries / "vllm").chmod(0o755)
    for name in (one for names in start_server.STREAMERS.values() for one in names):
        if name.startswith("runai_"):  # the others are real
            (libraries / f"{name}.py").touch()
    return Pod(
        tmp_path,
        {
            "PATH": f"{binaries}:{os.defpath}",
            "PYTHONPATH": str(libraries),
            "RECORDS": str(tmp_path),
            "HOME": str(tmp_path),
            "HF_HOME": str(tmp_path / "huggingface"),
            "AWS_ACCESS_KEY_ID": "marker",
            "AWS_SECRET_ACCESS_KEY": "marker",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": bucket.url,
            "WEIGHTS_URI": URI,
            "WEIGHTS_ARGUMENTS": json.dumps(STREAMING),
            "HUB_REPOSITORY": "Qwen/Qwen2.5-7B-Instruct",
            "HUB_ENDPOINTS": hub.url,
        },
    )


def test_complete_weights_in_the_bucket_are_streamed_and_no_hub_is_asked(
    pod: Pod, bucket: Place, hub: Place
) -> None:
    bucket.answers[MARKER] = 200

    status, log = pod.run(HF_TOKEN=TOKEN)

    assert status == 0, log
    assert pod.arguments == ["serve", URI, *STREAMING, "--served-model-name=qwen"]
    assert pod.seen["HF_HUB_OFFLINE"] == "1"
    assert "HF_TOKEN" not in pod.seen
    assert hub.asked == []
    assert f"weights from the bucket: {URI}" in log


@pytest.mark.parametrize(
    ("answer", "reason"), [(404, "no .complete there"), (403, "S3 answers 403")]
)
def test_without_them_the_hub_is_taken_and_the_log_says_why(
    pod: Pod, bucket: Place, hub: Place, answer: int, reason: str
) -> None:
    bucket.answers[MARKER] = answer

    status, log = pod.run()

    assert status == 0, log
    assert pod.arguments == ["serve", "Qwen/Qwen2.5-7B-Instruct", "--served-model-name=qwen"]
    assert pod.seen["HF_ENDPOINT"] == hub.url
    assert "HF_HUB_OFFLINE" not in pod.seen
    assert f"not from the bucket {URI}: {reason}" in log
    assert f"weights from the hub {hub.url}" in log


def test_an_image_that_cannot_stream_starts_from_the_hub(pod: Pod, bucket: Place) -> None:
    bucket.answers[MARKER] = 200

    status, log = pod.run(PYTHONPATH="")

    assert status == 0, log
    assert pod.arguments[1] == "Qwen/Qwen2.5-7B-Instruct"
    assert "the image lacks runai_model_streamer, runai_model_streamer_s3" in log
    assert bucket.asked == []


def test_a_pod_without_credentials_starts_from_the_hub(pod: Pod) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del pod.environment[name]

    status, log = pod.run(AWS_EC2_METADATA_DISABLED="true")

    assert status == 0, log
    assert pod.arguments[1] == "Qwen/Qwen2.5-7B-Instruct"
    assert "Unable to locate credentials" in log


def test_a_bucket_that_nobody_reaches_costs_no_start(pod: Pod) -> None:
    status, log = pod.run(AWS_ENDPOINT_URL="http://127.0.0.1:9")

    assert status == 0, log
    assert pod.arguments[1] == "Qwen/Qwen2.5-7B-Instruct"


def test_a_model_without_a_bucket_asks_the_hub_alone(pod: Pod, bucket: Place) -> None:
    del pod.environment["WEIGHTS_URI"]

    status, log = pod.run()

    assert status == 0, log
    assert "not from the bucket" not in log
    assert bucket.asked == []


def test_a_pinned_revision_is_the_one_that_is_asked_for_and_loaded(pod: Pod, hub: Place) -> None:
    path = CONFIG.replace("main", "a" * 40)
    hub.answers = {path: 200}

    status, log = pod.run(HUB_REVISION="a" * 40)

    assert status == 0, log
    assert f"--revision={'a' * 40}" in pod.arguments
    assert [asked for asked, _ in hub.asked] == [path]


def test_mirrors_are_tried_in_their_order_and_get_no_token(pod: Pod, hub: Place) -> None:
    hub.answers[CONFIG] = 503
    with serving(Place({CONFIG: 200})) as mirror, serving(Place({CONFIG: 200})) as last:
        status, log = pod.run(HUB_ENDPOINTS=f"{hub.url} {mirror.url} {last.url}", HF_TOKEN=TOKEN)

    assert status == 0, log
    assert hub.asked == [(CONFIG, f"Bearer {TOKEN}")]
    assert mirror.asked == [(CONFIG, None)]
    assert last.asked == []
    assert pod.seen["HF_ENDPOINT"] == mirror.url
    assert "HF_TOKEN" not in pod.seen
    assert f"not from the hub {hub.url}: answers 503" in log


def test_the_token_goes_to_the_hub_and_to_vllm_and_not_where_the_hub_sends_us(
    pod: Pod, hub: Place
) -> None:
    with serving(Place({"/file": 200})) as storage:
        hub.redirects[CONFIG] = f"{storage.url}/file"
        status, log = pod.run(HF_TOKEN=TOKEN)

    assert status == 0, log
    assert hub.asked == [(CONFIG, f"Bearer {TOKEN}")]
    assert storage.asked == [("/file", None)]
    assert pod.seen["HF_TOKEN"] == TOKEN
    assert TOKEN not in log


def test_without_any_weights_the_start_fails_and_names_every_place(pod: Pod, hub: Place) -> None:
    hub.answers[CONFIG] = 401
    silent = "http://127.0.0.1:9"

    status, log = pod.run(HUB_ENDPOINTS=f"{hub.url} {silent}")

    assert status == 1
    for place in (URI, hub.url, silent):
        assert f"{place}: " in log
    assert "no weights: neither the bucket nor a hub has Qwen/Qwen2.5-7B-Instruct" in log


def test_a_restart_while_every_hub_is_down_uses_what_is_on_the_disk(pod: Pod, hub: Place) -> None:
    hub.answers[CONFIG] = 503
    snapshot = pod.folder / "huggingface/hub/models--Qwen--Qwen2.5-7B-Instruct/snapshots/abc"
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").touch()

    status, log = pod.run()

    assert status == 0, log
    assert pod.arguments[1] == "Qwen/Qwen2.5-7B-Instruct"
    assert pod.seen["HF_HUB_OFFLINE"] == "1"


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


@pytest.fixture(name="on_gke")
def _on_gke(pod: Pod, bucket: Place) -> Iterator[Pod]:
    """A pod of Google Cloud: its metadata server gives a token for the bucket."""
    answers = {
        GS_TOKEN_PATH: '{"access_token": "ya29.of-the-pod", "expires_in": 3600}',
        "/computeMetadata/v1/project/project-id": "some-project",
        "/computeMetadata/v1/instance/service-accounts/default/": (
            '{"email": "default", "scopes": []}'
        ),
        "/computeMetadata/v1/universe/universe-domain": "googleapis.com",
        "/": "ok",
    }
    with serving(Place(bodies=answers)) as metadata:
        metadata.any_answer = 200
        host = metadata.url.removeprefix("http://")
        pod.environment |= {
            "GCE_METADATA_HOST": host,
            "GCE_METADATA_IP": host,
            "STORAGE_EMULATOR_HOST": bucket.url,
            "WEIGHTS_URI": GS_URI,
        }
        yield pod


def test_complete_weights_in_cloud_storage_are_streamed_with_the_credentials_of_the_pod(
    on_gke: Pod, bucket: Place, hub: Place
) -> None:
    bucket.answers[GS_MARKER] = 200

    status, log = on_gke.run(HF_TOKEN=TOKEN)

    assert status == 0, log
    assert on_gke.arguments == ["serve", GS_URI, *STREAMING, "--served-model-name=qwen"]
    assert bucket.asked == [(GS_MARKER, "Bearer ya29.of-the-pod")]
    assert hub.asked == []
    assert f"weights from the bucket: {GS_URI}" in log


@pytest.mark.parametrize(
    ("answer", "reason"), [(404, "no .complete there"), (403, "Cloud Storage answers 403")]
)
def test_without_them_in_cloud_storage_the_hub_is_taken_and_the_log_says_why(
    on_gke: Pod, bucket: Place, hub: Place, answer: int, reason: str
) -> None:
    bucket.answers[GS_MARKER] = answer

    status, log = on_gke.run()

    assert status == 0, log
    assert on_gke.seen["HF_ENDPOINT"] == hub.url
    assert f"not from the bucket {GS_URI}: {reason}" in log


def test_an_answer_that_cloud_storage_owes_us_is_asked_for_again(
    on_gke: Pod, bucket: Place
) -> None:
    bucket.answers[GS_MARKER] = 503

    status, log = on_gke.run()

    assert status == 0, log
    assert len(bucket.asked) == start_server.BUCKET_ATTEMPTS
    assert "Cloud Storage answers 503" in log


def test_a_pod_without_a_metadata_server_starts_from_the_hub(on_gke: Pod, bucket: Place) -> None:
    status, log = on_gke.run(NO_GCE_CHECK="true")

    assert status == 0, log
    assert on_gke.arguments[1] == "Qwen/Qwen2.5-7B-Instruct"
    assert "default credentials were not found" in log
    assert bucket.asked == []


def test_a_cloud_storage_that_nobody_reaches_costs_no_start(on_gke: Pod) -> None:
    status, log = on_gke.run(STORAGE_EMULATOR_HOST="http://127.0.0.1:9")

    assert status == 0, log
    assert on_gke.arguments[1] == "Qwen/Qwen2.5-7B-Instruct"


def test_an_image_that_cannot_stream_from_cloud_storage_starts_from_the_hub(
    on_gke: Pod, bucket: Place
) -> None:
    status, log = on_gke.run(PYTHONPATH="")

    assert status == 0, log
    assert "the image lacks runai_model_streamer, runai_model_streamer_gcs" in log
    assert bucket.asked == []


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)
