"""The answers of an account as a facts file, for rehearsals in its limits.

Owns the text of the file. What was not told is written as unknown: neither zero nor enough.
"""

import json
from collections.abc import Mapping, Sequence

from infra.preflight.facts import Facts
from infra.preflight.facts_checks import UNKNOWN
from infra.preflight.known import known_quotas
from infra.preflight.survey import Survey
from infra.spec.environment import Layer
from infra.spec.mistakes import Mistake, MistakesError
from infra.spec.stack import StackSpec


def require_recordable(spec: StackSpec) -> None:
    """Refuse a stack that stands on another's ground: it asks an account for nothing.

    Raises:
        MistakesError: it is one.
    """
    if Layer.FOUNDATION in spec.layers:
        return
    mistake = Mistake(
        setting="STACK",
        problem="has no foundation, so that an account is asked for nothing",
        got=spec.name,
        allowed="a stack with the layer foundation",
        next_step="record the stack that it extends",
    )
    subject = f"record {spec.name}"
    raise MistakesError(subject, [mistake])


def facts_text(spec: StackSpec, found: Survey) -> str:
    """Return a facts file of what an account answered; `load_facts` reads it."""
    facts = found.facts
    lines = [
        f"# What {facts.name} answered to `tokenworks record {spec.name}`.",
        f"# `make rehearse STACK={spec.name} FACTS=FILE` rehearses in these limits.",
        f"name: {_text(facts.name)}",
        f"source: {_text(facts.source)}",
        f"sourceDate: {facts.source_date}",
        *([f"account: {_text(found.account)}"] if found.account else []),
        f"region: {_text(spec.cloud.region)}",
        "quotas:",
        *_quotas(spec, facts),
        *_lists("offerings", facts.offerings),
        *_lists("addonVersions", facts.addon_versions),
    ]
    return "\n".join(lines) + "\n"


def _quotas(spec: StackSpec, facts: Facts) -> list[str]:
    lines = []
    for code, quota in known_quotas(spec.cloud.provider).items():
        value = facts.quotas.get(code, UNKNOWN)
        why = f"; {facts.untold[code]}; `{quota.lookup}` says it" if code in facts.untold else ""
        lines.append(f"  {code}: {value} # {quota.name}{why}".replace("\n", " "))
    return lines


def _lists(key: str, found: Mapping[str, Sequence[str]]) -> list[str]:
    if not found:
        return []
    return [
        f"{key}:",
        *(f"  {_text(name)}: {json.dumps([*items])}" for name, items in found.items()),
    ]


def _text(value: str) -> str:
    """Return a text as YAML reads it: JSON's quotes are YAML's too."""
    return json.dumps(value)
