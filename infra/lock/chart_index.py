"""Digests of charts in the index of a Helm repository (`index.yaml`)."""

from dataclasses import dataclass, field

import yaml

from infra.lock.answers import Answer, Resolved, Unresolved
from infra.lock.http import Http, NoAnswerError
from infra.lock.registry import DIGEST, OK
from infra.replies import blocks, optional_text

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""An index has megabytes: libyaml reads it in a second, where it is there."""


@dataclass
class ChartIndexes:
    """Indexes of repositories, each read once."""

    http: Http = field(default_factory=Http)
    _read: dict[str, object] = field(default_factory=dict, repr=False)

    def chart(self, repository: str, name: str, version: str) -> Answer:
        """Return the digest of a packaged chart.

        Args:
            repository: `https://charts.external-secrets.io`.
            name: the chart's.
            version: the chart's.
        """
        url = f"{repository.rstrip('/')}/index.yaml"
        try:
            index = self._index(url)
        except NoAnswerError as error:
            return Unresolved(str(error))
        entries = index.get("entries") if isinstance(index, dict) else None
        found = [
            optional_text(entry, "digest")
            for entry in blocks(entries, name)
            if str(entry.get("version")).removeprefix("v") == version.removeprefix("v")
        ]
        if not found:
            return Unresolved(f"{url}: has no {name} {version}")
        digest = f"sha256:{found[0].removeprefix('sha256:')}"
        if len(set(found)) > 1 or not DIGEST.fullmatch(digest):
            return Unresolved(f"{url}: has no one digest of {name} {version}")
        return Resolved(digest, url)

    def _index(self, url: str) -> object:
        if url not in self._read:
            answer = self.http.ask("GET", url)
            if answer.status != OK:
                message = f"{url}: status {answer.status}"
                raise NoAnswerError(message)
            try:
                self._read[url] = yaml.load(answer.data, Loader=LOADER)  # noqa: S506 - a safe loader
            except yaml.YAMLError as error:
                message = f"{url}: is not YAML"
                raise NoAnswerError(message) from error
        return self._read[url]
