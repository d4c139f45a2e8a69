"""What a hub says about one revision of a model. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

Json = Mapping[str, "Json"] | list["Json"] | str | int | float | bool | None
"""What a JSON text can hold."""


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file of a revision."""

    path: str
    size: int
    """Bytes."""
    sha256: str
    """In hex, of a file in LFS; empty for the others."""
    git_sha1: str
    """In hex; the content's for a file outside LFS, that of a pointer for the others."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One revision of a model, as one hub has it."""

    endpoint: str
    commit: str
    licence: str | None
    """As the model's card names it; none: it does not say."""
    files: tuple[HubFile, ...]


def read_snapshot(endpoint: str, answer: Json) -> Snapshot:
    """Return what a hub answers to `/api/models/…/revision/…?blobs=true`.

    Raises:
        ValueError: The answer has no commit, or files without size and checksum.
    """
    found = _mapping(answer)
    commit = _text(found.get("sha"))
    if not commit:
        message = "its answer names no commit"
        raise ValueError(message)
    siblings = found.get("siblings")
    files = tuple(_file(_mapping(one)) for one in (siblings if isinstance(siblings, list) else []))
    return Snapshot(endpoint, commit, _licence(found), files)


def _file(sibling: Mapping[str, Json]) -> HubFile:
    path, lfs = _text(sibling.get("rfilename")), _mapping(sibling.get("lfs"))
    size = lfs.get("size", sibling.get("size"))
    sha256, git_sha1 = _text(lfs.get("sha256")), _text(sibling.get("blobId"))
    if not isinstance(size, int) or not (sha256 or git_sha1) or (lfs and not sha256):
        message = f"it gives no size or no checksum for {path!r}"
        raise ValueError(message)
    return HubFile(path, size, sha256, git_sha1)


def _licence(found: Mapping[str, Json]) -> str | None:
    card = _mapping(found.get("cardData"))
    name = _text(card.get("license"))
    if name == "other":
        name = _text(card.get("license_name")) or name
    if not name:
        tags = found.get("tags")
        named = [_text(tag) for tag in (tags if isinstance(tags, list) else [])]
        name = next((tag.partition(":")[2] for tag in named if tag.startswith("license:")), "")
    return name or None


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
