"""Cases of the rules in `policies.rules.routes`."""

from policies.rules.routes import GATEWAY, POLICY, ROUTE
from tests.unit.policies.cases import UNKNOWN, Cases, Json, Thing, Verdict, one

HOME: Json = {"namespace": "models", "name": "chat"}
ROUTES = "HTTPRoute"
INSIDE: Json = {"service.beta.kubernetes.io/aws-load-balancer-scheme": "internal"}


def open_route(gateway: Json = "public", **spec: Json) -> tuple[Thing, ...]:
    """Return a route that no policy guards."""
    whole: dict[str, Json] = {
        "parentRefs": [{"name": gateway, "namespace": "gateway"}],
        "rules": [{"backendRefs": [{"name": "chat"}]}],
    }
    return one(ROUTE, metadata=HOME, spec={**whole, **spec})


def _policy(*, name: Json = "chat", kind: str = ROUTES, **asks: Json) -> tuple[Thing, ...]:
    namespace = "models" if kind == ROUTES else "gateway"
    target: Json = {"kind": kind, "name": name}
    return one(POLICY, metadata={"namespace": namespace}, spec={"targetRefs": [target], **asks})


def _gateway(name: str, annotations: Json = None) -> tuple[Thing, ...]:
    return one(
        GATEWAY,
        metadata={"namespace": "gateway", "name": name},
        spec={"infrastructure": {"annotations": annotations}},
    )


CASES = (
    Cases(
        rule="public-routes-ask-who-comes",
        compliant=(
            *open_route(),
            *_policy(apiKeyAuth={}),
            *open_route("inside"),
            *_gateway("inside", INSIDE),
            *open_route(rules=[{"filters": [{"type": "RequestRedirect"}]}]),
        ),
        # The policy of the route stands in place of the gateway's.
        violating=(
            *open_route(),
            *_gateway("public"),
            *_policy(name="public", kind="Gateway", jwt={}),
            *_policy(cors={}),
        ),
        missing=open_route(),
        missing_is=Verdict.VIOLATION,
        unknown=(*open_route(), *_policy(name=UNKNOWN, apiKeyAuth={})),
        odd=(*open_route(), *_policy(apiKeyAuth="yes")),
    ),
)
