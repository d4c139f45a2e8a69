"""Canaries: a share of a model's requests goes to another one, which must be able to answer."""

from collections.abc import Mapping, Sequence

from infra.spec.draft import Draft
from infra.spec.gateway import GatewaySpec
from infra.spec.models import ModelSpec
from infra.spec.report import Report
from infra.spec.suggest import did_you_mean


def check_canaries(
    models: Sequence[Draft[ModelSpec]], gateway: Draft[GatewaySpec], report: Report
) -> None:
    """Check that every canary is a model that answers to the name, and what else is asked of it."""
    by_name = {model.spec.name: model for model in models if model.good("name")}
    for model in models:
        _check_other_names(model, by_name, report)
        if model.good("canary") and model.spec.canary is not None:
            _check_canary(model, by_name, report)
            if gateway.good("domain") and not gateway.spec.is_built:
                report.add(
                    model.at("canary"),
                    "is split by the gateway, and there is none",
                    model.spec.canary.model,
                    allowed="a canary with gateway.domain",
                    next_step="write gateway: {domain: ...}, or remove the canary",
                )


def _check_other_names(
    model: Draft[ModelSpec], by_name: Mapping[str, Draft[ModelSpec]], report: Report
) -> None:
    if not model.good("alsoServes"):
        return
    for index, name in enumerate(model.spec.also_serves):
        if name not in by_name or name == model.spec.name:
            report.add(
                (*model.at("alsoServes"), index),
                "is its own name" if name == model.spec.name else "is no model of this stack",
                name,
                allowed="names of other models of this stack",
                next_step=did_you_mean(name, list(by_name), "remove it"),
            )


def _check_canary(
    model: Draft[ModelSpec], by_name: Mapping[str, Draft[ModelSpec]], report: Report
) -> None:
    canary = model.spec.canary
    if canary is None or not model.good("name", "canary.model"):
        return
    name, at = canary.model, model.at("canary.model")
    others = [other for other in by_name if other != model.spec.name]
    found = by_name.get(name)
    if found is None or name == model.spec.name:
        report.add(
            at,
            "is the model itself" if name == model.spec.name else "is no model of this stack",
            name,
            allowed=f"one of: {', '.join(others) or 'there is no other model'}",
            next_step=did_you_mean(name, others, "add the model first"),
        )
        return
    if found.good("canary") and found.spec.canary is not None:
        report.add(
            at,
            "has a canary itself, and a request is handed on once",
            name,
            allowed="a model without a canary",
            next_step=f"remove the canary of {name}",
        )
    if found.good("alsoServes") and model.spec.name not in found.spec.also_serves:
        report.add(
            at,
            f"does not answer to {model.spec.name}: it would refuse every request with 404",
            name,
            allowed=f"a model with alsoServes: [{model.spec.name}]",
            next_step=f"write alsoServes: [{model.spec.name}] at {name}",
        )
    if found.good("context") and model.good("context") and found.spec.context < model.spec.context:
        report.add(
            at,
            f"takes {found.spec.context} tokens, and {model.spec.name} promises more",
            name,
            allowed=f"a model with context {model.spec.context} or more",
            next_step=f"raise the context of {name}",
        )
