"""What the model server's image starts, played without a container engine.

Its files are laid out as its Dockerfile says; entrypoint and health check run as they stand there.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.dockerfiles import DOCKERFILES, ROOT, Stage, stages
from tests.support.start_server import Place, Pod

pytestmark = pytest.mark.real

FOLDER = "/opt/tokenworks"


@pytest.fixture(name="image")
def _image(tmp_path: Path) -> Stage:
    """The last stage, with the files of the first one that it copies."""
    checked, last = stages(DOCKERFILES["model-server"])
    (tmp_path / "opt").mkdir()
    for one in checked.all("COPY"):
        source, target = one.words
        if target.startswith(f"{FOLDER}/"):
            shutil.copy(ROOT / source, tmp_path / "opt" / Path(target).name)
    assert last.last("COPY").rest == f"--from={checked.name} {FOLDER} {FOLDER}"
    return last


def _command(words: list[str], folder: Path) -> list[str]:
    """The words as they are run here: the Python of the tests, the files where they were laid."""
    assert words[0] == "python3"
    return [sys.executable, *(word.replace(FOLDER, f"{folder}/opt") for word in words[1:])]


def test_the_image_starts_vllm_with_the_settings_it_is_given_and_arguments_of_its_own(
    image: Stage, pod: Pod, hub: Place
) -> None:
    started = {
        **image.environment,
        **{name: pod.environment[name] for name in ("PATH", "RECORDS", "HF_HOME")},
        "HUB_REPOSITORY": "Qwen/Qwen2.5-7B-Instruct",
        "HUB_ENDPOINTS": hub.url,
    }
    command = [*image.last("ENTRYPOINT").listed, *image.last("CMD").listed]

    done = subprocess.run(
        _command(command, pod.folder), env=started, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert pod.arguments == ["serve", "Qwen/Qwen2.5-7B-Instruct", *image.last("CMD").listed]
    assert pod.seen["TRITON_CACHE_DIR"] == image.environment["TRITON_CACHE_DIR"]


def test_the_image_without_settings_says_all_that_is_missing_and_starts_nothing(
    image: Stage, pod: Pod
) -> None:
    done = subprocess.run(
        _command(image.last("ENTRYPOINT").listed, pod.folder),
        env={"PATH": pod.environment["PATH"], "WEIGHTS_URI": "ftp://weights/a/b/main"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    for setting in ("HUB_REPOSITORY", "HUB_ENDPOINTS", "HF_HOME", "WEIGHTS_ARGUMENTS"):
        assert f"{setting}: must be " in done.stderr
    assert "WEIGHTS_URI: must be s3://… or gs://…, got 'ftp://weights/a/b/main'" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (pod.folder / "arguments").exists()


def test_the_health_check_of_the_image_fails_where_nothing_serves(image: Stage, pod: Pod) -> None:
    command = _command(image.last("HEALTHCHECK").listed, pod.folder)

    done = subprocess.run([*command, "--port=9"], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "no token" in done.stderr
