"""Phoenix: prompts leave only where somebody said so, and only to where it is."""

import re
from ipaddress import IPv4Network

from infra.spec.draft import Draft
from infra.spec.gateway import GatewaySpec
from infra.spec.observability import ObservabilitySpec
from infra.spec.phoenix import PhoenixSpec
from infra.spec.ranges import parse_range
from infra.spec.report import Report

WIDEST_PREFIX = 24
"""256 addresses: enough for whoever runs it, and no way out for what came in from the internet."""
_URL = re.compile(r"https?://[a-z0-9.-]+(?::[1-9][0-9]{0,4})?/[^\s?#@]*")
_HIGHEST_PORT = 65535
_SETTING = "phoenix"


def check_phoenix(
    observability: Draft[ObservabilitySpec], gateway: Draft[GatewaySpec], report: Report
) -> None:
    """Check where prompts go, that somebody said so, and that there is who sends them."""
    if not observability.good("phoenix"):
        return
    phoenix = observability.spec.phoenix
    if phoenix is None:
        return
    if not phoenix.prompts:
        report.add(
            observability.at(f"{_SETTING}.prompts"),
            "spans of Phoenix hold what users wrote and what models answered: somebody must say "
            "that they may leave",
            phoenix.prompts,
            allowed="prompts: true, or no phoenix",
            next_step="write prompts: true where those whose prompts they are agreed, or remove "
            "phoenix",
        )
    if gateway.good("sharedHost") and not gateway.spec.shared_host:
        report.add(
            observability.at(_SETTING),
            "has nobody who sends to it: spans are of the shared host's filter",
            phoenix.url,
            allowed="phoenix with gateway.sharedHost: true",
            next_step="write gateway.sharedHost: true, or remove phoenix",
        )
    if _check_url(observability, phoenix, report):
        _check_addresses(observability, phoenix, report)


def _check_url(
    observability: Draft[ObservabilitySpec], phoenix: PhoenixSpec, report: Report
) -> bool:
    inside = _URL.fullmatch(phoenix.url) and phoenix.port <= _HIGHEST_PORT
    if inside and (phoenix.namespace is not None or phoenix.url.startswith("https://")):
        return True
    report.add(
        observability.at(f"{_SETTING}.url"),
        "is not an address that prompts may go to",
        phoenix.url,
        allowed="https:// with a host and a path, or http:// to SERVICE.NAMESPACE.svc of the "
        "cluster, without a user or a question mark",
        next_step="write for example http://phoenix.phoenix.svc:6006/v1/traces; "
        "its API key goes into the secret phoenix",
    )
    return False


def _check_addresses(
    observability: Draft[ObservabilitySpec], phoenix: PhoenixSpec, report: Report
) -> None:
    path = observability.at(f"{_SETTING}.addresses")
    if phoenix.namespace is not None and phoenix.addresses:
        report.add(
            path,
            "is for a Phoenix outside of the cluster; the URL names a namespace of it",
            [*phoenix.addresses],
            allowed="no addresses with a URL of the cluster",
            next_step="remove addresses",
        )
        return
    if phoenix.namespace is None and not phoenix.addresses:
        report.add(
            path,
            "are missing: a network policy knows no host, and proxies would reach the internet",
            None,
            allowed=f"IPv4 ranges of /{WIDEST_PREFIX} and smaller",
            next_step="write where the host is, for example addresses: [203.0.113.10/32]",
        )
    for index, text in enumerate(phoenix.addresses):
        found = parse_range(text)
        if isinstance(found, IPv4Network) and found.prefixlen >= WIDEST_PREFIX:
            continue
        wide = isinstance(found, IPv4Network)
        report.add(
            observability.at(f"{_SETTING}.addresses.{index}"),
            "is more than one place" if wide else found.problem,
            text,
            allowed=f"IPv4 ranges of /{WIDEST_PREFIX} and smaller",
            next_step="name the addresses of Phoenix alone" if wide else found.next_step,
        )
