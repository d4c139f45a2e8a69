"""Every row of a lock file that can be asked about, asked.

Owns which question belongs to which row, and what an answer means for what is pinned already: a tag
that has another digest than the pinned one has *moved*, and is reported, never written.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from infra.catalog.releases import ChartRelease, ImageRelease, LockFile
from infra.lock.answers import Answer, Resolved, Unresolved

OCI = "oci://"
OWN = "`make images` pushes it and prints the digest"
NOT_ASKED = "no stack on AWS was named: `tokenworks lock aws-prod` asks EKS"
AskAddon = Callable[[str], Answer]
"""Takes EKS's name of an add-on."""


@dataclass(frozen=True)
class Verdict:
    """One row and what became of it."""

    section: str
    """`charts`, `images`, `bases`, `own`, `addons`."""
    name: str
    pinned: str | None
    """What the lock file has."""
    answer: Answer

    @property
    def news(self) -> Resolved | None:
        """What is to be written: an answer for a row that has nothing."""
        return self.answer if isinstance(self.answer, Resolved) and not self.pinned else None

    @property
    def has_moved(self) -> bool:
        """Whether the tag stands for something else than what is pinned."""
        answer = self.answer
        return (
            bool(self.pinned)
            and self.section != "addons"  # EKS's default moves; a pinned version stays what it is
            and isinstance(answer, Resolved)
            and answer.value != self.pinned
        )

    @property
    def is_open(self) -> bool:
        """Whether the row is unresolved still."""
        return not self.pinned and isinstance(self.answer, Unresolved)

    def __str__(self) -> str:
        """Return the line that a person reads."""
        row, answer = f"{self.section} {self.name}", self.answer
        if self.news is not None:
            return f"{row}: {self.news.value} ({self.news.source})"
        if self.has_moved and isinstance(answer, Resolved):
            return f"{row}: moved: pinned {self.pinned}, and {answer.source} now has {answer.value}"
        if self.pinned:
            seen = "" if isinstance(answer, Resolved) else f"; not compared: {answer.reason}"
            return f"{row}: as pinned{seen}"
        return f"{row}: unresolved: {answer.reason if isinstance(answer, Unresolved) else ''}"


class Charts(Protocol):
    """Where packaged charts are."""

    def chart(self, repository: str, name: str, version: str, /) -> Answer:
        """Return the digest of a packaged chart."""
        ...


class Registry(Charts, Protocol):
    """Where images are, and packaged charts."""

    def image(self, repository: str, tag: str, /) -> Answer:
        """Return the digest that a tag has."""
        ...


@dataclass(frozen=True)
class Sources:
    """Who can be asked."""

    registries: Registry
    indexes: Charts
    addon: AskAddon | None
    """None: no account is at hand."""


def resolve(lock: LockFile, sources: Sources) -> Sequence[Verdict]:
    """Ask about every row, in the order of the file."""
    return list(_asked(lock, sources))


def _asked(lock: LockFile, sources: Sources) -> Iterator[Verdict]:
    for name, chart in lock.charts.items():
        yield Verdict("charts", name, chart.digest, _chart(chart, sources))
    for section, rows in (("images", lock.images), ("bases", lock.bases)):
        for name, image in rows.items():
            yield Verdict(section, name, image.digest, _image(image, sources))
    for name, own in lock.own.items():
        if own.awaited:
            yield Verdict("own", name, own.digest, Unresolved(OWN))
    for name, addon in lock.addons.items():
        answer = sources.addon(addon.name) if sources.addon else Unresolved(NOT_ASKED)
        yield Verdict("addons", name, addon.version, answer)


def _chart(chart: ChartRelease, sources: Sources) -> Answer:
    place = (chart.repository, chart.name, chart.version)
    if chart.repository.startswith(OCI):
        return sources.registries.chart(*place)
    return sources.indexes.chart(*place)


def _image(image: ImageRelease, sources: Sources) -> Answer:
    return sources.registries.image(image.repository, image.tag)
