"""Runs a rule as the engine does: policies of the SDK over its real proxies."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from pulumi_policy import (
    PolicyCustomTimeouts,
    PolicyResource,
    PolicyResourceOptions,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import unknown_checking_proxy

from policies.pack import UNJUDGED, policies
from tests.support.projects import ROOT
from tests.unit.policies.cases import Json, Thing, Verdict

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
"""When it is in these tests: support of Kubernetes versions ends on days."""


def verdict(rule: str, things: tuple[Thing, ...], stack: str) -> Verdict:
    """Return what the pack says under a rule's name about the resources of a stack."""
    if reports(rule, things, stack):
        return Verdict.VIOLATION
    marked = any(f"{rule} cannot judge" in line for line in reports(UNJUDGED, things, stack))
    return Verdict.UNJUDGED if marked else Verdict.FINE


def reports(name: str, things: tuple[Thing, ...], stack: str) -> list[str]:
    """Return the messages of one policy of the pack."""
    return _said(_pack(_project_of(stack))[name], things, stack)


def reports_after(name: str, declared: Thing, foreseen: Thing, stack: str) -> list[str]:
    """Return what a policy about a stack says of a resource that was analyzed before."""
    pack = _pack(_project_of(stack))
    for policy in pack.values():
        if isinstance(policy, ResourceValidationPolicy):
            _said(policy, (declared,), stack)
    return _said(pack[name], (foreseen,), stack)


def _said(
    policy: ResourceValidationPolicy | StackValidationPolicy,
    things: tuple[Thing, ...],
    stack: str,
) -> list[str]:
    said: list[str] = []

    def report(message: str, urn: str | None = None) -> None:
        said.append(f"{urn or ''} {message}")

    resources = [_resource(thing, stack) for thing in things]
    if isinstance(policy, StackValidationPolicy):
        policy.validate(StackValidationArgs(resources), report)
        return said
    for one in resources:
        policy.validate(
            ResourceValidationArgs(
                one.resource_type, one.props, one.urn, one.name, one.opts, one.provider
            ),
            report,
        )
    return said


def _pack(project: Path) -> dict[str, ResourceValidationPolicy | StackValidationPolicy]:
    return {policy.name: policy for policy in policies(project, NOW)}


def _project_of(stack: str) -> Path:
    """Return the project that has the stack: stacks of cases only lie beside this file."""
    return HERE if (HERE / "stacks" / f"Pulumi.{stack}.yaml").is_file() else ROOT


def _resource(thing: Thing, stack: str) -> PolicyResource:
    properties = {key: _as_sent(value) for key, value in thing.properties.items()}
    return PolicyResource(
        thing.type,
        unknown_checking_proxy(properties),
        f"urn:pulumi:{stack}::tokenworks::{thing.type}::{thing.name}",
        thing.name,
        PolicyResourceOptions(
            protect=thing.protect,
            ignore_changes=[],
            delete_before_replace=None,
            aliases=[],
            custom_timeouts=PolicyCustomTimeouts(0, 0, 0),
            additional_secret_outputs=[],
        ),
        None,
        None,
        [],
        {},
    )


def _as_sent(value: Json) -> Json:
    """Return a value as the engine sends it: every number has a point."""
    if isinstance(value, Mapping):
        return {key: _as_sent(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_sent(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
