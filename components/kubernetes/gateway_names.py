"""Names by which routes, policies and certificates find the gateway: fixed, others write them."""

NAMESPACE = "gateway"
"""Of Envoy Gateway, its proxies, the Gateway and its certificate."""
GATEWAY = "public"
GATEWAY_CLASS = "tokenworks"
HTTP_LISTENER = "http"
HTTPS_LISTENER = "https"
CERTIFICATE_SECRET = "public-tls"  # noqa: S105 - the name of a Secret
GATEWAY_API = "gateway.networking.k8s.io/v1"
ENVOY_API = "gateway.envoyproxy.io/v1alpha1"
CONTROLLER = "gateway.envoyproxy.io/gatewayclass-controller"
REDIRECT = "redirect"
