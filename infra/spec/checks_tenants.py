"""Tenants: whether they can be told apart, use models that exist, and leave no model to nobody."""

import re
from collections.abc import Mapping, Sequence

from infra.spec.draft import Draft
from infra.spec.effective import Origins
from infra.spec.gateway import GatewaySpec
from infra.spec.mistakes import Path
from infra.spec.models import ModelSpec
from infra.spec.report import Report
from infra.spec.suggest import did_you_mean
from infra.spec.tenants import TenantSpec

LONGEST_NAME = 40
"""Namespaces are called `tenant-NAME`, within the 63 characters of a DNS label."""
MOST_OF_A_MODEL = 16
"""Limits that one policy of the gateway holds (Envoy Gateway v1.9.1, BackendTrafficPolicy,
`rateLimit.local.rules`): one for each tenant."""
_NAME = re.compile(rf"[a-z](?:[a-z0-9-]{{0,{LONGEST_NAME - 2}}}[a-z0-9])?")


def derive_tenant(
    values: dict[str, object],
    path: Path,
    gateway: Draft[GatewaySpec],
    model_names: Sequence[str],
    origins: Origins,
) -> None:
    """Give a tenant that names no models all of them, and the gateway's limits without its own."""
    if values.get("models") is None:
        # A platform whose models are another stack's does not know them: then it stays None.
        values["models"] = list(dict.fromkeys(model_names)) or None
        origins[*path, "models"] = "default: all models"
    limits = {
        "requestsPerMinute": gateway.spec.requests_per_minute,
        "tokensPerMinute": gateway.spec.tokens_per_minute,
    }
    for setting in limits.keys() - values.keys():
        values[setting] = limits[setting]
        origins[*path, setting] = f"gateway.{setting}"


def check_tenants(
    tenants: Sequence[Draft[TenantSpec]],
    gateway: Draft[GatewaySpec],
    models: Sequence[Draft[ModelSpec]] | None,
    model_names: Sequence[str],
    report: Report,
) -> None:
    """Check each tenant, and that every model has somebody who may use it.

    Args:
        tenants: The tenants.
        gateway: How they come in.
        models: The models; None where another stack has them, or they could not be read.
        model_names: Names of all models that are written, those with mistakes included.
        report: Takes the mistakes.
    """
    if not tenants:
        return
    _check_keys(tenants, gateway, report)
    _check_names(tenants, report)
    for tenant in tenants:
        _check_models(tenant, None if models is None else model_names, report)
    if models is not None and all(_is_known(tenant, model_names) for tenant in tenants):
        _check_users(tenants, models, report)


def _check_keys(
    tenants: Sequence[Draft[TenantSpec]], gateway: Draft[GatewaySpec], report: Report
) -> None:
    if not gateway.good("domain", "authentication"):
        return
    if not gateway.spec.is_built:
        problem, next_step = "there is none", "write gateway: {domain: ...}, or remove the tenants"
    elif not gateway.spec.knows_clients:
        problem = "it asks for none"
        next_step = "remove gateway.authentication, whose default is api-keys, or the tenants"
    else:
        return
    report.add(
        ("tenants",),
        f"are known by their keys or tokens at the gateway, and {problem}",
        f"{len(tenants)} tenants",
        allowed="tenants with gateway.domain and gateway.authentication: api-keys or jwt",
        next_step=next_step,
    )


def _check_names(tenants: Sequence[Draft[TenantSpec]], report: Report) -> None:
    seen: set[str] = set()
    for tenant in tenants:
        name = tenant.spec.name
        if not tenant.good("name"):
            continue
        if name in seen:
            problem, next_step = "is the name of another tenant", "rename one of the two"
        elif not _NAME.fullmatch(name):
            problem, next_step = "is not a tenant's name", f"write {_tidy(name)}"
        else:
            seen.add(name)
            continue
        report.add(
            tenant.at("name"),
            problem,
            name,
            allowed=f"1 to {LONGEST_NAME} lower-case letters, digits and hyphens, a letter first; "
            "each name once",
            next_step=next_step,
        )


def _tidy(name: str) -> str:
    kept = re.sub(r"[^a-z0-9-]+", "-", name.lower()).lstrip("-0123456789")[:LONGEST_NAME]
    return kept.rstrip("-") or "a name such as search"


def _check_models(tenant: Draft[TenantSpec], known: Sequence[str] | None, report: Report) -> None:
    names = tenant.spec.models
    if not tenant.good("models") or names is None:
        return
    if not names:
        report.add(
            tenant.at("models"),
            "names no model, so that its key would open nothing",
            [],
            allowed="names of models; without the setting, all of them",
            next_step="remove it, or remove the tenant",
        )
    for index, name in enumerate(names):
        if name in names[:index]:
            problem, next_step = "is named twice", "remove one of the two"
        elif known is not None and name not in known:
            problem = "there is no such model"
            next_step = did_you_mean(name, known, "add the model first, or remove it here")
        else:
            continue
        report.add(
            (*tenant.at("models"), index),
            problem,
            name,
            allowed=f"one of: {', '.join(known)}, each once" if known else "each model once",
            next_step=next_step,
        )


def _is_known(tenant: Draft[TenantSpec], model_names: Sequence[str]) -> bool:
    return tenant.good("models") and set(tenant.spec.models or ()) <= set(model_names)


def _check_users(
    tenants: Sequence[Draft[TenantSpec]], models: Sequence[Draft[ModelSpec]], report: Report
) -> None:
    canaries = {one.spec.canary.model for one in models if one.spec.canary is not None}
    users: Mapping[str, int] = {
        one.spec.name: sum(tenant.spec.may_use(one.spec.name) for tenant in tenants)
        for one in models
        if one.good("name")
    }
    for model in models:
        name = model.spec.name
        # A canary answers those who may use the other model.
        if users.get(name) == 0 and name not in canaries:
            report.add(
                model.at("name"),
                "no tenant may use it: its servers would run for nobody",
                name,
                allowed="models of at least one tenant, and canaries",
                next_step=f"add {name} to the models of a tenant, or remove the model",
            )
    name, most = max(users.items(), key=lambda item: item[1], default=("", 0))
    if most > MOST_OF_A_MODEL:
        report.add(
            ("tenants",),
            f"{most} of them may use {name}, and the gateway keeps one limit for each",
            most,
            allowed=f"at most {MOST_OF_A_MODEL} tenants for a model",
            next_step="write `models:` for those who need only some, or give several one key",
        )
