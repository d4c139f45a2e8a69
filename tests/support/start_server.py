"""What a start program meets: a bucket or a hub that answers, and a pod to run it in."""

import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from components.serving.start_script import program

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
[ -z "$SERVES" ] || while :; do sleep 0.05; done"""


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
