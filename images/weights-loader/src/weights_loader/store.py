"""What the loader asks of a bucket, whoever runs it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from weights_loader.hub_files import HubFile

SHA256 = "sha256"
"""Name of the metadata that an object carries: what the file must have, in hex."""


@dataclass(frozen=True, slots=True)
class Found:
    """An object of the bucket."""

    size: int
    """Bytes."""
    tag: str
    """Changes whenever the object is written anew: ETag of S3, generation of Cloud Storage."""


class Upload(Protocol):
    """One object on its way, in parts that stay when the loader ends."""

    offset: int
    """Bytes of it that lie in the bucket, in whole parts; the last part is never among them."""

    def send(self, part: bytes) -> None:
        """Add a part that is not the last."""

    def finish(self, part: bytes) -> str:
        """Add the last part, make the object, and return its tag.

        Raises:
            TakenError: Another object is there by now, or the upload is gone.
        """
        ...

    def abandon(self) -> None:
        """Throw its parts away."""


class Store(Protocol):
    """A bucket. What it cannot do now raises `UnreachableError`."""

    def part_bytes(self, size: int, wanted: int) -> int:
        """Return how large the parts of an object are."""
        ...

    def sizes(self, prefix: str) -> Mapping[str, int]:
        """Return the objects below a prefix with their bytes."""
        ...

    def find(self, key: str) -> Found | None:
        """Return an object."""
        ...

    def read(self, key: str) -> tuple[bytes, str] | None:
        """Return content and tag of a small object."""
        ...

    def stream(self, key: str, tag: str) -> Iterator[bytes]:
        """Yield the content of an object as it was when it had this tag."""
        ...

    def write(self, key: str, content: bytes, *, replaces: str | None = None) -> str:
        """Write a small object, in the place of nothing or of the one with a tag; return its tag.

        Raises:
            TakenError: Something else is there.
        """
        ...

    def upload(self, key: str, file: HubFile, part_bytes: int, replaces: str | None) -> Upload:
        """Begin an object, or go on with what an earlier loader has begun."""
        ...
