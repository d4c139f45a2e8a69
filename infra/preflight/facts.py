"""What is true of one account or project: its quotas, what its zones sell, which add-ons it has.

Owns the form of a facts file and what is wrong with one. Two files come with the project for each
cloud: `typical`, with numbers of our own, and `fresh-account`, with a new account's. Any other name
is a path. Does not own asking a real account.

A facts file holds every quota that the project knows: a quota that nobody looked up is neither zero
nor enough. `tokenworks record` writes such a file; what nobody told it is `unknown` there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml

from infra.preflight.facts_checks import Reading, Sections
from infra.preflight.known import known_quotas
from infra.spec.cloud import CloudProvider
from infra.spec.mistakes import Mistake
from infra.spec.suggest import did_you_mean

FOLDER = Path(__file__).with_name("facts")
TYPICAL = "typical"
FRESH_ACCOUNT = "fresh-account"


class FactsError(ValueError):
    """A facts file that cannot be used. Carries everything that is wrong with it."""

    def __init__(self, name: str, mistakes: tuple[Mistake, ...]) -> None:
        """Take the file's name and its mistakes, at least one."""
        self.mistakes = mistakes
        count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        super().__init__("\n\n".join((f"facts {name}: {count}", *map(str, mistakes))))


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One account in one region."""

    name: str
    """What the account is called in reports, `fresh-account`."""
    source: str
    """Where the numbers come from."""
    source_date: date
    """When they were read."""
    quotas: Mapping[str, int]
    """Quota code of the cloud to the value, in the quota's own unit; some may not be told."""
    offerings: Mapping[str, tuple[str, ...]]
    """Machine type to the zones that sell it; a type that is not here is sold as recorded."""
    addon_versions: Mapping[str, tuple[str, ...]]
    """On AWS: EKS add-on to the versions that the region has, default first; one that is not here:
    not known."""
    in_use: Mapping[str, int] = field(default_factory=dict)
    """Quota code to what is used of it already, by this stack or another; where it is told."""
    untold: Mapping[str, str] = field(default_factory=dict)
    """Quota code to why nobody tells it, where that is known."""
    account: str = ""
    """Number of the account or id of the project, where the facts are of a real one."""
    region: str = ""
    """The one region that the numbers are of; empty where they are of any."""

    def quota(self, code: str) -> int:
        """Return the account's value of a quota of the catalogue."""
        return self.quotas[code]


def facts_names(cloud: CloudProvider) -> tuple[str, ...]:
    """Return the names of the facts that come with the project for a cloud."""
    return tuple(sorted(path.stem for path in (FOLDER / cloud).glob("*.yaml")))


def load_facts(name: str, cloud: CloudProvider) -> Facts:
    """Return facts of an account of a cloud by name, or from a file.

    Raises:
        FactsError: there is no such file, or it has mistakes; it carries all of them.
    """
    path = FOLDER / cloud / f"{name}.yaml" if name in facts_names(cloud) else Path(name)
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise FactsError(name, (_unreadable(name, cloud, error),)) from error
    except yaml.YAMLError as error:
        raise FactsError(name, (_not_yaml(name, error),)) from error
    reading = Reading(path.name, cloud, known_quotas(cloud))
    sections = reading.sections(content)
    if reading.mistakes:
        raise FactsError(name, tuple(reading.mistakes))
    return _facts(sections, cloud, path.name)


def require_region(facts: Facts, region: str) -> None:
    """Refuse facts of another region: quotas and machines are of one.

    Raises:
        FactsError: they are.
    """
    if facts.region not in ("", region):
        mistake = Mistake(
            setting="facts",
            problem="are of another region than the stack's",
            got=facts.region,
            allowed=region,
            next_step="`tokenworks record` writes those of the stack's own region",
        )
        raise FactsError(facts.name, (mistake,))


def _facts(sections: Sections, cloud: CloudProvider, file: str) -> Facts:
    return Facts(
        name=sections.name,
        source=sections.source,
        source_date=sections.source_date,
        account=sections.account,
        region=sections.region,
        quotas={
            code: sections.quotas[code] for code in known_quotas(cloud) if code in sections.quotas
        },
        untold={
            code: f"unknown in {file}: write the number there"
            for code in known_quotas(cloud)
            if code not in sections.quotas
        },
        offerings=sections.offerings,
        addon_versions=sections.addon_versions,
    )


def _unreadable(name: str, cloud: CloudProvider, error: Exception) -> Mistake:
    names = facts_names(cloud)
    return Mistake(
        setting="facts",
        problem=f"cannot be read ({getattr(error, 'strerror', None) or error})",
        got=name,
        allowed=f"one of {', '.join(names)}, or the path of a facts file",
        next_step=did_you_mean(name, names, "write one; those that come with the project show how"),
    )


def _not_yaml(name: str, error: yaml.YAMLError) -> Mistake:
    mark = getattr(error, "problem_mark", None)
    return Mistake(
        setting="facts",
        problem="is not YAML",
        got=str(getattr(error, "problem", None) or error).strip(),
        allowed="YAML, indented with spaces",
        next_step="mend the line",
        where=f"{name}:{mark.line + 1}" if mark else name,
    )
