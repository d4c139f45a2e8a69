"""A model server of `aws-dev` that really runs, on CPUs, with weights from a bucket."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from infra.wire import Properties
from tests.support import engine
from tests.support.engine import PROGRAMS, Server
from tests.support.start_server import Place
from tests.support.start_server import serving as answering
from tests.support.tiny_checkpoint import write_checkpoint

STACK = "aws-dev"
BUCKET = "weights-of-a-test"


@pytest.fixture(scope="session", name="home")
def _home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home for all servers: the second start finds what the first has compiled."""
    if not (PROGRAMS / "vllm").exists():
        pytest.skip("not run: vLLM's CPU build is not installed here (`make engine` says why)")
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session", name="container")
def _container() -> Properties:
    return engine.container_of(STACK)


@pytest.fixture(scope="session", name="hub")
def _hub() -> Iterator[Place]:
    """A hub that has nothing and hears everything."""
    with answering(Place()) as place:
        yield place


@pytest.fixture(scope="session", name="weights")
def _weights(home: Path, container: Properties, hub: Place) -> Iterator[dict[str, str]]:
    """The environment of a pod whose bucket has the checkpoint that its stack asks for."""
    checkpoint = home / "checkpoint"
    write_checkpoint(checkpoint)
    with engine.bucket(home) as url:
        here = engine.environment_here(container, home, AWS_ENDPOINT_URL=url, HUB_ENDPOINTS=hub.url)
        path = here["WEIGHTS_URI"].removeprefix("s3://").partition("/")[2]
        here["WEIGHTS_URI"] = f"s3://{BUCKET}/{path}"
        s3 = boto3.client(
            "s3",
            endpoint_url=url,
            region_name=here["AWS_REGION"],
            aws_access_key_id=here["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=here["AWS_SECRET_ACCESS_KEY"],
        )
        s3.create_bucket(Bucket=BUCKET)
        for file in sorted(checkpoint.iterdir()):
            s3.upload_file(str(file), BUCKET, f"{path}/{file.name}")
        s3.put_object(Bucket=BUCKET, Key=f"{path}/.complete", Body=b"")
        yield here


@pytest.fixture(scope="module", name="server")
def _server(container: Properties, home: Path, weights: dict[str, str]) -> Iterator[Server]:
    with engine.serving(container, home, weights) as server:
        yield server
