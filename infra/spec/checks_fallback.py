"""Fallbacks: another model that answers while none of a model's own servers does."""

from collections.abc import Mapping, Sequence

from infra.spec.draft import Draft
from infra.spec.gateway import GatewaySpec
from infra.spec.models import ModelSpec
from infra.spec.report import Report
from infra.spec.suggest import did_you_mean


def check_fallbacks(
    models: Sequence[Draft[ModelSpec]], gateway: Draft[GatewaySpec], report: Report
) -> None:
    """Check that every fallback is another model that can take what the first one promises."""
    by_name = {model.spec.name: model for model in models if model.good("name")}
    for model in models:
        if not model.good("name", "fallback") or model.spec.fallback is None:
            continue
        _check_place(model, gateway, report)
        _check_other(model, model.spec.fallback, by_name, report)


def _check_place(model: Draft[ModelSpec], gateway: Draft[GatewaySpec], report: Report) -> None:
    if gateway.good("sharedHost") and not gateway.spec.shared_host:
        report.add(
            model.at("fallback"),
            "is asked by the shared host, and there is none: a model's own host knows one model",
            model.spec.fallback,
            allowed="a fallback with gateway.sharedHost: true",
            next_step="write gateway.sharedHost: true, or remove the fallback",
        )
    if model.good("canary") and model.spec.canary is not None:
        report.add(
            model.at("fallback"),
            "stands beside a canary, and a share of requests has no second choice",
            model.spec.fallback,
            allowed="a fallback or a canary",
            next_step="remove one of the two until the new version is alone",
        )


def _check_other(
    model: Draft[ModelSpec], name: str, by_name: Mapping[str, Draft[ModelSpec]], report: Report
) -> None:
    others = [other for other in by_name if other != model.spec.name]
    found = by_name.get(name)
    if found is None or name == model.spec.name:
        report.add(
            model.at("fallback"),
            "is the model itself" if name == model.spec.name else "is no model of this stack",
            name,
            allowed=f"one of: {', '.join(others) or 'there is no other model'}",
            next_step=did_you_mean(name, others, "add the model first"),
        )
    elif (
        found.good("context") and model.good("context") and found.spec.context < model.spec.context
    ):
        report.add(
            model.at("fallback"),
            f"takes {found.spec.context} tokens, and {model.spec.name} promises more",
            name,
            allowed=f"a model with context {model.spec.context} or more",
            next_step=f"raise the context of {name}, or take another model",
        )
