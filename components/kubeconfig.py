"""How programs reach a cluster: its address, and a command that brings a token at each use.

Owns the form of a kubeconfig. Holds no token.
"""

from collections.abc import Sequence

import pulumi


def kubeconfig(
    name: str,
    endpoint: pulumi.Output[str],
    certificate_authority: pulumi.Output[str],
    token_arguments: Sequence[str],
) -> pulumi.Output[str]:
    """Return a kubeconfig that asks `tokenworks kube-token` for a token at each use.

    Args:
        name: of the cluster.
        endpoint: URL of its API server.
        certificate_authority: base64 of PEM; empty where public authorities vouch for the server.
        token_arguments: what `kube-token` gets: whose token is asked for.
    """
    cluster = pulumi.Output.all(endpoint, certificate_authority).apply(
        lambda address: _address(*address)
    )
    user = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "tokenworks",
        "args": ["kube-token", *token_arguments],
        "interactiveMode": "Never",
        "installHint": "`tokenworks` is this project's command: activate its `.venv`.",
    }
    return pulumi.Output.json_dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": cluster}],
            "users": [{"name": name, "user": {"exec": user}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "current-context": name,
        }
    )


def _address(endpoint: str, certificate_authority: str) -> dict[str, str]:
    """Return where a server is, and who vouches for it besides the public authorities."""
    if not certificate_authority:
        return {"server": endpoint}
    return {"server": endpoint, "certificate-authority-data": certificate_authority}
