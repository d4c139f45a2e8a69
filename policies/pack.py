"""The rules as the engine runs them. Builds policies and starts nothing: `__main__` does.

Owns the bridge to the SDK: proxies become plain values, findings become reports. Of what a rule
cannot judge in a preview, one advisory policy tells; the rule judges again in the update, where
values are known before each resource is made.
"""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from pulumi_policy import (
    EnforcementLevel,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

from infra.spec.files import STACKS_FOLDER
from infra.unresolved import ALLOW
from policies.evaluate import evaluate, findings, findings_in_stack
from policies.rule import AnyRule, Level, ResourceRule, StackRule, Subject, Unjudged, Violation
from policies.rules import RULES
from policies.scene import Scene, load_scene
from policies.values import Plain, plain

NAME = "tokenworks"
UNJUDGED = "not-judged-yet"
"""The policy that says what no rule could judge."""
_INDEX = re.compile(r"\[\d+\]")
_LEVELS = {
    Level.MANDATORY: EnforcementLevel.MANDATORY,
    Level.ADVISORY: EnforcementLevel.ADVISORY,
}


def policies(
    project: Path, now: datetime | None = None
) -> list[ResourceValidationPolicy | StackValidationPolicy]:
    """Return every rule as a policy of the SDK, and the one about what cannot be judged.

    Args:
        project: folder of `Pulumi.yaml`, whose stack files say what the rules hold a stack to.
        now: when it is; None: the clock's.
    """
    bridge = _Bridge(project / STACKS_FOLDER.name, now)
    return [*map(bridge.policy, RULES), bridge.unjudged()]


@dataclass(frozen=True)
class _Bridge:
    """Between the SDK and the rules."""

    stacks: Path
    """Folder of the stack files."""
    now: datetime | None
    inputs: dict[str, Mapping[str, Plain]] = field(default_factory=dict)
    """What the program declares of each resource of this run, by URN. A rule about a stack is only
    shown what providers foresee: there, an input that nobody set is unknown in a preview."""

    def policy(self, rule: AnyRule) -> ResourceValidationPolicy | StackValidationPolicy:
        if isinstance(rule, ResourceRule):
            return ResourceValidationPolicy(
                name=rule.name,
                description=rule.why,
                enforcement_level=_LEVELS[rule.level],
                validate=lambda args, report: self._validate(rule, args, report),
            )
        return StackValidationPolicy(
            name=rule.name,
            description=rule.why,
            enforcement_level=_LEVELS[rule.level],
            validate=lambda args, report: self._validate_stack(rule, args, report),
        )

    def unjudged(self) -> StackValidationPolicy:
        def validate(args: StackValidationArgs, report: ReportViolation) -> None:
            subjects = self._subjects(args.resources)
            open_yet: dict[str, list[str]] = {}
            for result in evaluate(RULES, subjects, self._scene(subjects[0].urn)):
                if isinstance(result.finding, Unjudged):
                    what = _INDEX.sub("[]", result.finding.what)
                    line = f"{result.rule.name} cannot judge {what}"
                    open_yet.setdefault(line, []).append(result.resource)
            for line, resources in open_yet.items():
                where = ", ".join(sorted({*resources} - {""}))
                report(f"{line} of {where}" if where else line, None)

        return StackValidationPolicy(
            name=UNJUDGED,
            description="Says which rules met a value that is not known before the update.",
            enforcement_level=EnforcementLevel.ADVISORY,
            validate=validate,
        )

    def _validate(
        self, rule: ResourceRule, args: ResourceValidationArgs, report: ReportViolation
    ) -> None:
        if args.urn not in self.inputs:
            self.inputs[args.urn] = _properties(args)
        if args.resource_type not in rule.types:
            return
        for finding in findings(rule, _subject(args), self._scene(args.urn)):
            if isinstance(finding, Violation):
                report(finding.message, finding.urn or args.urn)

    def _validate_stack(
        self, rule: StackRule, args: StackValidationArgs, report: ReportViolation
    ) -> None:
        subjects = self._subjects(args.resources)
        for finding in findings_in_stack(rule, subjects, self._scene(subjects[0].urn)):
            if isinstance(finding, Violation):
                report(finding.message, finding.urn or None)

    def _subjects(self, resources: Sequence[PolicyResource]) -> list[Subject]:
        return [
            replace(_subject(one), properties=self.inputs.get(one.urn, _properties(one)))
            for one in resources
        ]

    def _scene(self, urn: str) -> Scene:
        # The SDK 1.21.0 drops the configuration that the engine hands over (`ConfigureStack` keeps
        # the tags), and sets no stack: a URN names it, and its file says the rest.
        stack = urn.split("::", maxsplit=1)[0].rpartition(":")[2]
        allows = os.environ.get(ALLOW) == "1"
        return _scene_of(stack, self.stacks, self.now, allows=allows)


@lru_cache
def _scene_of(stack: str, stacks: Path, now: datetime | None, *, allows: bool) -> Scene:
    return load_scene(stack, stacks, allows_unresolved=allows, now=now)


def _subject(resource: ResourceValidationArgs | PolicyResource) -> Subject:
    whole = isinstance(resource, PolicyResource)
    parent = resource.parent if whole else None
    sources = resource.property_dependencies if whole else {}
    return Subject(
        urn=resource.urn,
        type=resource.resource_type,
        name=resource.name,
        properties=_properties(resource),
        protect=resource.opts.protect,
        retain_on_delete=False,
        parent=parent.urn if parent else "",
        dependencies={key: tuple(one.urn for one in value) for key, value in sources.items()},
    )


def _properties(resource: ResourceValidationArgs | PolicyResource) -> Mapping[str, Plain]:
    properties = plain(resource.props)
    return properties if isinstance(properties, dict) else {}
