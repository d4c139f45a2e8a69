"""What a cluster of ours switches on and off. Plain values, the same for every stack.

Owns add-ons, DNS, logs and metrics, the settings that close old ways in, and the defaults of nodes
that nobody declares. Does not own what a stack file decides (`cluster`).
"""

from collections.abc import Sequence

import pulumi_gcp as gcp

CONTROL_PLANE_LOGS = ("APISERVER", "CONTROLLER_MANAGER", "SCHEDULER")
"""Audit logs come without asking: those of Kubernetes are Cloud Audit Logs on GKE."""
LOGS = ("SYSTEM_COMPONENTS", *CONTROL_PLANE_LOGS)
"""Without `WORKLOADS`: what pods print is not shipped, as on AWS. It may hold what users wrote to a
model, and it is billed by the gigabyte."""
METRICS = ("SYSTEM_COMPONENTS",)
"""The free ones. Without `DCGM`: two profilers contend for a GPU's counters, and our own exporter
feeds the metrics inside the cluster, as on AWS."""

c = gcp.container


def addons() -> gcp.container.ClusterAddonsConfigArgs:
    """Return the add-ons, also those that GKE would switch on by itself: a default may change."""
    return c.ClusterAddonsConfigArgs(
        # Buckets as folders, for what cannot stream. Off by default in Standard clusters.
        gcs_fuse_csi_driver_config=c.ClusterAddonsConfigGcsFuseCsiDriverConfigArgs(enabled=True),
        gce_persistent_disk_csi_driver_config=(
            c.ClusterAddonsConfigGcePersistentDiskCsiDriverConfigArgs(enabled=True)
        ),
        http_load_balancing=c.ClusterAddonsConfigHttpLoadBalancingArgs(disabled=False),
        horizontal_pod_autoscaling=c.ClusterAddonsConfigHorizontalPodAutoscalingArgs(
            disabled=False
        ),
        # Names are answered on the node itself. To change it recreates every node.
        dns_cache_config=c.ClusterAddonsConfigDnsCacheConfigArgs(enabled=True),
    )


def dns() -> gcp.container.ClusterDnsConfigArgs:
    """Return Cloud DNS for the cluster alone: no DNS pods that go down with a node."""
    return c.ClusterDnsConfigArgs(
        cluster_dns="CLOUD_DNS",
        cluster_dns_scope="CLUSTER_SCOPE",
        cluster_dns_domain="cluster.local",
    )


def logging() -> gcp.container.ClusterLoggingConfigArgs:
    """Return what is logged."""
    return c.ClusterLoggingConfigArgs(enable_components=list(LOGS))


def monitoring() -> gcp.container.ClusterMonitoringConfigArgs:
    """Return what Google measures."""
    return c.ClusterMonitoringConfigArgs(
        enable_components=list(METRICS),
        # It would collect a second time, billed by the sample, what the platform's own Prometheus
        # does.
        managed_prometheus=c.ClusterMonitoringConfigManagedPrometheusArgs(enabled=False),
    )


def posture() -> gcp.container.ClusterSecurityPostureConfigArgs:
    """Return the free findings about workloads; images are scanned by the registry."""
    return c.ClusterSecurityPostureConfigArgs(
        mode="BASIC", vulnerability_mode="VULNERABILITY_DISABLED"
    )


def node_defaults() -> gcp.container.ClusterNodePoolDefaultsArgs:
    """Return defaults of node pools that are made by hand in an emergency."""
    return c.ClusterNodePoolDefaultsArgs(
        node_config_defaults=c.ClusterNodePoolDefaultsNodeConfigDefaultsArgs(
            gcfs_config=c.ClusterNodePoolDefaultsNodeConfigDefaultsGcfsConfigArgs(enabled=True),
            insecure_kubelet_readonly_port_enabled="FALSE",
        )
    )


def node_auto_config() -> gcp.container.ClusterNodePoolAutoConfigArgs:
    """Return defaults of node pools that GKE makes by itself, if that is ever switched on."""
    return c.ClusterNodePoolAutoConfigArgs(
        node_kubelet_config=c.ClusterNodePoolAutoConfigNodeKubeletConfigArgs(
            insecure_kubelet_readonly_port_enabled="FALSE"
        )
    )


def autoscaling() -> gcp.container.ClusterClusterAutoscalingArgs:
    """Return how GKE's own autoscaler works: in our pools only, and quick to give back a node.

    An idle GPU node costs more than a start; the pools that it may make by itself would have
    neither our bounds nor our labels.
    """
    return c.ClusterClusterAutoscalingArgs(
        enabled=False, autoscaling_profile="OPTIMIZE_UTILIZATION"
    )


def no_anonymous() -> gcp.container.ClusterAnonymousAuthenticationConfigArgs:
    """Return that anonymous requests get no further than health checks."""
    return c.ClusterAnonymousAuthenticationConfigArgs(mode="LIMITED")


def no_binding_to_everybody() -> gcp.container.ClusterRbacBindingConfigArgs:
    """Return that no binding may name everybody: on GKE each Google account is authenticated."""
    return c.ClusterRbacBindingConfigArgs(
        enable_insecure_binding_system_authenticated=False,
        enable_insecure_binding_system_unauthenticated=False,
    )


def no_client_certificate() -> gcp.container.ClusterMasterAuthArgs:
    """Return that no certificate is issued, which nobody could take back."""
    return c.ClusterMasterAuthArgs(
        client_certificate_config=c.ClusterMasterAuthClientCertificateConfigArgs(
            issue_client_certificate=False
        )
    )


def google_groups(
    members: Sequence[str],
) -> gcp.container.ClusterAuthenticatorGroupsConfigArgs | None:
    """Return where GKE looks up groups; None where the stack lets in no group.

    GKE knows the groups below one of that fixed name in the domain (pulumi-gcp, description of
    `securityGroup`); whoever names a group in the stack file puts it there.
    """
    domains = sorted({member.rpartition("@")[2] for member in members if member[:6] == "group:"})
    if not domains:
        return None
    if len(domains) > 1:
        message = (
            f"cluster.admins: groups of several domains, got {', '.join(domains)}; "
            "GKE looks up the groups of one: name groups of one domain"
        )
        raise ValueError(message)
    return c.ClusterAuthenticatorGroupsConfigArgs(
        security_group=f"gke-security-groups@{domains[0]}"
    )
