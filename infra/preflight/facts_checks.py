"""Reads the content of a facts file and collects what is wrong with it, all of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from infra.preflight.quota import Quota
from infra.spec.cloud import CloudProvider
from infra.spec.mistakes import Mistake, shown
from infra.spec.suggest import did_you_mean

_REQUIRED = ("name", "source", "sourceDate", "quotas")
_OPTIONAL = ("account", "region", "offerings", "addonVersions")
UNKNOWN = "unknown"
"""What a file says of a quota that was asked for and not told; for no quota by default."""
_NO_DATE = date(1, 1, 1)


@dataclass
class Sections:
    """What a facts file says. Complete when its reading found no mistake."""

    name: str = ""
    source: str = ""
    source_date: date = _NO_DATE
    account: str = ""
    region: str = ""
    quotas: dict[str, int] = field(default_factory=dict)
    offerings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    addon_versions: dict[str, tuple[str, ...]] = field(default_factory=dict)


class Reading:
    """One pass over one file."""

    def __init__(self, file: str, cloud: CloudProvider, known: Mapping[str, Quota]) -> None:
        """Take the name that mistakes give as their place, and the quotas of the cloud."""
        self.mistakes: list[Mistake] = []
        self._file = file
        self._cloud = cloud
        self._known = known

    def sections(self, content: object) -> Sections:
        """Return what could be read; what could not is among the mistakes."""
        if not isinstance(content, dict):
            self._add("facts", "is no mapping of settings", content, allowed=", ".join(_REQUIRED))
            return Sections()
        settings: dict[str, object] = {str(key): value for key, value in content.items()}
        self._unknown(settings)
        return Sections(
            name=self._text(settings, "name"),
            source=self._text(settings, "source"),
            source_date=self._date(settings, "sourceDate"),
            account=self._text(settings, "account") if "account" in settings else "",
            region=self._text(settings, "region") if "region" in settings else "",
            quotas=self._quotas(settings.get("quotas")),
            offerings=self._lists(settings, "offerings", "zone names, as [us-east-1a, us-east-1b]"),
            addon_versions=self._lists(
                settings, "addonVersions", "versions, the default first, as [v1.20.4-eksbuild.2]"
            ),
        )

    def _unknown(self, settings: dict[str, object]) -> None:
        known = (*_REQUIRED, *_OPTIONAL)
        for key in settings.keys() - set(known):
            self._add(
                key,
                "is no setting of a facts file",
                settings[key],
                allowed=", ".join(known),
                next_step=did_you_mean(key, known, "remove it"),
            )

    def _quotas(self, found: object) -> dict[str, int]:
        if not isinstance(found, dict):
            self._add(
                "quotas",
                "is no mapping",
                found,
                allowed=f"quota codes, as {{{next(iter(self._known))}: 0}}",
            )
            return {}
        for code in found:
            if code not in self._known:
                self._add(
                    f"quotas.{code}",
                    "is no quota that the project knows",
                    found[code],
                    allowed=f"the codes of infra/preflight/{self._cloud}/catalogue.py",
                    next_step=did_you_mean(str(code), self._known, "remove it"),
                )
        values: dict[str, int] = {}
        for code, quota in self._known.items():
            value = found.get(code)
            if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
                values[code] = value
                continue
            if value == UNKNOWN:
                continue
            self._add(
                f"quotas.{code}",
                f"has no value ({quota.name})" if value is None else "is no number of whole units",
                value,
                allowed=f"a whole number of {quota.unit}s, 0 or more, or {UNKNOWN}",
                next_step=f"`{quota.lookup}` says it",
            )
        return values

    def _text(self, settings: dict[str, object], key: str) -> str:
        value = settings.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self._add(key, "is missing" if value is None else "is no text", value, allowed="a text")
        return ""

    def _date(self, settings: dict[str, object], key: str) -> date:
        value = settings.get(key)
        if type(value) is date:
            return value
        problem = "is missing" if value is None else "is no date"
        self._add(key, problem, value, allowed="the day on which the numbers were read, 2026-11-25")
        return _NO_DATE

    def _lists(
        self, settings: dict[str, object], key: str, allowed: str
    ) -> dict[str, tuple[str, ...]]:
        found = settings.get(key, {})
        if not isinstance(found, dict):
            self._add(key, "is no mapping of lists", found, allowed=allowed)
            return {}
        read: dict[str, tuple[str, ...]] = {}
        for name, items in found.items():
            if isinstance(items, list) and all(isinstance(item, str) for item in items):
                read[str(name)] = tuple(items)
            else:
                self._add(f"{key}[{name}]", "is no list of texts", items, allowed=allowed)
        return read

    def _add(
        self, setting: str, problem: str, got: object, *, allowed: str, next_step: str = ""
    ) -> None:
        self.mistakes.append(
            Mistake(
                setting=setting,
                problem=problem,
                got=shown(got),
                allowed=allowed,
                next_step=next_step
                or f"see infra/preflight/facts/{self._cloud}/fresh-account.yaml",
                where=self._file,
            )
        )
