"""The simulated EKS: which operations are served beside, or instead of, moto."""

from infra.rehearsal.aws.account import Account, Gap
from infra.rehearsal.aws.eks_addons import AddonOperations
from infra.rehearsal.aws.eks_clusters import ClusterOperations
from infra.rehearsal.aws.eks_entries import AccessOperations
from infra.rehearsal.aws.eks_identities import IdentityOperations
from infra.rehearsal.aws.eks_launches import Launches
from infra.rehearsal.aws.eks_node_groups import NodeGroupOperations
from infra.rehearsal.aws.eks_state import EksState
from infra.rehearsal.cloud.control_plane import ControlPlane


def install(account: Account, control_plane: ControlPlane | None) -> EksState:
    """Serve EKS of an account with one API server, or, without one, refuse to make clusters."""
    state = EksState(control_plane)
    clusters, groups = ClusterOperations(state), NodeGroupOperations(state, Launches(state))
    access, addons = AccessOperations(state), AddonOperations(state)
    identities = IdentityOperations(state)
    operations: tuple[Gap, ...] = (
        clusters.create_cluster,
        clusters.describe_cluster,
        clusters.update_cluster_config,
        clusters.update_cluster_version,
        clusters.associate_encryption_config,
        clusters.delete_cluster,
        groups.create_nodegroup,
        groups.list_nodegroups,
        groups.describe_nodegroup,
        groups.update_nodegroup_config,
        groups.update_nodegroup_version,
        groups.delete_nodegroup,
        access.create_access_entry,
        access.describe_access_entry,
        access.list_access_entries,
        access.update_access_entry,
        access.delete_access_entry,
        access.associate_access_policy,
        access.list_associated_access_policies,
        access.disassociate_access_policy,
        access.tag_resource,
        access.untag_resource,
        addons.create_addon,
        addons.describe_addon,
        addons.list_addons,
        addons.update_addon,
        addons.delete_addon,
        addons.describe_addon_versions,
        identities.create_pod_identity_association,
        identities.describe_pod_identity_association,
        identities.list_pod_identity_associations,
        identities.update_pod_identity_association,
        identities.delete_pod_identity_association,
    )
    for operation in operations:
        name = getattr(operation, "__name__", "")
        account.gaps["eks", name] = operation
    return state
