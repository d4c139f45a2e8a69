"""The bucket that a real engine has its weights from, and the loader that fills it.

Owns an S3 of moto's, the loader started as a stack's Job starts it, and what both have done.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3
from botocore.client import BaseClient

from infra.wire import Properties
from tests.support.dockerfiles import ROOT
from tests.support.engine import MACHINE, PROGRAMS, free_port
from tests.support.manifests import pods_of

BUCKET = "weights-of-a-test"
CUT = "model-00002-of-00002.safetensors"
"""File in whose middle the first loader is killed."""
LOADER, LOADER_SOURCE = "weights_loader", ROOT / "images" / "weights-loader" / "src"


@dataclass(frozen=True)
class Copied:
    """What the loader made of a checkpoint."""

    environment: dict[str, str]
    """Of a model server whose weights are these."""
    checkpoint: Path
    after_cut: list[str]
    """Keys in the bucket after the loader was killed."""
    objects: dict[str, bytes]
    """Key to content at the end."""


def loader_of(stack: str) -> Properties:
    """Return the container of a stack's first Job that fills the bucket."""
    pod = next(pod for pod in pods_of(stack) if pod.owner.kind == "Job")
    return pod.containers[0]


def loading(environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start the loader as its image does, from the folder of its source."""
    return subprocess.Popen(
        [sys.executable, "-m", LOADER],
        env={**environment, "PYTHONPATH": str(LOADER_SOURCE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def client(url: str) -> BaseClient:
    """Return a client of the bucket for the tests themselves."""
    return boto3.client(
        "s3",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=MACHINE["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=MACHINE["AWS_SECRET_ACCESS_KEY"],
    )


def names_in(s3: BaseClient) -> list[str]:
    """Return the keys of all objects."""
    return [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


@contextmanager
def bucket(folder: Path) -> Generator[str]:
    """Start an S3 of moto's and yield its address; `moto.log` in the folder says what was asked."""
    port = free_port()
    with (folder / "moto.log").open("wb") as log:
        process = subprocess.Popen(
            [PROGRAMS / "moto_server", "--port", str(port)], stdout=log, stderr=subprocess.STDOUT
        )
    try:
        deadline = time.monotonic() + 60
        while not _listens(port):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
