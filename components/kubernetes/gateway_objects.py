"""What the gateway's own objects say. Pure: plain values from the spec.

Owns the listeners, how proxies run and end, what a client may do before a route is looked up, and
what the access log holds. Does not own any route of a model.
Fields: Gateway API v1.6.1 and Envoy Gateway v1.9.1, whose own types were read (api/v1alpha1).
"""

from components import labels
from components.kubernetes.gateway_names import (
    CERTIFICATE_SECRET,
    CONTROLLER,
    GATEWAY,
    GATEWAY_CLASS,
    HTTP_LISTENER,
    HTTPS_LISTENER,
    NAMESPACE,
)
from components.observability import names
from components.serving.route_objects import Json, Object
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Environment
from infra.spec.gateway import GatewaySpec
from infra.spec.traces import TracesSpec

PROXY = "proxy"
"""Name of the EnvoyProxy."""
DRAIN_MARGIN_SECONDS = 30
MAX_DRAIN_SECONDS = 600
MIN_DRAIN_SECONDS = {CloudProvider.AWS: 180, CloudProvider.GCP: 20}
"""As long a proxy that goes still takes new connections, because its load balancer sends some.

AWS: a Network Load Balancer sends new connections for about two minutes to a target that was taken
out, however short its delay (measured by others: kubernetes-sigs/aws-load-balancer-controller#2366,
aws/containers-roadmap#470). Google Cloud: the node's health check fails with the proxy's readiness.
"""
NLB_IDLE_SECONDS = 6000
"""The longest that a Network Load Balancer keeps a silent connection (Elastic Load Balancing user
guide, "Update the TCP idle timeout", as remembered); by default it is 350."""
IDLE_MARGIN_SECONDS = 60
CONNECTIONS_PER_PROXY = 20_000
SAMPLING_PARTS = 10_000
"""Shares are whole parts of so many: a hundredth of a percent."""
PROXY_MILLICORES = 250
PROXY_MIB = 512

ACCESS_LOG = {
    "start_time": "%START_TIME%",
    "method": "%REQ(:METHOD)%",
    "host": "%REQ(:AUTHORITY)%",
    "path": "%REQ_WITHOUT_QUERY(:PATH)%",
    "client": "%REQ(X-TOKENWORKS-CLIENT)%",
    "request_id": "%REQ(X-REQUEST-ID)%",
    "code": "%RESPONSE_CODE%",
    "flags": "%RESPONSE_FLAGS%",
    "details": "%RESPONSE_CODE_DETAILS%",
    "bytes_in": "%BYTES_RECEIVED%",
    "bytes_out": "%BYTES_SENT%",
    "duration_ms": "%DURATION%",
    "first_byte_ms": "%RESPONSE_DURATION%",
    "server": "%UPSTREAM_HOST%",
    "from": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
}
"""A line for each request: no query, no body, no key, so no prompt and no answer."""
SHARED_ACCESS_LOG = {
    "model": "%REQ(X-AI-EG-MODEL)%",
    "tokens": "%DYNAMIC_METADATA(io.envoy.ai_gateway:tokens)%",
}
"""What the line has besides where a host is shared: who used how much of what."""


def gateway_class() -> Object:
    """Return the spec of the GatewayClass."""
    return {
        "controllerName": CONTROLLER,
        "parametersRef": {
            "group": "gateway.envoyproxy.io",
            "kind": "EnvoyProxy",
            "name": PROXY,
            "namespace": NAMESPACE,
        },
    }


def gateway(spec: GatewaySpec) -> Object:
    """Return the spec of the Gateway: one port that only redirects, one with TLS."""
    routes_of = {"from": "Selector", "selector": {"matchLabels": {labels.GATEWAY_ROUTES: "true"}}}
    return {
        "gatewayClassName": GATEWAY_CLASS,
        "listeners": [
            {
                "name": HTTP_LISTENER,
                "port": 80,
                "protocol": "HTTP",
                "hostname": f"*.{spec.domain}",
                "allowedRoutes": {"namespaces": {"from": "Same"}},
            },
            {
                "name": HTTPS_LISTENER,
                "port": 443,
                "protocol": "HTTPS",
                "hostname": f"*.{spec.domain}",
                "tls": {"mode": "Terminate", "certificateRefs": [{"name": CERTIFICATE_SECRET}]},
                "allowedRoutes": {"namespaces": routes_of},
            },
        ],
    }


def redirect() -> Object:
    """Return the spec of the HTTPRoute that sends whoever comes without TLS to where it is."""
    return {
        "parentRefs": [{"name": GATEWAY, "sectionName": HTTP_LISTENER}],
        "rules": [
            {
                "name": "https",
                # It is answered by the proxy itself, at once.
                "timeouts": {"request": "10s"},
                "filters": [
                    {
                        "type": "RequestRedirect",
                        "requestRedirect": {"scheme": "https", "statusCode": 301},
                    }
                ],
            }
        ],
    }


def client_policy(spec: GatewaySpec) -> Object:
    """Return the spec of the ClientTrafficPolicy: what every connection is held to."""
    return {
        "targetRefs": [{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": GATEWAY}],
        "tls": {"minVersion": "1.2", "alpnProtocols": ["h2", "http/1.1"]},
        "timeout": {
            "tcp": {"tlsHandshakeTimeout": "10s"},
            "http": {
                # Against clients that send a byte a second; 512 MiB in it need 70 Mbit/s.
                "requestHeadersReceivedTimeout": "10s",
                "requestReceivedTimeout": "60s",
                "idleTimeout": f"{spec.idle_timeout_seconds}s",
                "streamIdleTimeout": f"{spec.idle_timeout_seconds}s",
            },
        },
        "connection": {
            "connectionLimit": {"value": CONNECTIONS_PER_PROXY},
            # The AI gateway's filter is given an answer that is no stream as a whole; Envoy
            # Gateway's own 32 KiB are less than a long one.
            **({"bufferLimit": f"{spec.max_request_mib}Mi"} if spec.shared_host else {}),
        },
        "http2": {"maxConcurrentStreams": 256},
        "headers": {
            "withUnderscoresAction": "RejectRequest",
            "requestID": "Generate",
        },
        "path": {"escapedSlashesAction": "RejectRequest", "disableMergeSlashes": False},
    }


def access_log(spec: GatewaySpec) -> dict[str, Json]:
    """Return what a line of the access log has."""
    return {**ACCESS_LOG, **(SHARED_ACCESS_LOG if spec.shared_host else {})}


def proxy(
    spec: GatewaySpec,
    *,
    cloud: CloudProvider,
    environment: Environment,
    image: str,
    traces: TracesSpec | None = None,
) -> Object:
    """Return the spec of the EnvoyProxy: how proxies run, end, log and are reached.

    Args:
        spec: the gateway.
        cloud: the cloud, whose load balancer stands before them.
        environment: production spreads them over zones or does not start them.
        image: image of Envoy.
        traces: which requests are followed; None: none is.
    """
    return {
        "shutdown": {
            "drainTimeout": f"{drain_seconds(spec, cloud)}s",
            "minDrainDuration": f"{MIN_DRAIN_SECONDS[cloud]}s",
        },
        "logging": {"level": {"default": "warn"}},
        "telemetry": {
            "accessLog": {
                "settings": [
                    {
                        "format": {"type": "JSON", "json": access_log(spec)},
                        "sinks": [{"type": "File", "file": {"path": "/dev/stdout"}}],
                    }
                ]
            },
            **({"tracing": tracing(traces)} if traces is not None else {}),
        },
        "provider": {
            "type": "Kubernetes",
            "kubernetes": {
                "envoyDeployment": _deployment(spec, environment, image),
                "envoyPDB": {"maxUnavailable": 1},
                "envoyService": service(spec, cloud),
            },
        },
    }


def tracing(traces: TracesSpec) -> Object:
    """Return which requests proxies tell Tempo of, and as what.

    A caller's own trace goes on. Whether it is kept the proxy draws from the trace's number, and
    not from what the caller says of it: a share of the proxies' own (`samplingFraction`) would
    follow each `traceparent` that asks to be kept, and anybody could fill the bucket.

    Tempo is named by its host. With `backendRefs` Envoy Gateway takes the tracing away while Tempo
    has no ready pod, and says that the Gateway is not accepted: each restart of Tempo would change
    every listener (seen in Envoy Gateway 1.9.1, 2026-11-27). `host` is called deprecated upstream.
    """
    return {
        "provider": {
            "type": "OpenTelemetry",
            "serviceName": NAMESPACE,
            "openTelemetry": {
                "sampler": {
                    "type": "TraceIdRatio",
                    "samplingPercentage": {
                        "numerator": round(traces.sample_share * SAMPLING_PARTS),
                        "denominator": SAMPLING_PARTS,
                    },
                }
            },
            "host": names.TEMPO_HOST,
            "port": names.OTLP_PORT,
        },
    }


def _deployment(spec: GatewaySpec, environment: Environment, image: str) -> Object:
    return {
        "replicas": spec.replicas,
        "strategy": {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1},
        },
        "container": {
            "image": image,
            "resources": {
                "requests": {"cpu": f"{PROXY_MILLICORES}m", "memory": f"{PROXY_MIB}Mi"},
                "limits": {"memory": f"{PROXY_MIB}Mi"},
            },
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "runAsNonRoot": True,
                "runAsUser": 65532,
                "runAsGroup": 65532,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
        },
        "pod": {
            "topologySpreadConstraints": [
                {
                    "maxSkew": 1,
                    "topologyKey": "topology.kubernetes.io/zone",
                    # A zone that has GPU nodes alone takes no proxy: counted, it would hold up
                    # every roll-out.
                    "nodeTaintsPolicy": "Honor",
                    "whenUnsatisfiable": "DoNotSchedule"
                    if environment is Environment.PROD
                    else "ScheduleAnyway",
                    "labelSelector": {
                        "matchLabels": {
                            "gateway.envoyproxy.io/owning-gateway-name": GATEWAY,
                            "gateway.envoyproxy.io/owning-gateway-namespace": NAMESPACE,
                        }
                    },
                }
            ],
        },
    }


def drain_seconds(spec: GatewaySpec, cloud: CloudProvider) -> int:
    """Return how long a proxy that goes may still answer: what came last has its whole time."""
    wanted = MIN_DRAIN_SECONDS[cloud] + spec.request_timeout_seconds + DRAIN_MARGIN_SECONDS
    return min(wanted, MAX_DRAIN_SECONDS)


def service(spec: GatewaySpec, cloud: CloudProvider) -> Object:
    """Return the Service: a load balancer of the fourth layer, which keeps clients' addresses."""
    return {
        "type": "LoadBalancer",
        # The proxy sees the client's own address, and a node without a proxy gets no traffic.
        "externalTrafficPolicy": "Local",
        **(_nlb(spec) if cloud is CloudProvider.AWS else _passthrough()),
    }


def _passthrough() -> Object:
    # A passthrough load balancer with a backend service, which drains connections (GKE
    # documentation, "External passthrough Network Load Balancer").
    return {"annotations": {"cloud.google.com/l4-rbs": "enabled"}}


def _nlb(spec: GatewaySpec) -> Object:
    """Return what makes a Service one of the AWS Load Balancer Controller's.

    Targets are the proxies themselves: one that goes is taken out by name, and no port of a node is
    opened. Fields: docs/guide/service of the controller's v3.5.0.
    """
    drain = drain_seconds(spec, CloudProvider.AWS) + DRAIN_MARGIN_SECONDS
    idle = min(spec.idle_timeout_seconds + IDLE_MARGIN_SECONDS, NLB_IDLE_SECONDS)
    said = {
        "scheme": "internet-facing",
        "nlb-target-type": "ip",
        "attributes": "load_balancing.cross_zone.enabled=true",
        # Without the first, proxies would see the load balancer's address, and `allowFrom` nobody.
        "target-group-attributes": "preserve_client_ip.enabled=true,"
        f"deregistration_delay.timeout_seconds={drain}",
        # A silent stream ends with an answer of the proxy's, and not without a word before that.
        "listener-attributes.TCP-443": f"tcp.idle_timeout.seconds={idle}",
        "healthcheck-healthy-threshold": "2",
        "healthcheck-unhealthy-threshold": "2",
    }
    return {
        "loadBalancerClass": NLB_CLASS,
        "allocateLoadBalancerNodePorts": False,
        "annotations": {f"{NLB_PREFIX}{key}": value for key, value in said.items()},
    }


NLB_CLASS = "service.k8s.aws/nlb"
NLB_PREFIX = "service.beta.kubernetes.io/aws-load-balancer-"
