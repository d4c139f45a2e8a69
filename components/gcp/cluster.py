"""The Kubernetes control plane: one regional GKE cluster and how it is reached.

Owns the cluster, its endpoints' reach, its version's floor and when Google may upgrade it.
Does not own nodes (`node_pools`), who may reach it (`identity`), keys (`encryption`), where its
logs are kept (`logs`) or anything inside the cluster.
Why the way in is one of two: with ranges in `endpointAccess` the API server has a public address,
for these alone; without, it has none, and whoever IAM lets connect comes by the DNS endpoint.
"""

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from components.gcp import cluster_settings as settings
from components.gcp.account import ProjectRef
from components.gcp.cluster_upkeep import maintenance_policy
from components.gcp.handles import AccountRef, KeysRef, NetworkRef
from components.gcp.node_pools_template import METADATA, SCOPES
from components.gcp.tags import labels
from components.handles import ClusterRef, PlatformRef
from components.names import GKE_CLUSTER, fit
from infra.spec.cloud import CloudProvider
from infra.spec.cluster import ClusterSpec

CHANNEL = "REGULAR"
MOST_PODS = 110
"""Pods of a node, by default and in our pools: a /24 of the pods' range for each."""


class Cluster(pulumi.ComponentResource):
    """A GKE cluster with private nodes and no node pool of its own."""

    ref: ClusterRef
    """How to reach it."""
    created_name: pulumi.Output[str]
    """Its name as Google reports it: what uses this waits until the cluster runs."""

    def __init__(  # noqa: PLR0913  the handles it stands on are named one by one
        self,
        name: str,
        spec: ClusterSpec,
        *,
        zones: Sequence[str],
        platform: PlatformRef,
        project: ProjectRef,
        network: NetworkRef,
        nodes: AccountRef,
        keys: KeysRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the cluster.

        Args:
            name: logical name.
            spec: what the stack file says.
            zones: where nodes stand whose pool names no zone.
            platform: whose cluster it is.
            project: where it is.
            network: where it stands.
            nodes: what the nodes may do that exist while it is created.
            keys: keys of its secrets, and of those nodes' disks.
            opts: options of the component.
        """
        super().__init__("tokenworks:gcp:Cluster", name, None, opts)
        self._name, self._spec, self._platform, self._project = name, spec, platform, project
        self._nodes, self._keys = nodes, keys
        cluster = self._create_cluster(network, zones)
        self.created_name = cluster.name
        self.ref = ClusterRef(
            name=platform.cluster_name,
            region=platform.region,
            provider=CloudProvider.GCP,
            endpoint=self._endpoint(cluster),
            certificate_authority=self._certificate_authority(cluster),
        )
        self.register_outputs({"name": cluster.name, "endpoint": self.ref.endpoint})

    def _create_cluster(self, network: NetworkRef, zones: Sequence[str]) -> gcp.container.Cluster:
        return gcp.container.Cluster(
            f"{self._name}-control-plane",
            self._arguments(network, zones),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[
                    *self._keys.secrets.grants,
                    *self._keys.disks.grants,
                    *self._nodes.permissions,
                    *network.egress,
                ],
                # The provider refuses a delete; `protect` refuses a replacement too, at preview.
                protect=self._spec.deletion_protection,
                # Of the pool that is gone. The API answers with those of another pool instead,
                # which would replace the cluster (hashicorp/terraform-provider-google#12070).
                ignore_changes=["nodeConfig", "initialNodeCount"],
            ),
        )

    def _arguments(self, network: NetworkRef, zones: Sequence[str]) -> gcp.container.ClusterArgs:
        spec, platform = self._spec, self._platform
        return gcp.container.ClusterArgs(
            # Fixed: the name is in kubeconfigs and in the extending stacks before it exists.
            name=fit(platform.cluster_name, GKE_CLUSTER),
            location=platform.region,
            node_locations=list(zones),
            network=network.network,
            subnetwork=network.subnetwork,
            networking_mode="VPC_NATIVE",
            ip_allocation_policy=gcp.container.ClusterIpAllocationPolicyArgs(
                cluster_secondary_range_name=network.pod_range,
                services_secondary_range_name=network.service_range,
            ),
            default_max_pods_per_node=MOST_PODS,
            # Dataplane V2: network policies hold without an agent of their own.
            datapath_provider="ADVANCED_DATAPATH",
            private_cluster_config=self._private(),
            control_plane_endpoints_config=self._endpoints(),
            master_authorized_networks_config=self._allow_list(),
            # A floor: the channel upgrades it further, in the window below.
            release_channel=gcp.container.ClusterReleaseChannelArgs(channel=CHANNEL),
            min_master_version=spec.kubernetes_version,
            maintenance_policy=maintenance_policy(platform.environment, spec.kubernetes_version),
            # GKE makes a pool with every cluster, and cannot change it afterwards: it goes at once.
            remove_default_node_pool=True,
            initial_node_count=1,
            node_config=self._first_nodes(),
            workload_identity_config=gcp.container.ClusterWorkloadIdentityConfigArgs(
                workload_pool=self._project.workload_pool
            ),
            database_encryption=gcp.container.ClusterDatabaseEncryptionArgs(
                state="ENCRYPTED", key_name=self._keys.secrets.id
            ),
            authenticator_groups_config=settings.google_groups(
                (*spec.admins, *spec.model_deployers)
            ),
            addons_config=settings.addons(),
            dns_config=settings.dns(),
            # We bring the CRDs; GKE would put its own back (envoyproxy/gateway#9004).
            gateway_api_config=gcp.container.ClusterGatewayApiConfigArgs(
                channel="CHANNEL_DISABLED"
            ),
            logging_config=settings.logging(),
            monitoring_config=settings.monitoring(),
            security_posture_config=settings.posture(),
            node_pool_defaults=settings.node_defaults(),
            node_pool_auto_config=settings.node_auto_config(),
            cluster_autoscaling=settings.autoscaling(),
            cost_management_config=gcp.container.ClusterCostManagementConfigArgs(enabled=True),
            master_auth=settings.no_client_certificate(),
            anonymous_authentication_config=settings.no_anonymous(),
            rbac_binding_config=settings.no_binding_to_everybody(),
            enable_shielded_nodes=True,
            enable_legacy_abac=False,
            # Internal load balancers with more than 250 nodes. Cannot be taken back.
            enable_l4_ilb_subsetting=True,
            deletion_protection=spec.deletion_protection,
            resource_labels=labels(platform),
        )

    def _private(self) -> gcp.container.ClusterPrivateClusterConfigArgs:
        return gcp.container.ClusterPrivateClusterConfigArgs(
            enable_private_nodes=True,
            enable_private_endpoint=not self._spec.endpoint_access,
            master_global_access_config=(
                gcp.container.ClusterPrivateClusterConfigMasterGlobalAccessConfigArgs(enabled=False)
            ),
        )

    def _endpoints(self) -> gcp.container.ClusterControlPlaneEndpointsConfigArgs:
        """Open the DNS endpoint where no range may come in; IAM asks `connect` of whoever does."""
        return gcp.container.ClusterControlPlaneEndpointsConfigArgs(
            dns_endpoint_config=(
                gcp.container.ClusterControlPlaneEndpointsConfigDnsEndpointConfigArgs(
                    allow_external_traffic=not self._spec.endpoint_access,
                    # A token of a pod, or a certificate, is nobody whom IAM knows.
                    enable_k8s_tokens_via_dns=False,
                    enable_k8s_certs_via_dns=False,
                )
            ),
            ip_endpoints_config=gcp.container.ClusterControlPlaneEndpointsConfigIpEndpointsConfigArgs(
                enabled=True
            ),
        )

    def _allow_list(self) -> gcp.container.ClusterMasterAuthorizedNetworksConfigArgs:
        """Let in the listed ranges. Nodes and pods of the cluster need no entry."""
        block = gcp.container.ClusterMasterAuthorizedNetworksConfigCidrBlockArgs
        return gcp.container.ClusterMasterAuthorizedNetworksConfigArgs(
            cidr_blocks=[
                block(cidr_block=cidr, display_name=f"endpointAccess {number}")
                for number, cidr in enumerate(self._spec.endpoint_access, start=1)
            ],
            # Otherwise every customer's machine with a public address of Google's is let in.
            gcp_public_cidrs_access_enabled=False,
            private_endpoint_enforcement_enabled=True,
        )

    def _first_nodes(self) -> gcp.container.ClusterNodeConfigArgs:
        """Return the nodes that GKE starts with, for minutes: not as the project's editor."""
        return gcp.container.ClusterNodeConfigArgs(
            service_account=self._nodes.email,
            oauth_scopes=list(SCOPES),
            boot_disk_kms_key=self._keys.disks.id,
            shielded_instance_config=gcp.container.ClusterNodeConfigShieldedInstanceConfigArgs(
                enable_secure_boot=True, enable_integrity_monitoring=True
            ),
            workload_metadata_config=gcp.container.ClusterNodeConfigWorkloadMetadataConfigArgs(
                mode=METADATA
            ),
        )

    def _endpoint(self, cluster: gcp.container.Cluster) -> pulumi.Output[str]:
        if self._spec.endpoint_access:
            return pulumi.Output.concat("https://", cluster.endpoint)
        return cluster.control_plane_endpoints_config.apply(_dns_url)

    def _certificate_authority(self, cluster: gcp.container.Cluster) -> pulumi.Output[str]:
        """Return the cluster's own; the DNS endpoint has a certificate of Google's public ones."""
        if not self._spec.endpoint_access:
            return pulumi.Output.from_input("")
        return cluster.master_auth.apply(
            lambda auth: _present(auth.cluster_ca_certificate, "certificate authority")
        )


def _dns_url(endpoints: gcp.container.outputs.ClusterControlPlaneEndpointsConfig) -> str:
    dns = endpoints.dns_endpoint_config
    return f"https://{_present(dns.endpoint if dns else None, 'DNS endpoint')}"


def _present(value: str | None, what: str) -> str:
    """Return what every running cluster has."""
    if value is None:
        message = f"GKE cluster: no {what}, got None; is the cluster running?"
        raise ValueError(message)
    return value
