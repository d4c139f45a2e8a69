"""A real Kubernetes control plane on loopback, without a container engine.

Owns: etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok as children of a
supervisor: their files (`files`), their command lines (`commands`), their order and readiness
(`start`), and how a started one is described and found again (`plane`).
Does not own: the nodes and kwok's stages (`infra.rehearsal.nodes`), who a token belongs to (the
simulated cloud answers the webhook), installing the programs (`infra.rehearsal.ladder`).

Why real programs: schemas, defaulting, CEL rules, quotas, Pod Security and the scheduler's verdict
are what a rehearsal is for, and no imitation of them stays true.
"""

from infra.rehearsal.control_plane.plane import ControlPlane
from infra.rehearsal.control_plane.start import ControlPlaneError, start

__all__ = ["ControlPlane", "ControlPlaneError", "start"]
