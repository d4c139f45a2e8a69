"""Runs rules over resources: all of them at once, offline, or one for the engine.

Owns which findings count: exceptions are left out here, in one place.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from policies.rule import AnyRule, Finding, ResourceRule, Rule, StackRule, Subject, Unjudged
from policies.rule import Violation as Violation  # noqa: PLC0414 - callers tell findings apart
from policies.scene import Scene


@dataclass(frozen=True)
class Result:
    """One finding of one rule."""

    rule: Rule
    finding: Finding
    resource: str
    """Logical name; empty when it is about the stack."""

    @property
    def judged(self) -> bool:
        """Whether the rule could judge; it could not where a value was unknown."""
        return not isinstance(self.finding, Unjudged)


def evaluate(
    rules: Iterable[AnyRule], subjects: Sequence[Subject], scene: Scene
) -> Iterator[Result]:
    """Yield every finding of every rule."""
    names = {subject.urn: subject.name for subject in subjects}
    for rule in rules:
        if isinstance(rule, StackRule):
            for finding in findings_in_stack(rule, subjects, scene):
                yield Result(rule, finding, names.get(finding.urn, ""))
            continue
        for subject in subjects:
            for finding in findings(rule, subject, scene):
                yield Result(rule, finding, subject.name)


def findings(rule: ResourceRule, subject: Subject, scene: Scene) -> Iterator[Finding]:
    """Yield what a rule finds in one resource; nothing in another type or an excepted one."""
    if subject.type in rule.types and not scene.excepted(rule.name, subject.name):
        yield from rule.check(subject, scene)


def findings_in_stack(
    rule: StackRule, subjects: Sequence[Subject], scene: Scene
) -> Iterator[Finding]:
    """Yield what a rule finds in a stack."""
    seen = [subject for subject in subjects if not scene.excepted(rule.name, subject.name)]
    yield from rule.check(seen, scene)
