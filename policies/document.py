"""`docs/policies.md`: every rule, its level and its reason. As a module, writes the document."""

from collections.abc import Iterator
from pathlib import Path

from policies.rule import AnyRule, Family
from policies.rules import RULES
from policies.scene import exceptions, thresholds

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "policies.md"
_HEAD = """\
# Policies

The pack in `policies/` says what may be created and what it may cost. `make golden` writes this
file from the rules.

- Every rehearsal previews through it before it creates anything, and updates through it.
- A real stack: `pulumi up --policy-pack policies`. Pulumi previews first; what is mandatory stops
  it there, with nothing created. Without a preview (`--skip-preview`) rules about a whole stack
  are only asked at the end.
- **mandatory** stops; **advisory** is said. A value that only the update will know is never taken
  for a good one: the policy `not-judged-yet` names it, and rules about one resource judge it in
  the update. Caps of the budget fail instead: a preview in which prices are unknown does not
  pass.
- Thresholds are data: the section `budget` of a stack file, and `policies/thresholds.yaml` by
  environment. What a rule leaves out stands in `policies/exceptions.yaml`, by resource and with a
  reason.
- A new rule: a function in `policies/rules/`, an entry in its `RULES`, and its five cases in
  `tests/unit/policies/`: right, wrong, missing, unknown, of another type. Without them a test
  fails.
"""


def document() -> str:
    """Return the whole document."""
    return "\n".join([_HEAD, *_families(), *_thresholds(), *_exceptions()]).rstrip("\n") + "\n"


def _families() -> Iterator[str]:
    for family in Family:
        yield f"## {family.capitalize()}\n"
        yield "| rule | level | about | why |\n|---|---|---|---|"
        yield from (_row(rule) for rule in RULES if rule.family is family)
        yield ""


def _row(rule: AnyRule) -> str:
    types = ", ".join(_short(token) for token in rule.types) or "the stack"
    return f"| `{rule.name}` | {rule.level} | {types} | {rule.why} |"


def _short(token: str) -> str:
    package, _, rest = token.partition(":")
    return f"{package} {rest.rpartition(':')[2]}"


def _thresholds() -> Iterator[str]:
    yield "## Thresholds\n"
    figures = {name: one.model_dump(by_alias=True) for name, one in thresholds().items()}
    yield f"| | {' | '.join(figures)} |\n|---|{'---|' * len(figures)}"
    for key in next(iter(figures.values())):
        yield f"| {key} | {' | '.join(_shown(one[key]) for one in figures.values())} |"
    yield ""


def _exceptions() -> Iterator[str]:
    if found := exceptions():
        yield "## Exceptions\n"
        yield "| rule | resources | reason |\n|---|---|---|"
        for one in found:
            yield f"| `{one.rule}` | {', '.join(one.resources)} | {one.reason} |"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
