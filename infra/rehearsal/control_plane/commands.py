"""The command line of each program. Plain lists: what a person can try by hand."""

from pathlib import Path

from infra.rehearsal.control_plane.files import Files

LOOPBACK = "127.0.0.1"
SERVICE_RANGE = "10.100.0.0/16"
"""One of the two ranges that EKS takes when none is named (EKS user guide, 2026)."""
WEBHOOK_CACHE = "2s"
"""How long a token's identity is remembered; the default of 2 min would hide a removed entry."""
REQUESTS_PER_SECOND = 500
"""A client's own brake (default 20) costs seconds per rollout; the API server is on loopback."""


def etcd(files: Files, client_port: int, peer_port: int) -> list[str]:
    """Loopback only. No fsync: a rehearsal's data is worth nothing after a power cut."""
    client, peer = f"http://{LOOPBACK}:{client_port}", f"http://{LOOPBACK}:{peer_port}"
    return [
        f"--data-dir={files.database}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
        "--unsafe-no-fsync",
        "--log-level=warn",
    ]


def api_server(files: Files, etcd_port: int, port: int, emulated: str) -> list[str]:
    """RBAC, no anonymous requests, the admission of a managed cluster."""
    webhook = [
        f"--authentication-token-webhook-config-file={files.webhook}",
        "--authentication-token-webhook-version=v1",
        f"--authentication-token-webhook-cache-ttl={WEBHOOK_CACHE}",
    ]
    return [
        f"--etcd-servers=http://{LOOPBACK}:{etcd_port}",
        f"--bind-address={LOOPBACK}",
        f"--advertise-address={LOOPBACK}",  # else a machine without a default route has none
        f"--secure-port={port}",
        f"--cert-dir={files.certificates}",
        f"--token-auth-file={files.tokens}",
        *(webhook if files.webhook.exists() else ()),
        "--anonymous-auth=false",
        "--authorization-mode=RBAC",
        "--enable-admission-plugins=PodSecurity,ResourceQuota",
        f"--service-account-key-file={files.service_account_key}",
        f"--service-account-signing-key-file={files.service_account_key}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-cluster-ip-range={SERVICE_RANGE}",
        "--allow-privileged=true",  # as EKS and GKE do; Pod Security decides per namespace
        "--endpoint-reconciler-type=none",  # a loopback address is no valid endpoint
        f"--emulated-version={emulated}",
    ]


def controller_manager(files: Files, emulated: str) -> list[str]:
    """One replica, no port of its own."""
    return [
        *_client(files, emulated),
        f"--service-account-private-key-file={files.service_account_key}",
        f"--root-ca-file={files.authority}",
    ]


def scheduler(files: Files, emulated: str) -> list[str]:
    """One replica, no port of its own."""
    return _client(files, emulated)


def kwok(files: Files, stages: Path) -> list[str]:
    """Plays every kubelet, by the stages of that file."""
    return [f"--kubeconfig={files.kubeconfig}", "--manage-all-nodes=true", f"--config={stages}"]


def _client(files: Files, emulated: str) -> list[str]:
    return [
        f"--kubeconfig={files.kubeconfig}",
        "--leader-elect=false",
        "--secure-port=0",
        f"--kube-api-qps={REQUESTS_PER_SECOND}",
        f"--kube-api-burst={2 * REQUESTS_PER_SECOND}",
        f"--emulated-version={emulated}",
    ]
