"""Every Dockerfile: clean, without root, on a base that is pinned; and the model server's own."""

import subprocess
import sys
from pathlib import Path

import pytest

from components.serving import pods, vllm
from components.serving.start_script import FILE, HEALTH_FILE
from infra.catalog import releases
from tests.support.dockerfiles import DOCKERFILES, ROOT, bases, copied, stages

HADOLINT = Path(sys.executable).with_name("hadolint")
MODEL_SERVER = DOCKERFILES["model-server"]
each_image = pytest.mark.parametrize("path", DOCKERFILES.values(), ids=DOCKERFILES)


def _lint(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [HADOLINT, "--no-color", "--failure-threshold", "style", path],
        capture_output=True,
        text=True,
        check=False,
    )


@each_image
def test_hadolint_has_nothing_to_say(path: Path) -> None:
    done = _lint(path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "hadolint ignore" not in path.read_text(encoding="utf-8")


def test_hadolint_says_what_is_wrong(tmp_path: Path) -> None:
    wrong = tmp_path / "Dockerfile"
    wrong.write_text("FROM docker.io/library/debian:latest\nRUN cd /tmp\n", encoding="utf-8")

    done = _lint(wrong)

    assert done.returncode == 1
    assert {"DL3007", "DL3003"} <= {line.split()[1] for line in done.stdout.splitlines()}


@each_image
def test_the_image_runs_as_a_user_that_kubernetes_can_tell_to_be_no_root(path: Path) -> None:
    user = stages(path)[-1].last("USER").rest.partition(":")[0]

    assert user.isdecimal()
    assert int(user) > 0


@each_image
def test_the_base_is_pinned_in_the_lock_file(path: Path) -> None:
    """By digest, or by tag where that row says that the digest is unresolved."""
    lock = releases.read_lock()
    pinned = {row.reference for row in (*lock.images.values(), *lock.bases.values())}

    assert set(bases(path)) <= pinned


@each_image
def test_the_image_starts_without_a_shell_which_would_keep_signals_to_itself(path: Path) -> None:
    last = stages(path)[-1]

    assert last.last("ENTRYPOINT").listed
    for one in (*last.all("CMD"), *last.all("HEALTHCHECK")):
        assert one.listed


def test_the_base_of_the_model_server_is_the_image_that_servers_run() -> None:
    """With its digest as soon as that is resolved; until then `unresolved` names it."""
    image = releases.image("vllm")

    assert set(bases(MODEL_SERVER)) == {image.reference}
    assert (image.digest is None) == ("image vllm: digest" in releases.unresolved("aws"))


def test_the_base_is_checked_against_the_same_version_of_vllm() -> None:
    run = stages(MODEL_SERVER)[0].last("RUN").listed

    assert run[-1] == releases.image("vllm").tag.removeprefix("v")


def test_the_image_has_what_pods_have() -> None:
    """One program, one environment, one user: a stack may change between both images."""
    last = stages(MODEL_SERVER)[-1]
    laid = {one.words[-1]: one.words[0] for one in stages(MODEL_SERVER)[0].all("COPY")}

    assert laid["/opt/tokenworks/start.py"] == "components/serving/start_server.py"
    assert laid["/opt/tokenworks/health.py"] == "components/serving/health_check.py"
    assert last.last("HEALTHCHECK").listed == [
        pods.HEALTH_COMMAND[0],
        f"/opt/tokenworks/{HEALTH_FILE}",
    ]
    assert last.last("ENTRYPOINT").listed == [pods.COMMAND[0], f"/opt/tokenworks/{FILE}"]
    assert vllm.vllm_environment().items() <= last.environment.items()
    assert last.last("USER").rest == f"{pods.VLLM_USER}:{pods.VLLM_GROUP}"
    assert last.last("EXPOSE").rest == str(vllm.PORT)


def test_without_arguments_of_a_stack_the_server_still_drains_and_keeps_streams_open() -> None:
    arguments = dict(one.split("=") for one in stages(MODEL_SERVER)[-1].last("CMD").listed)

    assert int(arguments.pop("--shutdown-timeout")) > 0
    assert arguments == {
        "--port": str(vllm.PORT),
        "--sse-keep-alive-interval": str(vllm.SSE_KEEP_ALIVE_SECONDS),
        "--disable-access-log-for-endpoints": f"{vllm.HEALTH_PATH},/metrics",
    }


@each_image
def test_the_build_sees_the_files_that_it_copies_and_no_others(path: Path) -> None:
    ignore = path.with_name("Dockerfile.dockerignore")
    allowed = {
        line.removeprefix("!")
        for line in ignore.read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }

    assert copied(path) == allowed
    assert all((ROOT / name).exists() for name in copied(path))
