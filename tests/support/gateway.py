"""A gateway as our stacks have one, in small: its class, Gateway, route, policies and proxies."""

from infra.wire import Properties, Value

CONTROLLER = "gateway.envoyproxy.io/gatewayclass-controller"
GATEWAY_API = "gateway.networking.k8s.io"
V1 = f"{GATEWAY_API}/v1"
ENVOY = "gateway.envoyproxy.io/v1alpha1"
NLB = "service.beta.kubernetes.io/aws-load-balancer-type"
ROUTES = "tokenworks.dev/routes"
PROXY_IMAGE = "docker.io/envoyproxy/envoy:distroless-v1.39.4"


def body(api_version: str, kind: str, name: str, namespace: str, spec: Properties) -> Properties:
    """Return an object; an empty namespace is that of a kind without one."""
    place: Properties = {"namespace": namespace} if namespace else {}
    metadata: Properties = {"name": name, **place}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}


def gateway_class(name: str, proxies_in: str) -> Properties:
    reference: Value = {
        "group": "gateway.envoyproxy.io",
        "kind": "EnvoyProxy",
        "name": "proxy",
        "namespace": proxies_in,
    }
    spec: Properties = {"controllerName": CONTROLLER, "parametersRef": reference}
    return body(V1, "GatewayClass", name, "", spec)


def gateway(namespace: str, class_name: str) -> Properties:
    selector: Value = {"from": "Selector", "selector": {"matchLabels": {ROUTES: "true"}}}
    plain: Value = {"name": "http", "port": 80, "protocol": "HTTP", "hostname": "*.example.com"}
    secure: Value = {
        "name": "https",
        "port": 443,
        "protocol": "HTTPS",
        "hostname": "*.example.com",
        "tls": {"mode": "Terminate", "certificateRefs": [{"name": "public-tls"}]},
        "allowedRoutes": {"namespaces": selector},
    }
    spec: Properties = {"gatewayClassName": class_name, "listeners": [plain, secure]}
    return body(V1, "Gateway", "public", namespace, spec)


def redirect(namespace: str) -> Properties:
    filters: Value = [
        {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
    ]
    rule: Value = {"name": "https", "timeouts": {"request": "10s"}, "filters": filters}
    parent: Value = {"name": "public", "sectionName": "http"}
    spec: Properties = {"parentRefs": [parent], "rules": [rule]}
    return body(V1, "HTTPRoute", "redirect", namespace, spec)


def route(
    namespace: str, gateway_in: str, name: str = "qwen", host: str = "qwen.example.com"
) -> Properties:
    rule: Value = {
        "name": "openai",
        "matches": [{"path": {"type": "Exact", "value": "/v1/chat/completions"}, "method": "POST"}],
        "timeouts": {"request": "3600s"},
        "backendRefs": [{"name": "qwen", "port": 8000}],
    }
    parent: Value = {"name": "public", "namespace": gateway_in, "sectionName": "https"}
    spec: Properties = {"parentRefs": [parent], "hostnames": [host], "rules": [rule]}
    return body(V1, "HTTPRoute", name, namespace, spec)


def target(kind: str, name: str) -> Value:
    return [{"group": GATEWAY_API, "kind": kind, "name": name}]


def backend_policy(namespace: str, name: str = "qwen") -> Properties:
    spec: Properties = {
        "targetRefs": target("HTTPRoute", "qwen"),
        "timeout": {"http": {"requestTimeout": "3600s"}},
        "circuitBreaker": {"maxParallelRequests": 64},
        "requestBuffer": {"limit": "20Mi"},
    }
    return body(ENVOY, "BackendTrafficPolicy", name, namespace, spec)


def security_policy(namespace: str) -> Properties:
    spec: Properties = {
        "targetRefs": target("HTTPRoute", "qwen"),
        "apiKeyAuth": {
            "credentialRefs": [{"name": "api-keys"}],
            "extractFrom": [{"headers": ["Authorization"]}],
            "sanitize": True,
        },
    }
    return body(ENVOY, "SecurityPolicy", "qwen", namespace, spec)


def client_policy(namespace: str) -> Properties:
    spec: Properties = {
        "targetRefs": target("Gateway", "public"),
        "tls": {"minVersion": "1.2", "alpnProtocols": ["h2", "http/1.1"]},
        "connection": {"connectionLimit": {"value": 1000}},
        "headers": {"requestID": "Generate"},
    }
    return body(ENVOY, "ClientTrafficPolicy", "public", namespace, spec)


def proxy(namespace: str, replicas: int = 2) -> Properties:
    container: Value = {
        "image": PROXY_IMAGE,
        "resources": {
            "requests": {"cpu": "250m", "memory": "512Mi"},
            "limits": {"memory": "512Mi"},
        },
        "securityContext": {"readOnlyRootFilesystem": True, "runAsUser": 65532},
    }
    spread: Value = {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": {"gateway.envoyproxy.io/owning-gateway-name": "public"}},
    }
    kubernetes: Value = {
        "envoyDeployment": {
            "replicas": replicas,
            "strategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1},
            },
            "container": container,
            "pod": {"topologySpreadConstraints": [spread]},
        },
        "envoyPDB": {"maxUnavailable": 1},
        "envoyService": {
            "type": "LoadBalancer",
            "externalTrafficPolicy": "Local",
            "annotations": {NLB: "nlb"},
        },
    }
    spec: Properties = {
        "shutdown": {"drainTimeout": "600s", "minDrainDuration": "20s"},
        "logging": {"level": {"default": "warn"}},
        "provider": {"type": "Kubernetes", "kubernetes": kubernetes},
    }
    return body(ENVOY, "EnvoyProxy", "proxy", namespace, spec)
