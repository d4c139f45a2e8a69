"""Checksums of one file while it streams by.

The hub says the sha256 of files in LFS and git's own hash of the others: sha1 of `blob SIZE`, a
zero byte and the content (git-scm.com, "Git Internals - Git Objects").
"""

import hashlib

from weights_loader.hub_files import HubFile

_HEADER_LENGTH_BYTES = 8
_LARGEST_HEADER_BYTES = 100_000_000
"""What the library of safetensors reads at most (safetensors/src/tensor.rs, `MAX_HEADER_SIZE`)."""


class Digest:
    """All that is to be known about a file's content."""

    def __init__(self, file: HubFile) -> None:
        """Begin with the first byte of `file`."""
        self._file = file
        self._sha256 = hashlib.sha256()
        self._git = hashlib.sha1(b"blob %d\0" % file.size, usedforsecurity=False)
        self._first = b""
        self._bytes = 0

    def update(self, chunk: bytes) -> None:
        """Add what comes next."""
        self._sha256.update(chunk)
        if not self._file.sha256:
            self._git.update(chunk)
        if len(self._first) <= _HEADER_LENGTH_BYTES:
            self._first += chunk[: _HEADER_LENGTH_BYTES + 1 - len(self._first)]
        self._bytes += len(chunk)

    @property
    def sha256(self) -> str:
        """Of what has come so far, in hex."""
        return self._sha256.hexdigest()

    def mistake(self) -> str:
        """Return what is wrong with the whole content; empty when it is right."""
        file = self._file
        if self._bytes != file.size:
            return f"must have {file.size} bytes, got {self._bytes}"
        if file.sha256 and self.sha256 != file.sha256:
            return f"sha256 must be {file.sha256}, got {self.sha256}"
        if not file.sha256 and self._git.hexdigest() != file.git_sha1:
            return f"git's hash must be {file.git_sha1}, got {self._git.hexdigest()}"
        if file.path.endswith(".safetensors") and not self._begins_as_safetensors():
            return "no safetensors file: its first bytes are not the length of a JSON header"
        return ""

    def _begins_as_safetensors(self) -> bool:
        length = int.from_bytes(self._first[:_HEADER_LENGTH_BYTES], "little")
        fits = length <= min(_LARGEST_HEADER_BYTES, self._file.size - _HEADER_LENGTH_BYTES)
        return fits and self._first[_HEADER_LENGTH_BYTES:] == b"{"
