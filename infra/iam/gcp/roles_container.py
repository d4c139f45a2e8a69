"""The two roles of GKE that a bootstrap grants, by what they allow: long, so in a short form.

Source: iann0036/iam-dataset@2073fa5, gcp/roles/container.{admin,viewer}.json, 2026-08-22.
"""

from collections.abc import Iterator, Mapping

_ADMIN = """
    cloudkms: keyHandles: create get list;
    cloudkms: operations: get;
    cloudkms: projects: showEffectiveAutokeyConfig;
    container: certificateSigningRequests: approve create delete get getStatus list update
        updateStatus;
    container: pods: attach create delete evict exec get getLogs getStatus initialize list
        portForward proxy update updateStatus;
    container: clusterRoles roles: bind create delete escalate get list update;
    container: clusters: connect create createTagBinding delete deleteTagBinding get
        getCredentials impersonate list listEffectiveTags listTagBindings update;
    container: selfSubjectRulesReviews tokenReviews: create;
    container: serviceAccounts: create createToken delete get list update;
    container: namespaces: create delete finalize get getStatus list update updateStatus;
    container: deployments: create delete get getScale getStatus list rollback update
        updateScale updateStatus;
    container: replicaSets replicationControllers statefulSets: create delete get getScale
        getStatus list update updateScale updateStatus;
    container: nodes services: create delete get getStatus list proxy update updateStatus;
    container: apiServices cronJobs customResourceDefinitions daemonSets
        horizontalPodAutoscalers ingresses jobs persistentVolumeClaims persistentVolumes
        podDisruptionBudgets resourceQuotas storageStates storageVersionMigrations
        volumeAttachments volumeSnapshotContents volumeSnapshots: create delete get getStatus
        list update updateStatus;
    container: auditSinks backendConfigs bindings clusterRoleBindings configMaps
        controllerRevisions csiDrivers csiNodeInfos csiNodes endpointSlices endpoints events
        frontendConfigs initializerConfigurations leases limitRanges managedCertificates
        mutatingWebhookConfigurations networkPolicies podPresets podTemplates priorityClasses
        roleBindings runtimeClasses secrets storageClasses thirdPartyObjects thirdPartyResources
        updateInfos validatingWebhookConfigurations volumeSnapshotClasses: create delete get
        list update;
    container: petSets scheduledJobs: create delete get list update updateStatus;
    container: podSecurityPolicies: create delete get list update use;
    container: localSubjectAccessReviews selfSubjectAccessReviews subjectAccessReviews: create
        list;
    container: componentStatuses operations: get list;
    container: hostServiceAgent: use;
    recommender: locations: get list;
    recommender: containerDiagnosisInsights containerDiagnosisRecommendations
        networkAnalyzerGkeConnectivityInsights networkAnalyzerGkeIpAddressInsights: get list
        update;
    resourcemanager: projects: get list
"""
_VIEWER = """
    container: clusters: connect get list;
    container: tokenReviews: create;
    container: deployments replicaSets replicationControllers statefulSets: get getScale
        getStatus list;
    container: apiServices certificateSigningRequests cronJobs customResourceDefinitions
        daemonSets horizontalPodAutoscalers ingresses jobs namespaces nodes
        persistentVolumeClaims persistentVolumes podDisruptionBudgets pods resourceQuotas
        services storageStates storageVersionMigrations volumeAttachments
        volumeSnapshotContents: get getStatus list;
    container: auditSinks backendConfigs bindings clusterRoleBindings clusterRoles
        componentStatuses configMaps controllerRevisions csiDrivers csiNodeInfos csiNodes
        endpointSlices endpoints events frontendConfigs initializerConfigurations leases
        limitRanges managedCertificates mutatingWebhookConfigurations networkPolicies operations
        petSets podPresets podSecurityPolicies podTemplates priorityClasses roleBindings roles
        runtimeClasses scheduledJobs serviceAccounts storageClasses thirdPartyObjects
        thirdPartyResources updateInfos validatingWebhookConfigurations volumeSnapshotClasses
        volumeSnapshots: get list;
    recommender: containerDiagnosisInsights containerDiagnosisRecommendations locations
        networkAnalyzerGkeConnectivityInsights networkAnalyzerGkeIpAddressInsights: get list;
    resourcemanager: projects: get list
"""


def _long(short: str) -> Iterator[str]:
    """Yield the permissions of `API: NOUNS: VERBS; ...`: each noun has each verb."""
    for part in short.split(";"):
        api, nouns, verbs = part.split(":")
        for noun in nouns.split():
            yield from (f"{api.strip()}.{noun}.{verb}" for verb in verbs.split())


CONTAINER: Mapping[str, frozenset[str]] = {
    "roles/container.admin": frozenset(_long(_ADMIN)),
    "roles/container.viewer": frozenset(_long(_VIEWER)),
}
"""Role to its permissions."""
