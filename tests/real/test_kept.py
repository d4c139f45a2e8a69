"""A rehearsal that is kept: it stays, it is destroyed later, and it can be looked through."""

import base64
import io
from pathlib import Path
from urllib.parse import quote

import pytest
from rich.console import Console

from infra.rehearsal.failure import RehearsalFailedError
from infra.rehearsal.kept import Kept
from infra.rehearsal.screen import Screen
from infra.rehearsal.secrecy import Secrecy
from infra.rehearsal.secret_scan import find_in_files
from infra.rehearsal.site import Site, SiteFolders
from tests.support.command import run
from tests.support.projects import make_project, stack_config, write_stack

pytestmark = pytest.mark.real

STACK = "aws-dev"


def site_of(project: Path) -> Site:
    saved = Kept.find(SiteFolders.of(project, STACK))
    assert saved is not None
    return saved.site


def test_what_is_left_behind_fails_the_command_and_is_named(tmp_path: Path) -> None:
    project = make_project(tmp_path / "it", {STACK: stack_config()})
    try:
        assert run("rehearse", STACK, "--keep", project=project).returncode == 0
        forgotten = {"name": "forgotten", "namespace": "default"}
        site_of(project).api.create(
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": forgotten}
        )
    finally:
        destroyed = run("rehearse", STACK, "--destroy", project=project)

    assert destroyed.returncode == 1
    assert "cluster: ConfigMap default/forgotten" in destroyed.stdout


def test_a_kept_rehearsal_stays_and_is_destroyed_later(tmp_path: Path) -> None:
    project = make_project(tmp_path / "it", {STACK: stack_config()})

    kept = run("rehearse", STACK, "--keep", project=project)
    try:
        assert kept.returncode == 0, kept.stdout + kept.stderr
        again = run("rehearse", STACK, project=project)
        assert again.returncode == 1
        assert "--destroy" in again.stderr
        # What was built is destroyed, not what the stack file says by then.
        write_stack(project, STACK, {"tokenworks:cloud": {"region": "nowhere"}})
    finally:
        destroyed = run("rehearse", STACK, "--destroy", project=project)

    assert destroyed.returncode == 0, destroyed.stdout + destroyed.stderr
    assert "left behind      nothing" in destroyed.stdout
    assert "nothing is kept" in run("rehearse", STACK, "--destroy", project=project).stdout


def test_a_secret_that_is_planted_in_a_whole_rehearsal_is_found(tmp_path: Path) -> None:
    project = make_project(tmp_path / "it", {STACK: stack_config()})
    try:
        assert run("rehearse", STACK, "--keep", project=project).returncode == 0
        site = site_of(project)
        learnt = Secrecy.learn(site)
        password = next(one for one in learnt.secrets if "vector-store/milvus-root" in one.name)
        logs = site.folders.engine / "logs"

        assert learnt.in_cluster == ()
        assert list(find_in_files(site.folders.root, learnt.secrets)) == []

        hidden = base64.b64encode(b"root:" + password.value).decode()
        planted = {"metadata": {"name": "planted", "namespace": "default"}, "data": {"a": hidden}}
        site.api.create({"apiVersion": "v1", "kind": "ConfigMap", **planted})
        (logs / "planted.log").write_text(
            f"asking https://milvus/?p={quote(password.value, safe='')}\n"
        )

        said = io.StringIO()
        with pytest.raises(RehearsalFailedError, match="where none belongs"):
            Secrecy.learn(site).require(site, Screen(Console(file=said, width=200)))

        assert "ConfigMap default/planted holds" in said.getvalue()
        assert "engine/logs/planted.log:1 holds" in said.getvalue()
        assert password.value.decode() not in said.getvalue()
        site.api.delete("v1", "ConfigMap", "planted", "default")
        (logs / "planted.log").unlink()
    finally:
        run("rehearse", STACK, "--destroy", project=project)
