"""A bucket, a hub and a pod whose `vllm` only listens, for every test of the start program."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.serving import start_server
from tests.support.start_server import (
    CONFIG,
    GS_TOKEN_PATH,
    GS_URI,
    STREAMING,
    URI,
    VLLM,
    Place,
    Pod,
    serving,
)


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
