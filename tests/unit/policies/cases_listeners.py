"""Cases of the rules in `policies.rules.listeners`."""

from policies.rules.listeners import CERTIFICATE
from policies.rules.routes import GATEWAY, ROUTE
from tests.unit.policies.cases import UNKNOWN, Cases, Json, Thing, Verdict, one

REDIRECT: Json = {"filters": [{"type": "RequestRedirect"}], "timeouts": {"request": "10s"}}


def _route(*timeouts: Json) -> tuple[Thing, ...]:
    return one(ROUTE, spec={"rules": [REDIRECT, *({"timeouts": value} for value in timeouts)]})


def _gateway(host: Json = "*.llm.example.com", secret: Json = "tls") -> tuple[Thing, ...]:
    listeners: list[Json] = [
        {"name": "http", "protocol": "HTTP", "hostname": "*.other.example.com"},
        {
            "name": "https",
            "protocol": "HTTPS",
            "hostname": host,
            "tls": {"certificateRefs": [{"name": secret}]},
        },
    ]
    return one(
        GATEWAY,
        metadata={"namespace": "gateway", "name": "public"},
        spec={"listeners": listeners},
    )


def _certificate(*names: Json, namespace: str = "gateway") -> tuple[Thing, ...]:
    return one(
        CERTIFICATE,
        metadata={"namespace": namespace, "name": "public"},
        spec={"secretName": "tls", "dnsNames": list(names)},
    )


CASES = (
    Cases(
        rule="routes-end-their-requests",
        compliant=_route({"request": "900s"}),
        violating=_route({"request": "900s"}, {"request": "0s"}),
        missing=_route({"backendRequest": "900s"}),
        missing_is=Verdict.VIOLATION,
        unknown=_route({"request": UNKNOWN}),
        odd=_route({"request": 900}),
    ),
    Cases(
        rule="certificates-cover-their-hosts",
        compliant=(
            *_gateway(),
            *_certificate("*.llm.example.com"),
            *_gateway("chat.llm.example.com"),
        ),
        # A wildcard stands for one label.
        violating=(*_gateway("a.chat.llm.example.com"), *_certificate("*.llm.example.com")),
        missing=(*_gateway(), *_certificate("*.llm.example.com", namespace="elsewhere")),
        missing_is=Verdict.UNJUDGED,
        unknown=(*_gateway(), *_certificate(UNKNOWN)),
        odd=(*_gateway(), *_certificate(443)),
    ),
)
