"""A real vLLM on this machine's CPUs, started as a pod of a stack starts it.

Owns what the pod of a stack says, what of it a machine without a GPU and without a kubelet must do
otherwise, and the processes of the engine. Does not own its weights (`engine_bucket`), nor vLLM:
`make engine` installs its CPU build as `.ci/vllm` locks it.
"""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from components.serving import health_check, start_script, vllm
from components.serving.pods import START_FOLDER
from infra.rehearsal.charts.objects import part
from infra.wire import Properties
from tests.support.dockerfiles import ROOT
from tests.support.manifests import maps, pods_of, texts
from tests.support.pod_rules import is_model_server

PROGRAMS = ROOT / ".tools" / "vllm" / "bin"
GPU_FLAGS = {
    "--gpu-memory-utilization": "share of a GPU's memory; here it would be one of all memory",
    "--port": "a pod has its own; here tests share them",
}
"""Flags that a stack renders and this machine cannot take, with the reason. All others stand."""
MACHINE = {
    "VLLM_CPU_KVCACHE_SPACE": "1",  # GiB for the KV cache, in place of a share of a GPU
    "AWS_ACCESS_KEY_ID": "marker",  # a pod gets its own from the cluster
    "AWS_SECRET_ACCESS_KEY": "marker",
    "AWS_EC2_METADATA_DISABLED": "true",
    "no_proxy": "127.0.0.1",
}
"""What the machine says besides: a GPU and the cluster say it to a pod."""
START_SECONDS = 300
"""A first start took 71 s on two cores, most of it compiling (2026-11-26)."""


def container_of(stack: str) -> Properties:
    """Return the container of a stack's first model server."""
    pod = next(pod for pod in pods_of(stack) if is_model_server(pod))
    return pod.containers[0]


def setting(container: Properties, name: str) -> str:
    """Return the value of a container's variable."""
    return next(str(one["value"]) for one in maps(container["env"]) if one["name"] == name)


def arguments_here(container: Properties, port: int) -> list[str]:
    """Return the arguments of the container, less those that this machine cannot take."""
    kept = [one for one in texts(container["args"]) if one.partition("=")[0] not in GPU_FLAGS]
    return [*kept, f"--port={port}"]


def environment_here(container: Properties, home: Path, **more: str) -> dict[str, str]:
    """Return the variables of the container, its home folder here, and what is different.

    The hub's token is of a Secret that need not be there, and here it is not.
    """
    declared = {
        str(variable["name"]): str(variable["value"]).replace(vllm.HOME, str(home))
        for variable in maps(container["env"])
        if "value" in variable
    }
    path = f"{PROGRAMS}:{os.environ['PATH']}"
    return {**declared, **MACHINE, "PATH": path, "TMPDIR": str(home), **more}


@dataclass(frozen=True)
class Server:
    """A running model server."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path
    """Home of the server; `log` is in it."""
    probe: list[str]
    """Command by which the kubelet asks whether it lives."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def health(self) -> int:
        """Return what vLLM itself answers about its health; 0 while nobody answers."""
        try:
            url = f"{self.url}{vllm.HEALTH_PATH}"
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  of this machine
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def check(self, seconds: float = 10) -> tuple[int, str]:
        """Run the container's own probe; return exit status and log."""
        done = subprocess.run(
            [*self.probe, f"--port={self.port}", f"--seconds={seconds}"],
            env={"TMPDIR": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stderr

    def check_anew(self) -> tuple[int, str]:
        """Run it as the first one, which knows nothing of tokens before it."""
        (self.folder / health_check.STATE.name).unlink(missing_ok=True)
        return self.check()

    def engine(self) -> psutil.Process:
        """Return the process that generates, which is not the one that answers."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        return next(one for one in children if "EngineCore" in " ".join(one.cmdline()))

    def until_ready(self) -> float:
        """Wait until it answers, and return how many seconds that took."""
        began = time.monotonic()
        while self.health() != 200:
            assert self.process.poll() is None, f"it ended:\n{self.log[-6000:]}"
            assert time.monotonic() - began < START_SECONDS, f"no answer:\n{self.log[-6000:]}"
            time.sleep(0.5)
        return time.monotonic() - began


@contextmanager
def serving(container: Properties, home: Path, environment: Mapping[str, str]) -> Generator[Server]:
    """Start a container's program, yield the server, and leave none of its processes."""
    home.mkdir(exist_ok=True)
    for name, source in start_script.programs().items():
        (home / name).write_text(source, encoding="utf-8")
    start = _command_here(texts(container["command"]), home)
    probe = _command_here(texts(part(container, "livenessProbe", "exec")["command"]), home)
    port = free_port()
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [*start, *arguments_here(container, port)],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    tree = [psutil.Process(process.pid)]
    try:
        server = Server(process, port, home, probe)
        server.until_ready()
        tree += tree[0].children(recursive=True)
        yield server
    finally:
        process.poll()
        if tree[0].is_running():
            tree += tree[0].children(recursive=True)
        for one in tree:
            if one.is_running():
                one.kill()
        process.wait()


def free_port() -> int:
    """Return a port that nobody has at the moment."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _command_here(command: list[str], home: Path) -> list[str]:
    """Return a command of the container with the image's Python and the mounted files here."""
    assert command[0] == "python3"
    return [
        str(PROGRAMS / "python"),
        *(one.replace(START_FOLDER, str(home)) for one in command[1:]),
    ]
