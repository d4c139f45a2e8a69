"""The gateway: whether its domain can be one, and settings that do not go together."""

import re

from infra.spec.draft import Draft
from infra.spec.environment import Environment
from infra.spec.gateway import GatewaySpec, Issuer
from infra.spec.ranges import BadRange, is_everywhere, parse_range
from infra.spec.report import Report

LONGEST_MODEL_HOST = 64
"""A label of DNS and its dot, which go before the domain."""
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_LONGEST_NAME = 253
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def check_gateway(gateway: Draft[GatewaySpec], environment: Environment, report: Report) -> None:
    """Check each setting, and that what is public asks who is there."""
    if gateway.good("domain"):
        _check_domain(gateway, report)
    if gateway.good("email"):
        _check_email(gateway, report)
    if gateway.good("allowFrom"):
        _check_ranges(gateway, report)
    _check_times(gateway, report)
    if gateway.good("domain") and gateway.spec.is_built and environment is not Environment.DEV:
        _check_public(gateway, environment, report)


def _check_domain(gateway: Draft[GatewaySpec], report: Report) -> None:
    domain = gateway.spec.domain
    if domain is None:
        return
    if not _DOMAIN.fullmatch(domain) or len(domain) + LONGEST_MODEL_HOST > _LONGEST_NAME:
        report.add(
            gateway.at("domain"),
            "is not a domain that hosts of models can be below",
            domain,
            allowed="names of small letters, digits and hyphens with a dot between them, at most "
            f"{_LONGEST_NAME - LONGEST_MODEL_HOST} characters",
            next_step="write for example llm.example.com, without https:// and without *.",
        )


def _check_email(gateway: Draft[GatewaySpec], report: Report) -> None:
    email = gateway.spec.email
    if email is not None and not _EMAIL.fullmatch(email):
        report.add(
            gateway.at("email"),
            "is not an e-mail address",
            email,
            allowed="an address, or nothing",
            next_step="write for example platform@example.com, or remove it",
        )


def _check_ranges(gateway: Draft[GatewaySpec], report: Report) -> None:
    for index, text in enumerate(gateway.spec.allow_from):
        found = parse_range(text)
        if isinstance(found, BadRange):
            problem, next_step = found.problem, found.next_step
        elif is_everywhere(found):
            problem = "lets in a large part of the internet"
            next_step = "remove allowFrom to let everybody in, or write the ranges of your networks"
        else:
            continue
        report.add(
            (*gateway.at("allowFrom"), index),
            problem,
            text,
            allowed="an IPv4 range of /8 to /32, 203.0.113.0/24",
            next_step=next_step,
        )


def _check_times(gateway: Draft[GatewaySpec], report: Report) -> None:
    if not gateway.good("requestTimeoutSeconds", "idleTimeoutSeconds"):
        return
    spec = gateway.spec
    if spec.idle_timeout_seconds > spec.request_timeout_seconds:
        report.add(
            gateway.at("idleTimeoutSeconds"),
            "is longer than a whole request may take",
            spec.idle_timeout_seconds,
            allowed=f"at most requestTimeoutSeconds, {spec.request_timeout_seconds}",
            next_step="lower it, or raise requestTimeoutSeconds",
        )


def _check_public(gateway: Draft[GatewaySpec], environment: Environment, report: Report) -> None:
    spec = gateway.spec
    if gateway.good("authentication") and not spec.knows_clients:
        report.add(
            gateway.at("authentication"),
            f"lets whoever finds a host use the GPUs, and {environment.value} is not for trying",
            spec.authentication.value,
            allowed="api-keys or jwt in staging and prod",
            next_step="remove it: api-keys is the default",
        )
    if environment is not Environment.PROD:
        return
    if gateway.good("issuer") and spec.issuer is not Issuer.LETSENCRYPT:
        report.add(
            gateway.at("issuer"),
            "signs certificates that no client trusts, and prod has clients",
            spec.issuer.value,
            allowed="letsencrypt in prod",
            next_step="remove it: letsencrypt is the default",
        )
    if gateway.good("replicas") and spec.replicas == 1:
        report.add(
            gateway.at("replicas"),
            "is one proxy, and prod outlives the loss of any node",
            spec.replicas,
            allowed="2 to 50 in prod",
            next_step="write replicas: 3, or remove it",
        )
