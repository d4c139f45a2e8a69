"""Checks of the hub: addresses, and no token."""

import re

from infra.spec.checks_stack import HUB_TOKEN
from infra.spec.draft import Draft
from infra.spec.hub import HubSpec
from infra.spec.mistakes import is_secret
from infra.spec.report import Report, Source

_ENDPOINT = re.compile(r"https://[a-z0-9.-]+(:\d{1,5})?(/[\w./-]*[\w-])?")


def check_hub(hub: Draft[HubSpec], own: Source, report: Report) -> None:
    """Check each address, and that the token is not here."""
    if hub.good("endpoints"):
        _check_endpoints(hub, report)
    _refuse_token(own, report)


def _check_endpoints(hub: Draft[HubSpec], report: Report) -> None:
    endpoints = hub.spec.endpoints
    if not endpoints:
        report.add(
            hub.at("endpoints"),
            "names no address",
            list(endpoints),
            allowed="at least one https:// address",
            next_step="write endpoints: [https://huggingface.co], or remove the setting",
        )
    for index, endpoint in enumerate(endpoints):
        if not _ENDPOINT.fullmatch(endpoint):
            report.add(
                (*hub.at("endpoints"), index),
                "is not an address of a hub",
                endpoint,
                allowed="https://HOST, with the path of a mirror that has one, no slash at the end",
                next_step="write for example https://huggingface.co",
            )


def _refuse_token(own: Source, report: Report) -> None:
    """Refuse the setting that held the token before the cloud's secret manager did."""
    given = own.section(HUB_TOKEN)
    if given is None:
        return
    revoke = "" if is_secret(given) else "revoke the token at the hub, as this file shows it; "
    report.add(
        (HUB_TOKEN,),
        "is no setting any more: the token is kept by the cloud's secret manager",
        {"secure": "not shown"},  # it may be a real token
        allowed="nothing",
        next_step=f"{revoke}`pulumi config rm tokenworks:{HUB_TOKEN}`, then give the secret "
        "`hub-token` its value by the command in docs/data.md, Secrets",
    )
