"""A model server of `aws-dev` that really runs, on CPUs, with weights from a bucket."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.wire import Properties
from tests.support import engine
from tests.support.checkpoint_hub import CheckpointHub, serving_checkpoint
from tests.support.engine import PROGRAMS, Server
from tests.support.engine_bucket import (
    BUCKET,
    CUT,
    Copied,
    bucket,
    client,
    loader_of,
    loading,
    names_in,
)
from tests.support.start_server import Place
from tests.support.start_server import serving as answering
from tests.support.tiny_checkpoint import write_checkpoint

STACK = "aws-dev"


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


@pytest.fixture(scope="session", name="copied")
def _copied(home: Path, container: Properties, hub: Place) -> Iterator[Copied]:
    """The bucket of a stack, filled by the loader as the stack's Job starts it, once cut."""
    checkpoint = home / "checkpoint"
    write_checkpoint(checkpoint)
    job = loader_of(STACK)
    source = CheckpointHub(checkpoint, engine.setting(job, "HUB_REPOSITORY"), stalls=CUT)
    with bucket(home) as url, serving_checkpoint(source):
        s3 = client(url)
        s3.create_bucket(Bucket=BUCKET)
        uri = engine.setting(job, "WEIGHTS_URI")
        uri = f"s3://{BUCKET}/{uri.removeprefix('s3://').partition('/')[2]}"
        there = {"AWS_ENDPOINT_URL": url, "WEIGHTS_URI": uri}
        told = engine.environment_here(job, home, **there, HUB_ENDPOINTS=source.url)
        with loading(told) as first:
            assert source.in_the_middle.wait(60), "the loader never asked for the file"
            first.kill()
        after_cut = names_in(s3)
        source.goes_on.set()
        with loading(told) as second:
            log = second.communicate(timeout=120)[0].decode()
        assert second.returncode == 0, log
        yield Copied(
            engine.environment_here(container, home, **there, HUB_ENDPOINTS=hub.url),
            checkpoint,
            after_cut,
            {name: s3.get_object(Bucket=BUCKET, Key=name)["Body"].read() for name in names_in(s3)},
        )


@pytest.fixture(scope="session", name="weights")
def _weights(copied: Copied) -> dict[str, str]:
    """The environment of a pod whose bucket has the checkpoint that its stack asks for."""
    return copied.environment


@pytest.fixture(scope="module", name="server")
def _server(container: Properties, home: Path, weights: dict[str, str]) -> Iterator[Server]:
    with engine.serving(container, home, weights) as server:
        yield server
