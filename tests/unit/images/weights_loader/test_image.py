"""The image holds what the tests run with, and has what servers and the Job expect of it."""

import re
from importlib.metadata import version

from weights_loader import VERSION, store_gcs
from weights_loader.errors import RefusedError
from weights_loader.loading import COMPLETE

from components.serving import start_server, weights_job
from infra.catalog import releases
from tests.support.dockerfiles import DOCKERFILES, stages

DOCKERFILE = DOCKERFILES["weights-loader"]
PINS = re.compile(r"^([\w.-]+)==(\S+) \\$", re.MULTILINE)


def test_the_image_has_the_versions_that_the_tests_run_with() -> None:
    pinned = dict(PINS.findall(DOCKERFILE.with_name("requirements.txt").read_text("utf-8")))

    assert {"boto3", "google-auth", "urllib3", "packaging"} <= pinned.keys()
    assert pinned == {name: version(name) for name in pinned}


def test_every_package_of_the_image_is_locked_by_its_hash() -> None:
    text = DOCKERFILE.with_name("requirements.txt").read_text("utf-8")
    blocks = re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]

    assert len(blocks) == len(PINS.findall(text))
    assert all("--hash=sha256:" in block for block in blocks)


def test_the_image_runs_as_the_user_of_the_job() -> None:
    user = stages(DOCKERFILE)[-1].last("USER").rest

    assert user == f"{weights_job.USER}:{weights_job.USER}"


def test_servers_look_for_what_the_loader_writes_last() -> None:
    assert COMPLETE == start_server.MARKER
    assert store_gcs.STORAGE_VARIABLE == start_server.STORAGE_VARIABLE


def test_the_job_stops_at_the_code_of_a_refusal() -> None:
    assert RefusedError.exit_code == weights_job.REFUSED


def test_the_loader_writes_the_tag_of_its_image_into_manifests() -> None:
    assert releases.own_image("weights-loader").tag == VERSION
