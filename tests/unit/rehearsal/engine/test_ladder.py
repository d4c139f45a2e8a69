"""On PATH, in the cache, official release, built from source: the first that fits is taken."""

# ruff: noqa: ARG002 - the signature of a method that is replaced

import pwd
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from infra.rehearsal import ladder
from infra.rehearsal.ladder import LadderError, Rung
from infra.rehearsal.ladder import cache as store
from infra.rehearsal.ladder.__main__ import main
from infra.rehearsal.ladder.catalogue import (
    ETCD,
    FAMILIES,
    KUBERNETES,
    TEST_FAMILIES,
    Family,
)
from infra.rehearsal.ladder.progress import SilentProgress
from infra.rehearsal.ladder.release import Downloads
from infra.rehearsal.ladder.results import RungRefusedError
from tests.support.trees import assert_a_signal_leaves_nothing

ALL = (*FAMILIES, *TEST_FAMILIES)

pytestmark = pytest.mark.thorough  # starts processes and waits for them

FAKE_GO = """#!/bin/sh
# Writes what `go build -o FOLDER/` would: one program that tells its version.
echo "$PWD $*" >> "$HOME/go.log"
echo "$GOWORK" > "$HOME/gowork"
while [ "$1" != "-o" ]; do shift; done
printf '#!/bin/sh\\necho etcd Version: 3.6.14\\n' > "$2/server"
chmod +x "$2/server"
echo compiling
"""
BROKEN_GO = "#!/bin/sh\necho 'main.go:1: undefined: x'\nexit 1\n"
SLOW_GO = """#!/bin/sh
while [ "$1" != "-o" ]; do shift; done
echo half > "$2/server"
echo started
sleep 5501
"""

OWNER = """
import sys
from pathlib import Path
from infra.rehearsal.ladder import SilentProgress, install
from infra.rehearsal.ladder.catalogue import ETCD
from tests.unit.rehearsal.engine.test_ladder import NoNetwork

class Told(SilentProgress):
    def line(self, family, text):
        if text == "started":
            print("started", flush=True)

progress = Told()
install(progress, cache=Path(sys.argv[1]), search_path="", families=(ETCD,),
        downloads=NoNetwork(progress))
"""


class NoNetwork(Downloads):
    """No host can be reached."""

    def fetch(self, family: Family, url: str, to: Path) -> None:
        message = "github.com is not reachable (no network)"
        raise RungRefusedError(message)


def executable(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def telling(folder: Path, name: str, version: str) -> None:
    executable(folder / name, f"#!/bin/sh\necho {name} version {version}\n")


@pytest.fixture
def go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Go that writes its arguments to `go.log` in its home."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path / 'go-bin'}:/usr/bin:/bin")
    return executable(tmp_path / "go-bin" / "go", FAKE_GO)


def install(tmp_path: Path, *families: Family) -> ladder.Programs:
    progress = SilentProgress()
    return ladder.install(
        progress,
        cache=tmp_path / "cache",
        search_path=str(tmp_path / "path"),
        families=families,
        downloads=NoNetwork(progress),
    )


def test_a_program_on_path_in_a_fitting_version_is_taken(tmp_path: Path) -> None:
    telling(tmp_path / "path", "etcd", "3.6.20")
    found = install(tmp_path, ETCD).by_name["etcd"]
    assert (found.path, found.version) == (tmp_path / "path" / "etcd", "3.6.20")
    assert found.rung is Rung.ON_PATH
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("version", ["3.4.23", "3.6.13", "3.7.0"])
def test_a_program_on_path_that_is_too_old_or_too_new_is_passed_over(
    version: str, tmp_path: Path, go: Path
) -> None:
    telling(tmp_path / "path", "etcd", version)
    assert go.exists()
    assert install(tmp_path, ETCD).by_name["etcd"].rung is Rung.SOURCE


def test_a_family_is_taken_from_path_whole_or_not_at_all(tmp_path: Path) -> None:
    telling(tmp_path / "path", "kube-apiserver", "1.36.3")
    telling(tmp_path / "path", "kube-scheduler", "1.36.3")
    with pytest.raises(LadderError, match="kube-controller-manager is not on PATH"):
        _without_go(tmp_path, KUBERNETES)


def test_a_build_uses_the_pinned_module_and_the_next_run_uses_the_cache(
    tmp_path: Path, go: Path
) -> None:
    first = install(tmp_path, ETCD).by_name["etcd"]
    assert first.path.read_text().startswith("#!/bin/sh")
    assert (first.version, first.rung) == ("3.6.14", Rung.SOURCE)
    (call,) = (tmp_path / "go.log").read_text().splitlines()
    assert call.startswith(f"{ETCD.folder} build ")
    assert call.endswith(" go.etcd.io/etcd/server/v3")
    assert (tmp_path / "gowork").read_text() == "off\n"

    go.unlink()
    assert install(tmp_path, ETCD).by_name["etcd"] == first
    assert [path.name for path in (tmp_path / "cache").glob(".partial*")] == []


def test_another_go_mod_is_another_place_in_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = store.place(tmp_path, ETCD)
    monkeypatch.setattr("infra.rehearsal.ladder.catalogue.PROGRAMS_FOLDER", tmp_path)
    (tmp_path / "etcd").mkdir()
    (tmp_path / "etcd" / "go.mod").write_text("module other")
    (tmp_path / "etcd" / "go.sum").write_text("")
    assert store.place(tmp_path, ETCD) != before


def test_every_rung_and_its_reason_is_told_with_the_next_step(tmp_path: Path, go: Path) -> None:
    executable(go, BROKEN_GO)
    with pytest.raises(LadderError) as caught:
        install(tmp_path, ETCD)
    message = str(caught.value)
    assert "etcd: version 3.6.14 cannot be had" in message
    assert "on PATH: etcd is not on PATH" in message
    assert "official release: github.com is not reachable (no network)" in message
    assert "built from source: go build ended with exit code 1:\nmain.go:1: undefined: x" in message
    assert "Put etcd 3.6.14 on PATH" in message
    assert list((tmp_path / "cache").glob("*etcd*/*")) == []


def test_without_go_the_person_is_told_where_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(LadderError, match=r"Go is not installed: Go 1\.26 or newer"):
        _without_go(tmp_path, ETCD)


def test_a_build_that_gives_another_version_is_not_kept(tmp_path: Path, go: Path) -> None:
    executable(go, FAKE_GO.replace("3.6.14", "3.5.0"))
    with pytest.raises(LadderError, match=r"is 3\.5\.0; etcd from 3\.6\.14 to below 3\.7\.0 fits"):
        install(tmp_path, ETCD)
    assert store.read(tmp_path / "cache", ETCD) is None


def test_a_cache_that_cannot_be_made_is_named_with_the_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TOKENWORKS_CACHE", str(tmp_path / "file"))
    with pytest.raises(LadderError, match="TOKENWORKS_CACHE") as caught:
        ladder.install(SilentProgress(), search_path="", families=(ETCD,))
    assert str(tmp_path / "file" / "programs") in str(caught.value)


def test_a_user_without_a_home_is_told_to_name_a_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_CACHE_HOME", "TOKENWORKS_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)
    with pytest.raises(LadderError, match=r"cache folder cannot be found.*TOKENWORKS_CACHE"):
        ladder.install(SilentProgress(), families=(ETCD,))


def test_the_command_writes_what_it_does_and_ends_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for family in ALL:
        for program in family.programs:
            telling(tmp_path / "path", program.name, family.version)
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:/usr/bin:/bin")
    assert main() == 0
    told = capsys.readouterr().out
    assert all(f"{family.name}: {family.version}, on PATH" in told for family in ALL)


def test_the_command_tells_why_it_failed_on_the_error_stream(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TOKENWORKS_CACHE", str(tmp_path / "file"))
    monkeypatch.setenv("PATH", "/nonexistent")
    assert main() == 1
    assert "programs cannot be installed there" in capsys.readouterr().err


def test_the_pinned_modules_are_the_versions_of_the_catalogue() -> None:
    for family in ALL:
        text = (family.folder / "go.mod").read_text()
        assert f" v{family.module_version or family.version}" in text
        assert all(program.package in text for program in family.programs)


def test_a_rehearsal_does_not_wait_for_what_tests_alone_run(tmp_path: Path) -> None:
    for family in FAMILIES:
        for program in family.programs:
            telling(tmp_path / "path", program.name, family.version)
    progress = SilentProgress()
    found = ladder.install(
        progress,
        cache=tmp_path / "cache",
        search_path=str(tmp_path / "path"),
        downloads=NoNetwork(progress),
    )
    tests_alone = {program.name for family in TEST_FAMILIES for program in family.programs}
    assert tests_alone.isdisjoint(found.by_name)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_build_leaves_no_process_and_no_half_program(
    number: signal.Signals, tmp_path: Path, go: Path
) -> None:
    executable(go, SLOW_GO)
    cache = tmp_path / "cache"
    assert_a_signal_leaves_nothing([sys.executable, "-c", OWNER, str(cache)], number, count=1)
    assert store.read(cache, ETCD) is None

    executable(go, FAKE_GO)
    assert install(tmp_path, ETCD).by_name["etcd"].rung is Rung.SOURCE
    assert list(cache.glob(".partial*")) == []


def test_two_runs_at_the_same_time_build_once(tmp_path: Path, go: Path) -> None:
    executable(go, FAKE_GO.replace("echo compiling", "echo started; sleep 1"))
    command = [sys.executable, "-c", OWNER, str(tmp_path / "cache")]
    runs = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
    deadline = time.monotonic() + 60
    assert [run.wait(deadline - time.monotonic()) for run in runs] == [0, 0]
    assert len((tmp_path / "go.log").read_text().splitlines()) == 1


def _without_go(tmp_path: Path, family: Family) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", "/nonexistent")
        install(tmp_path, family)


@pytest.fixture(autouse=True)
def linux_amd64(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same releases on every machine that runs the tests."""
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
