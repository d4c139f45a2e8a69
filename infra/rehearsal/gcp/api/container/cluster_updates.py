"""What UpdateCluster changes: each `desired…` of a ClusterUpdate and where a cluster has it.

Source: container API, ClusterUpdate in the discovery document.
"""

from collections.abc import Mapping, Sequence

from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.replies import block, dig
from infra.wire import Properties, Value

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
    "desiredGcfsConfig": "nodePoolDefaults.nodeConfigDefaults.gcfsConfig",
    "desiredLocations": "locations",
    "desiredLoggingConfig": "loggingConfig",
    "desiredMasterAuthorizedNetworksConfig": "masterAuthorizedNetworksConfig",
    "desiredMonitoringConfig": "monitoringConfig",
    "desiredNodeKubeletConfig": "nodePoolDefaults.nodeConfigDefaults.nodeKubeletConfig",
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
            path = ["networkConfig", "enableL4ilbSubsetting"]
            changed = _with(changed, path, dig(value, "enabled"))
        elif field in PLACES:
            changed = _with(changed, PLACES[field].split("."), value)
        else:
            message = f"not simulated: UpdateCluster with {field}"
            raise NotSimulatedError(message)
    return changed


def _with(thing: Properties, path: Sequence[str], value: Value) -> Properties:
    name, *rest = path
    return {**thing, name: _with(block(thing, name), rest, value) if rest else value}
