"""How long the pods of a node have between the notice that it goes away and their end.

Owns the figures. Does not own what a server does with them (`components.serving`), nor the pools
that are told them (`components.aws`, `components.gcp`).
"""

GKE_SHUTDOWN_SECONDS = 120
"""How long the kubelet of a spot node delays its end. GKE takes 0, 30 or 120 (discovery document of
container v1, `shutdownGracePeriodSeconds`), and more than 30 from 1.35.0-gke.1171000 on (GKE
documentation, "Spot VMs", graceful termination, in a public copy, read 2026-11-26)."""
GKE_CRITICAL_PODS_SECONDS = 15
"""Of those, what is left for pods that the node itself needs: GKE's default (the same page)."""

SPOT_SECONDS = {
    "aws": 120,  # EC2 sends the notice two minutes before (EC2 user guide, "Spot interruptions")
    # The kubelet ends other pods first, and cuts a longer grace period of theirs to this.
    "gcp": GKE_SHUTDOWN_SECONDS - GKE_CRITICAL_PODS_SECONDS,
}
"""Cloud to the seconds of a pod on a spot node. Best effort on both: a machine may go earlier."""
