"""The publisher's own release: its checksum list decides, and an odd answer is no traceback."""

# ruff: noqa: ARG002 - the signature of a method that is replaced

import hashlib
import http.client
import io
import tarfile
import urllib.error
from email.message import Message
from pathlib import Path

import pytest

from infra.rehearsal.ladder import Rung
from infra.rehearsal.ladder.catalogue import ETCD, FAMILIES, KUBERNETES, KWOK, Family
from infra.rehearsal.ladder.progress import SilentProgress
from infra.rehearsal.ladder.release import Downloads, download
from infra.rehearsal.ladder.results import RungRefusedError


class Mirror(Downloads):
    """Answers with prepared bytes, by the last part of the URL."""

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(SilentProgress())
        self.files = files

    def fetch(self, family: Family, url: str, to: Path) -> None:
        assert url.startswith("https://")
        to.write_bytes(self.files[url.rsplit("/", 1)[1]])


def answer_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> list[str]:
    """Let every request fail; return the URLs that are asked for. No name is looked up."""
    asked: list[str] = []

    def urlopen(url: str, *, timeout: float) -> None:
        assert timeout > 0
        asked.append(url)
        raise error

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    return asked


def test_a_release_is_taken_when_its_checksum_is_in_the_publishers_list(tmp_path: Path) -> None:
    (found,) = download(ETCD, tmp_path, Mirror(_etcd_release(tmp_path)))
    assert (found.version, found.rung) == ("3.6.14", Rung.RELEASE)
    assert found.path.stat().st_mode & 0o111
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_release_with_another_checksum_is_refused_before_it_runs(tmp_path: Path) -> None:
    files = _etcd_release(tmp_path)
    files["SHA256SUMS"] = files["SHA256SUMS"].replace(files["SHA256SUMS"][:8], b"00000000")
    with pytest.raises(RungRefusedError, match="SHA-256 is"):
        download(ETCD, tmp_path, Mirror(files))
    assert not (tmp_path / "etcd").exists()


def test_the_checksum_of_another_file_does_not_count(tmp_path: Path) -> None:
    files = _etcd_release(tmp_path)
    files["SHA256SUMS"] = files["SHA256SUMS"].replace(b"etcd-v", b"other-v")
    with pytest.raises(RungRefusedError, match="the publisher's list says none"):
        download(ETCD, tmp_path, Mirror(files))


def test_a_family_without_a_known_checksum_file_is_never_downloaded(tmp_path: Path) -> None:
    with pytest.raises(RungRefusedError, match="no official checksum file is known for kwok"):
        download(KWOK, tmp_path, Mirror({}))


def test_a_host_that_cannot_be_reached_is_told_and_tried_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []
    asked = answer_with(monkeypatch, urllib.error.URLError("Name or service not known"))

    class Told(SilentProgress):
        def line(self, family: str, text: str) -> None:
            lines.append(f"{family}: {text}")

    downloads = Downloads(Told())
    for family in (ETCD, KUBERNETES):
        with pytest.raises(RungRefusedError, match=r"no-such-host\.invalid is not reachable"):
            downloads.fetch(family, "https://no-such-host.invalid/file", tmp_path / "file")
    assert lines == ["etcd: no-such-host.invalid is not reachable (Name or service not known)"]
    assert asked == ["https://no-such-host.invalid/file"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (http.client.BadStatusLine("SSH-2.0"), r"host\.example is not reachable \(SSH-2\.0\)"),
        (http.client.IncompleteRead(b"ab", 5), r"is not reachable \(IncompleteRead"),
        (
            urllib.error.HTTPError("https://x", 599, "Odd Proxy", Message(), io.BytesIO()),
            "/file: 599 Odd Proxy",
        ),
    ],
)
def test_an_odd_answer_refuses_the_rung_and_nothing_more(
    error: Exception, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_with(monkeypatch, error)
    with pytest.raises(RungRefusedError, match=told):
        Downloads(SilentProgress()).fetch(ETCD, "https://host.example/file", tmp_path / "file")


def test_a_checksum_list_that_is_no_text_does_not_count(tmp_path: Path) -> None:
    files = {**_etcd_release(tmp_path), "SHA256SUMS": b"\xff\xfe\x00 etcd"}
    with pytest.raises(RungRefusedError, match="the publisher's list says none"):
        download(ETCD, tmp_path, Mirror(files))


def test_every_release_comes_over_https_with_its_checksums_from_the_same_host() -> None:
    releases = [family.release for family in FAMILIES if family.release is not None]
    assert len(releases) == 3
    for release in releases:
        assert release.url.split("/")[:3] == release.checksums.split("/")[:3]
        assert release.url.startswith("https://")


def _etcd_release(tmp_path: Path) -> dict[str, bytes]:
    """An archive as the publisher's, and its list of checksums."""
    name = "etcd-v3.6.14-linux-amd64"
    program = tmp_path / "src" / "etcd"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho etcd Version: 3.6.14\n")
    archive = tmp_path / "src" / f"{name}.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(program, f"{name}/etcd")
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    sums = f"{digest}  {archive.name}\n{'f' * 64}  another.zip\n".encode()
    return {archive.name: archive.read_bytes(), "SHA256SUMS": sums}


@pytest.fixture(autouse=True)
def linux_amd64(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same releases on every machine that runs the tests."""
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
