"""What UpdateCluster changes: each `desired…` of a ClusterUpdate and where a cluster has it.

Source: container API, ClusterUpdate in the discovery document.
"""

from collections.abc import Mapping

from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.replies import block, dig
from infra.wire import Properties

PLACES: Mapping[str, str] = {
    "desiredAddonsConfig": "addonsConfig",
    "desiredAnonymousAuthenticationConfig": "anonymousAuthenticationConfig",
    "desiredAuthenticatorGroupsConfig": "authenticatorGroupsConfig",
    "desiredBinaryAuthorization": "binaryAuthorization",
    "desiredClusterAutoscaling": "autoscaling",
    "desiredControlPlaneEndpointsConfig": "controlPlaneEndpointsConfig",
    "desiredCostManagementConfig": "costManagementConfig",
    "desiredDatabaseEncryption": "databaseEncryption",
    "desiredDnsConfig": "networkConfig.dnsConfig",
    "desiredGatewayApiConfig": "networkConfig.gatewayApiConfig",
    "desiredLocations": "locations",
    "desiredLoggingConfig": "loggingConfig",
    "desiredMasterAuthorizedNetworksConfig": "masterAuthorizedNetworksConfig",
    "desiredMonitoringConfig": "monitoringConfig",
    "desiredNodePoolAutoConfigKubeletConfig": "nodePoolAutoConfig.nodeKubeletConfig",
    "desiredPrivateClusterConfig": "privateClusterConfig",
    "desiredRbacBindingConfig": "rbacBindingConfig",
    "desiredReleaseChannel": "releaseChannel",
    "desiredSecurityPostureConfig": "securityPostureConfig",
    "desiredShieldedNodes": "shieldedNodes",
    "desiredWorkloadIdentityConfig": "workloadIdentityConfig",
}


def changed_by(cluster: Properties, change: Properties) -> Properties:
    """Return a cluster as it is after a change.

    Raises:
        NotSimulatedError: the change has a field without a place here.
    """
    changed = {**cluster}
    for field, value in change.items():
        if field == "etag":
            continue
        if field == "desiredL4ilbSubsettingConfig":
            network = {
                **block(changed, "networkConfig"),
                "enableL4ilbSubsetting": dig(value, "enabled"),
            }
            changed["networkConfig"] = network
            continue
        if field not in PLACES:
            message = f"not simulated: UpdateCluster with {field}"
            raise NotSimulatedError(message)
        outer, _dot, inner = PLACES[field].partition(".")
        changed[outer] = {**block(changed, outer), inner: value} if inner else value
    return changed
