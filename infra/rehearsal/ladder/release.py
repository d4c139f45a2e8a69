"""Second rung: the publisher's own release.

Before it runs, its SHA-256 is compared with the publisher's own checksum list, fetched beside it
over HTTPS. No signature is checked: who can replace the file there can replace the list as well.
"""

import hashlib
import http.client
import platform
import shutil
import tarfile
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from infra.rehearsal.ladder.catalogue import Family, Program, Release
from infra.rehearsal.ladder.progress import Progress
from infra.rehearsal.ladder.results import Installed, Rung, RungRefusedError
from infra.rehearsal.ladder.versions import verified_version

TIMEOUT_SECONDS = 5.0
"""For a connection and between two reads: a network that drops packets must not cost minutes."""
GO_ARCHES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
EXECUTABLE = 0o755


class Downloads:
    """Fetches over HTTPS, and asks no host twice that could not be reached."""

    def __init__(self, progress: Progress) -> None:
        """Start with every host unknown."""
        self._progress = progress
        self._unreachable: dict[str, str] = {}

    def fetch(self, family: Family, url: str, to: Path) -> None:
        """Save what a URL answers.

        Raises:
            RungRefusedError: not reachable, not there, or led away from HTTPS.
        """
        host = urllib.parse.urlsplit(url).hostname or ""
        if host in self._unreachable:
            message = f"{host} is not reachable ({self._unreachable[host]})"
            raise RungRefusedError(message)
        try:
            with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - the catalogue's https URLs; led away is refused
                _refuse_plain(answer.geturl())
                with to.open("wb") as file:
                    shutil.copyfileobj(answer, file)
        except urllib.error.HTTPError as error:
            with error:
                message = f"{url}: {error.code} {error.reason}"
            raise RungRefusedError(message) from error
        # URLError, timeouts, a connection lost in mid-transfer; an answer that is not HTTP
        except (OSError, http.client.HTTPException) as error:
            reason = str(getattr(error, "reason", error))
            self._unreachable[host] = reason
            self._progress.line(family.name, f"{host} is not reachable ({reason})")
            message = f"{host} is not reachable ({reason})"
            raise RungRefusedError(message) from error


def download(family: Family, into: Path, downloads: Downloads) -> list[Installed]:
    """Download the family's official release into a folder and return its programs.

    Raises:
        RungRefusedError: no release for this machine, not reachable, or the checksum differs.
    """
    if family.release is None:
        message = f"no official checksum file is known for {family.name} {family.version}"
        raise RungRefusedError(message)
    return [
        _download(family, family.release, program, into, downloads) for program in family.programs
    ]


def _download(
    family: Family, release: Release, program: Program, into: Path, downloads: Downloads
) -> Installed:
    words = _words(family, release, program)
    url = release.url.format(**words)
    archive, sums = into / ".download", into / ".checksums"
    downloads.fetch(family, release.checksums.format(**words), sums)
    downloads.fetch(family, url, archive)
    _check(archive, sums.read_text(encoding="utf-8", errors="replace"), url)
    target = into / program.name
    if release.member is None:
        archive.replace(target)
    else:
        _extract(archive, release.member.format(**words), target)
        archive.unlink()
    sums.unlink()
    target.chmod(EXECUTABLE)
    version = verified_version(family, program, target)
    return Installed(program.name, target, version, Rung.RELEASE)


def _words(family: Family, release: Release, program: Program) -> dict[str, str]:
    system = platform.system().lower()
    arch = dict(release.arch_names).get(GO_ARCHES.get(platform.machine().lower(), ""))
    if system not in release.systems or arch is None:
        message = f"no official {family.name} release for {system} {platform.machine()}"
        raise RungRefusedError(message)
    return {"version": family.version, "name": program.name, "os": system, "arch": arch}


def _check(archive: Path, checksums: str, url: str) -> None:
    """Compare with the publisher's list: `HASH  FILE` a line, or the hash alone."""
    name = url.rsplit("/", 1)[1]
    lines = [line.split() for line in checksums.splitlines() if line.strip()]
    expected = {line[0].lower() for line in lines if len(line) == 1 or line[1].lstrip("*") == name}
    with archive.open("rb") as file:
        got = hashlib.file_digest(file, "sha256").hexdigest()
    if got not in expected:
        message = f"{url}: SHA-256 is {got}; the publisher's list says {sorted(expected) or 'none'}"
        raise RungRefusedError(message)


def _extract(archive: Path, member: str, target: Path) -> None:
    try:
        with tarfile.open(archive) as tar:
            source = tar.extractfile(member)
            if source is not None:
                with target.open("wb") as file:
                    shutil.copyfileobj(source, file)
                return
    except (KeyError, tarfile.TarError) as error:
        message = f"the official archive has no {member}: {error}"
        raise RungRefusedError(message) from error
    message = f"the official archive has no file {member}"
    raise RungRefusedError(message)


def _refuse_plain(url: str) -> None:
    if not url.startswith("https://"):
        message = f"led away from HTTPS to {url}"
        raise RungRefusedError(message)
