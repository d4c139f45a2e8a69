"""Installations with one cloud's packages alone, made by uv from the lock file."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.unit.test_extras import STACKS

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
CLOUDS = ("aws", "gcp")


@dataclass(frozen=True)
class Installation:
    """A virtual environment with one extra and no development packages."""

    cloud: str
    folder: Path

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a program in it, without any of this process's own environment's."""
        environment = {
            "PATH": f"{self.folder / 'bin'}:{os.defpath}",
            "HOME": os.environ["HOME"],  # uv's cache
            "UV_PROJECT_ENVIRONMENT": str(self.folder),
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_NO_DEV": "1",
        }
        named = {key: item for key, item in os.environ.items() if key.startswith(("UV_", "SSL_"))}
        return subprocess.run(
            [str(word) for word in command],
            cwd=ROOT,
            env=named | environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    @property
    def packages(self) -> list[str]:
        """What is installed, with versions."""
        return self.run(UV, "pip", "freeze", "--python", self.folder).stdout.splitlines()


@pytest.fixture(scope="module", params=CLOUDS)
def installation(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Installation:
    """What `uv sync` makes of one extra."""
    cloud: str = request.param
    made = Installation(cloud, tmp_path_factory.mktemp(cloud) / "venv")
    done = made.run(UV, "sync", "--frozen", "--python", sys.executable, "--extra", cloud)
    assert done.returncode == 0, done.stderr
    return made


def _named(installation: Installation) -> set[str]:
    return {line.partition("==")[0] for line in installation.packages}


def test_it_has_one_clouds_packages_and_none_of_the_others(installation: Installation) -> None:
    ours = {"aws": {"boto3", "botocore", "moto", "pulumi-aws"}}
    ours["gcp"] = {"google-api-python-client", "google-auth", "pulumi-gcp"}
    (other,) = set(CLOUDS) - {installation.cloud}
    packages = _named(installation)

    assert ours[installation.cloud] <= packages
    assert not packages & ours[other]
    assert "pytest" not in packages


@pytest.mark.parametrize("cloud", STACKS)
def test_stacks_of_its_cloud_are_explained_and_rendered_and_others_refused(
    cloud: str, installation: Installation, tmp_path: Path
) -> None:
    explained = installation.run("tokenworks", "explain", STACKS[cloud])
    rendered = installation.run("tokenworks", "render", STACKS[cloud], "--out", tmp_path / "out")

    assert explained.returncode == 0, explained.stderr
    if cloud == installation.cloud:
        assert rendered.returncode == 0, rendered.stderr
        assert " files in " in rendered.stdout
    else:
        assert rendered.returncode == 2
        assert rendered.stderr.startswith(f"stack {STACKS[cloud]}: 1 mistake\n")
        assert f"`uv sync --inexact --extra {cloud}`" in rendered.stderr


def test_what_pulumi_does_before_each_program_changes_nothing(installation: Installation) -> None:
    """`toolchain: uv`: pulumi 3.259.0, sdk/python/toolchain/uv.go, `Command`."""
    before = installation.packages

    done = installation.run(UV, "sync", "--inexact")

    assert done.returncode == 0, done.stderr
    assert installation.packages == before
