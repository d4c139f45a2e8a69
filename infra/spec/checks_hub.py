"""Checks of the hub: addresses, and the secret that goes with `token`."""

import re

from infra.spec.checks_stack import HUB_TOKEN
from infra.spec.draft import Draft
from infra.spec.hub import HubSpec
from infra.spec.mistakes import is_secret
from infra.spec.report import Report, Source

_ENDPOINT = re.compile(r"https://[a-z0-9.-]+(:\d{1,5})?(/[\w./-]*[\w-])?")
_SET = f"pulumi config set --secret tokenworks:{HUB_TOKEN}"


def check_hub(hub: Draft[HubSpec], own: Source, report: Report) -> None:
    """Check each address, and that the token is there exactly when it is asked for."""
    if hub.good("endpoints"):
        _check_endpoints(hub, report)
    if hub.good("token"):
        _check_token(hub, own, report)


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


def _check_token(hub: Draft[HubSpec], own: Source, report: Report) -> None:
    path = (HUB_TOKEN,)
    given = own.section(HUB_TOKEN)
    if hub.spec.token and given is None:
        report.add(
            path,
            "is missing, and hub.token says that the hub asks for one",
            None,
            allowed="a secret",
            next_step=f"run `{_SET}`, or write token: false",
        )
    elif given is not None and not is_secret(given):
        report.add(
            path,
            "is not a secret",
            {"secure": "not shown"},  # it may be a real token
            allowed="a secret",
            next_step=f"revoke it at the hub, which it may have reached; then `{_SET}`",
        )
    elif given is not None and not hub.spec.token:
        report.add(
            path,
            "is set, and no server gets it: hub.token is false",
            given,
            allowed="nothing, or hub: {token: true}",
            next_step="write `token: true` under hub, or remove the secret",
        )
