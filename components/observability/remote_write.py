"""Where Prometheus writes samples besides its own disk: a store of somebody's, and the cloud's.

Owns how it says who it is to each. Does not own the store, nor who may write there (foundation).
"""

from components.handles import MetricsRef
from components.kubernetes.charts import ChartValue
from infra.spec.observability import RemoteWriteSpec

TOKEN_SECRET, TOKEN_KEY = "remote-write-token", "token"
SIGNING: ChartValue = {"annotations": {"tokenworks.dev/signs-what-it-writes": "true"}}
GROUP, REPLICA = "cluster", "__replica__"
"""Labels by which Amazon's store takes the samples of several servers once (Amazon Managed Service
for Prometheus user guide, "Send high availability data", read 2026-11-28)."""


def values(remote: RemoteWriteSpec | None, managed: MetricsRef | None) -> dict[str, ChartValue]:
    """Return what `prometheusSpec` gets for the stores that there are."""
    found = list[ChartValue]()
    if remote is not None:
        token: dict[str, ChartValue] = {
            "authorization": {"credentials": {"name": TOKEN_SECRET, "key": TOKEN_KEY}}
        }
        found.append({"url": remote.url, **(token if remote.token else {})})
    if managed is not None:
        # Without keys: the pod's own role signs.
        found.append({"url": managed.write_url, "sigv4": {"region": managed.region}})
    written: dict[str, ChartValue] = {"remoteWrite": found} if found else {}
    if managed is None:
        return written
    # A pod gets its role when it starts: one that runs already must start anew.
    return {**written, "podMetadata": SIGNING, "replicaExternalLabelName": REPLICA}


def labels_of_the_group(managed: MetricsRef | None, platform: str) -> dict[str, ChartValue]:
    """Return the label that all servers of a platform share, where the cloud's store asks it."""
    return {} if managed is None else {GROUP: platform}
