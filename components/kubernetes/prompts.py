"""Prompts and answers to a Phoenix: what the filter of the shared host is told, and its one way.

Owns the variables of the filter, and where they lead. Does not own Phoenix, which somebody runs
(docs/decisions/0034), nor the filter (`shared_host`).
Variables: envoyproxy/ai-gateway@c217da8 (v1.1.0), internal/tracing, read 2026-11-28, which takes
those of OpenTelemetry's Go SDK 1.44.
"""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.kubernetes import network_policies as policies
from components.kubernetes.gateway_names import NAMESPACE
from components.secrets import PHOENIX_KEY
from components.serving.route_objects import Json
from infra.spec.phoenix import PhoenixSpec

SECRET = PHOENIX_KEY.purpose
SECRET_KEY = "api-key"  # noqa: S105 - the name of a key in it
KEY_VARIABLE = "PHOENIX_API_KEY"
WARNING = (
    "what users of the shared host write, and what models answer, leaves for {url}: "
    "`observability.phoenix` says so (docs/observability.md#prompts-and-answers)"
)


@dataclass(frozen=True)
class Prompts:
    """Who gets prompts and answers, and of how many requests."""

    phoenix: PhoenixSpec
    """Where it is."""
    sample_share: float
    """Share of requests, 0 to 1, drawn by the trace's number: what a caller says of being sampled
    counts for nothing (docs/decisions/0027)."""


def variables(sent: Prompts) -> list[Json]:
    """Return the variables of the filter.

    Only those of traces: with the common ones the filter would send its metrics there, too.
    """
    said = {
        "OTEL_SERVICE_NAME": NAMESPACE,
        "OTEL_TRACES_EXPORTER": "otlp",
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": sent.phoenix.url,
        # Headers are percent-encoded there: a blank would end it.
        "OTEL_EXPORTER_OTLP_TRACES_HEADERS": f"authorization=Bearer%20$({KEY_VARIABLE})",
        "OTEL_TRACES_SAMPLER": "traceidratio",
        "OTEL_TRACES_SAMPLER_ARG": f"{sent.sample_share:g}",
    }
    key: Json = {
        # Without it Phoenix refuses the spans, and the proxy starts all the same.
        "secretKeyRef": {"name": SECRET, "key": SECRET_KEY, "optional": True}
    }
    # First: the kubelet puts it into the header only if it knows it by then.
    first: Json = {"name": KEY_VARIABLE, "valueFrom": key}
    return [first, *({"name": name, "value": value} for name, value in said.items())]


def way(phoenix: PhoenixSpec) -> kubernetes.networking.v1.NetworkPolicyEgressRuleArgs:
    """Return the one way there: its namespace, or its addresses, and its port."""
    if phoenix.namespace is not None:
        return policies.to_namespace(phoenix.namespace, phoenix.port)
    return policies.to_addresses(phoenix.addresses, phoenix.port)


def warn(phoenix: PhoenixSpec, resource: pulumi.Resource) -> None:
    """Say at each update that prompts leave, and where to."""
    pulumi.log.warn(WARNING.format(url=phoenix.url), resource=resource)
