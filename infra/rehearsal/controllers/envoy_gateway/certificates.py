"""What the chart's Job `certgen` leaves: the Secrets with which proxies know the controller.

Names, types and keys are those that the real program made; what stands in them is random.
"""

import base64
import secrets

from infra.rehearsal.kubernetes.client import ApiClient, ApiError
from infra.rehearsal.kubernetes.values import number, text

SELECTOR = "app.kubernetes.io/name=gateway-helm"
_JOB_END = "-certgen"
_CONFLICT = 409
_TLS_NAMES = ("envoy-gateway", "envoy", "envoy-rate-limit")
_KEYS = ("ca.crt", "tls.crt", "tls.key")
_BYTES = 32


def make_certificates(api: ApiClient) -> None:
    """Make the Secrets for each Job that ended well; those that are there stay as they are."""
    for job in api.list_objects("batch/v1", "Job", labelSelector=SELECTOR):
        if text(job, "metadata", "name").endswith(_JOB_END) and number(job, "status", "succeeded"):
            for body in certificate_secrets(text(job, "metadata", "namespace")):
                try:
                    api.create(body)
                except ApiError as error:
                    if error.status != _CONFLICT:
                        raise


def certificate_secrets(namespace: str) -> list[dict]:
    """Return the Secrets of a release in a namespace."""
    made = [_secret(namespace, name, "kubernetes.io/tls", _KEYS) for name in _TLS_NAMES]
    return [*made, _secret(namespace, "envoy-oidc-hmac", "Opaque", ("hmac-secret",))]


def _secret(namespace: str, name: str, kind: str, keys: tuple[str, ...]) -> dict:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": kind,
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {"control-plane": "envoy-gateway"},
        },
        "data": {key: base64.b64encode(secrets.token_bytes(_BYTES)).decode() for key in keys},
    }
