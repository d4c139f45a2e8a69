"""Charts, images and add-ons that the platform installs, read from one lock file.

Owns the shape of `releases.lock.yaml` and what *unresolved* means. A digest or a version of None is
unresolved: nobody has asked the registry or the cloud yet. It is a named state, and not the same as
"any will do". Does not own resolving, or who may go on without it.
"""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

LOCK_FILE = Path(__file__).with_name("releases.lock.yaml")

Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class UnknownReleaseError(ValueError):
    """A chart, an image or an add-on that the lock file does not pin."""


class _Row(BaseModel):
    """A row of the lock file: unknown keys are refused, values never change."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, populate_by_name=True
    )

    source: str
    """Where the version comes from."""
    source_date: date
    """Date of the source."""
    cloud: str | None = None
    """The one cloud whose stacks install it, `aws`; None where those of all do."""

    def is_for(self, cloud: str) -> bool:
        """Whether stacks of a cloud install it."""
        return self.cloud in (None, cloud)


class ChartRelease(_Row):
    """One Helm chart."""

    name: str
    """Name in its repository."""
    version: str
    """Version of the chart."""
    repository: str
    """URL of the repository."""
    digest: Digest | None
    """Digest of the packaged chart, or None while unresolved."""
    digest_source: str | None = None
    """Who said the digest."""
    digest_date: date | None = None
    """When."""


class ImageRelease(_Row):
    """One container image."""

    repository: str
    """Registry and repository, without tag."""
    tag: str
    """Tag of the release."""
    digest: Digest | None
    """Digest of the image's index, or None while unresolved."""
    digest_source: str | None = None
    """Who said the digest."""
    digest_date: date | None = None
    """When."""

    @property
    def reference(self) -> str:
        """What a pod names: with the digest once it is resolved, else by tag."""
        tagged = f"{self.repository}:{self.tag}"
        return f"{tagged}@{self.digest}" if self.digest else tagged


class OwnImageRelease(_Row):
    """One image that this project builds, pushed to the registry of each platform."""

    tag: str
    """Tag of the release."""
    digest: Digest | None
    """Digest of the image's index, the same in every registry, or None until it is pushed."""
    awaited: bool = True
    """Whether a pod of some stack names it, so that it is unresolved without a digest."""

    def reference(self, repository: str) -> str:
        """What a pod names, from the address of the platform's repository."""
        tagged = f"{repository}:{self.tag}"
        return f"{tagged}@{self.digest}" if self.digest else tagged


class AddonRelease(_Row):
    """One add-on that EKS runs for us."""

    cloud: str | None = "aws"
    """GKE's are a part of its version."""
    name: str
    """EKS's name for it."""
    version: str | None
    """`v1.20.4-eksbuild.1`, or None while unresolved: EKS then takes its default."""


Row = TypeVar("Row", bound=_Row)


class LockFile(BaseModel):
    """Everything that is pinned, by short name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    charts: dict[str, ChartRelease]
    images: dict[str, ImageRelease]
    own: dict[str, OwnImageRelease]
    bases: dict[str, ImageRelease] = {}
    """What images of ours build on and no pod runs: `make images` names those without a digest."""
    addons: dict[str, AddonRelease]

    def unresolved(self, cloud: str) -> list[str]:
        """Return what is unresolved of what a cloud's stacks install, one line each."""
        awaited = ((name, row) for name, row in self.own.items() if row.awaited)
        missing = [
            *(
                (f"chart {name}: digest", row)
                for name, row in self.charts.items()
                if not row.digest
            ),
            *(
                (f"image {name}: digest", row)
                for name, row in (*self.images.items(), *awaited)
                if not row.digest
            ),
            *(
                (f"add-on {name}: version", row)
                for name, row in self.addons.items()
                if not row.version
            ),
        ]
        return [line for line, row in missing if row.is_for(cloud)]


def read_lock(path: Path = LOCK_FILE) -> LockFile:
    """Return a lock file.

    Raises:
        pydantic.ValidationError: A row has something missing, unknown or of a wrong form.
    """
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    for kind in ("charts", "addons"):
        for name, row in found[kind].items():
            found[kind][name] = {"name": name, **row}
    return LockFile.model_validate(found)


@cache
def _lock() -> LockFile:
    return read_lock()


def chart(name: str) -> ChartRelease:
    """Return the pinned release of a chart.

    Raises:
        UnknownReleaseError: The lock file does not pin it.
    """
    return _pinned("chart", name, _lock().charts)


def image(name: str) -> ImageRelease:
    """Return the pinned release of an image by the short name of what it runs.

    Raises:
        UnknownReleaseError: The lock file does not pin it.
    """
    return _pinned("image", name, _lock().images)


def own_image(name: str) -> OwnImageRelease:
    """Return the release of an image of ours by the name of its folder in `images`.

    Raises:
        UnknownReleaseError: The lock file does not pin it.
    """
    return _pinned("image of ours", name, _lock().own)


def addon(name: str) -> AddonRelease:
    """Return the release of an add-on.

    Raises:
        UnknownReleaseError: The lock file does not have it.
    """
    return _pinned("add-on", name, _lock().addons)


def addon_names() -> tuple[str, ...]:
    """Return the add-ons that every EKS cluster gets, in the order of the lock file."""
    return tuple(_lock().addons)


def unresolved(cloud: str) -> list[str]:
    """Return what nobody has resolved of what a cloud's stacks install: `image vllm: digest`."""
    return _lock().unresolved(cloud)


def _pinned(what: str, name: str, rows: dict[str, Row]) -> Row:
    if name not in rows:
        message = f"{what}: not pinned, got {name!r}; one of {', '.join(rows)}"
        raise UnknownReleaseError(message)
    return rows[name]
