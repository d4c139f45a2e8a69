"""Short-lived tokens with which a cluster's API server knows an identity of its cloud.

Owns which cloud's tokens are issued. Does not own how (one module for each cloud, loaded only when
it is asked for: the other cloud's SDK need not be installed), nor the command line around it.
"""

from infra.kube_token.credential import KubeTokenError
from infra.spec.cloud import CloudProvider

__all__ = ["KubeTokenError", "kube_token"]


def kube_token(provider: CloudProvider, cluster: str = "", region: str = "") -> str:
    """Return an ExecCredential as JSON text.

    Args:
        provider: cloud of the cluster.
        cluster: its name; on AWS a token is good for no other, on Google Cloud for every one.
        region: its region; needed on AWS alone.

    Raises:
        KubeTokenError: no token can be made; the message says what to do.
    """
    if provider is CloudProvider.GCP:
        from infra.kube_token import gcp  # noqa: PLC0415 - google-auth may not be installed

        return gcp.kube_token()
    from infra.kube_token import aws  # noqa: PLC0415 - boto3 may not be installed

    return aws.kube_token(cluster, region)
