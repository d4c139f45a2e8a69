"""The shared host: whether it has a domain, clients that can be told apart, and no namesake."""

from collections.abc import Sequence

from infra.spec.draft import Draft
from infra.spec.gateway import SHARED, GatewaySpec
from infra.spec.mistakes import Path
from infra.spec.models import ModelSpec
from infra.spec.report import Report
from infra.spec.tenants import TenantSpec


def check_shared_host(
    gateway: Draft[GatewaySpec],
    tenants: Sequence[Draft[TenantSpec]],
    models: Sequence[Draft[ModelSpec]],
    limits: Sequence[tuple[Path, object]],
    report: Report,
) -> None:
    """Check the shared host and what is said of it elsewhere.

    Tenants without authentication are refused where tenants are checked.

    Args:
        gateway: The gateway.
        tenants: The tenants.
        models: The models.
        limits: Limits of tokens that somebody wrote, with where they stand.
        report: Takes the mistakes.
    """
    if not gateway.good("sharedHost", "domain"):
        return
    if not gateway.spec.shared_host:
        _refuse_limits(limits, report)
        return
    if not gateway.spec.is_built:
        report.add(
            gateway.at("sharedHost"),
            "has no domain to be below",
            gateway.spec.shared_host,
            allowed="sharedHost with gateway.domain",
            next_step="write gateway.domain, or remove sharedHost",
        )
    elif not tenants:
        report.add(
            gateway.at("sharedHost"),
            "counts tokens for each tenant, and there is none: one client could take all GPUs",
            gateway.spec.shared_host,
            allowed="sharedHost with tenants",
            next_step="write the tenants, each named as its key is, or remove sharedHost",
        )
    for model in models:
        if model.good("name") and model.spec.object_name == SHARED:
            report.add(
                model.at("name"),
                f"would have the host of gateway.sharedHost, {SHARED}.<domain>, for its own",
                model.spec.name,
                allowed=f"any name that does not become {SHARED}",
                next_step="rename the model, or remove gateway.sharedHost",
            )


def _refuse_limits(limits: Sequence[tuple[Path, object]], report: Report) -> None:
    for path, value in limits:
        report.add(
            path,
            "limits tokens, which nobody counts: a model's own host counts requests",
            value,
            allowed="tokensPerMinute with gateway.sharedHost: true",
            next_step="write gateway.sharedHost: true, or remove it and write requestsPerMinute",
        )
