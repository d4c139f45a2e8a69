"""The managed cache: two instances of Memorystore for Valkey.

Owns both instances, and the policy that lets Memorystore put their addresses into the network.
Does not own the key (`encryption`), what is watched (`cache_alarms`), or who may connect: that is
IAM's (`cache_access`), given to whoever uses the cache.
Why two instances: what may be evicted and what may not cannot share a process, as eviction is a
setting of the whole server.
Why IAM in place of passwords: nothing is stored, and outside of beta there is nothing else
(docs/decisions/0015).
"""

from collections.abc import Mapping

import pulumi
import pulumi_gcp as gcp

from components.cache_rules import ENGINE_VERSION, EVICTION, PORT
from components.gcp.account import ProjectRef
from components.gcp.cache_alarms import create_alarms
from components.gcp.handles import KeyRef, NetworkRef
from components.gcp.tags import labels
from components.handles import CacheRef, PlatformRef
from components.names import COMPUTE_RESOURCE, MEMORYSTORE_INSTANCE, fit
from infra.spec.cache import CacheInstanceSpec, CacheSpec

SERVICE_CLASS = "gcp-memorystore"
"""What a policy calls Memorystore for Valkey (Memorystore for Valkey, "Networking", 2026)."""
BACKUP_HOURS_LATER = 2
DAY_SECONDS = 86400
_memorystore = gcp.memorystore


class Cache(pulumi.ComponentResource):
    """Responses that may be evicted, and counters that may not."""

    refs: Mapping[str, CacheRef]
    """How to reach each instance, by its name."""

    def __init__(  # noqa: PLR0913  the handles it stands on are named one by one
        self,
        name: str,
        spec: CacheSpec,
        *,
        platform: PlatformRef,
        project: ProjectRef,
        network: NetworkRef,
        connects: bool,
        key: KeyRef,
        protected: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create both instances; protected ones refuse `destroy`.

        Args:
            name: logical name.
            spec: what the stack file says.
            platform: whose it is.
            project: where it is.
            network: where its addresses are.
            connects: whether the network still needs the policy that lets Memorystore in.
            key: key of data and backups.
            protected: whether the instances refuse to be deleted.
            opts: options of the component.
        """
        super().__init__("tokenworks:gcp:Cache", name, None, opts)
        self._name, self._spec = name, spec
        self._platform, self._project = platform, project
        self._network = pulumi.Output.concat(
            f"projects/{project.id}/global/networks/", network.network
        )
        needed = [*key.grants]
        if connects:
            needed.append(self._create_policy(network))
        instances = {
            label: self._create_instance(label, one, key=key, needed=needed, protected=protected)
            for label, one in spec.instances.items()
        }
        self.refs = {label: _ref(instance) for label, instance in instances.items()}
        self.register_outputs({f"{label}Host": ref.host for label, ref in self.refs.items()})

    def _create_policy(self, network: NetworkRef) -> pulumi.Resource:
        """Let Memorystore take addresses of the nodes' subnetwork; one policy serves both."""
        subnetwork = pulumi.Output.concat(
            f"projects/{self._project.id}/regions/{self._platform.region}/subnetworks/",
            network.subnetwork,
        )
        return gcp.networkconnectivity.ServiceConnectionPolicy(
            fit(f"{self._name}-connect", COMPUTE_RESOURCE),
            location=self._platform.region,
            service_class=SERVICE_CLASS,
            network=self._network,
            psc_config=gcp.networkconnectivity.ServiceConnectionPolicyPscConfigArgs(
                subnetworks=[subnetwork]
            ),
            labels=labels(self._platform),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _create_instance(
        self,
        label: str,
        spec: CacheInstanceSpec,
        *,
        key: KeyRef,
        needed: list[pulumi.Resource],
        protected: bool,
    ) -> gcp.memorystore.Instance:
        name = f"{self._name}-{label}"
        instance = _memorystore.Instance(
            name,
            instance_id=fit(f"{self._platform.name}-{label}", MEMORYSTORE_INSTANCE),
            location=self._platform.region,
            # One shard, without the protocol of clusters: any client can speak to it.
            mode="CLUSTER_DISABLED",
            shard_count=1,
            replica_count=spec.replicas,
            node_type=spec.node_type,
            engine_version=f"VALKEY_{ENGINE_VERSION.replace('.', '_')}",
            engine_configs={"maxmemory-policy": EVICTION[label]},
            authorization_mode="IAM_AUTH",
            transit_encryption_mode="SERVER_AUTHENTICATION",
            kms_key=key.id,
            zone_distribution_config=_memorystore.InstanceZoneDistributionConfigArgs(
                mode="MULTI_ZONE"
            ),
            desired_auto_created_endpoints=[
                _memorystore.InstanceDesiredAutoCreatedEndpointArgs(
                    network=self._network, project_id=self._project.id
                )
            ],
            persistence_config=_persistence(label),
            automated_backup_config=self._backups(label),
            maintenance_policy=self._maintenance(),
            deletion_protection_enabled=protected,
            labels=labels(self._platform),
            opts=pulumi.ResourceOptions(
                parent=self, protect=protected, depends_on=needed, delete_before_replace=True
            ),
        )
        create_alarms(name, label, spec, instance=instance, platform=self._platform, parent=self)
        return instance

    def _backups(self, label: str) -> gcp.memorystore.InstanceAutomatedBackupConfigArgs | None:
        days = self._spec.backup_days
        if label != "counters" or not days:
            return None  # what can be computed again is not worth a backup
        start = _memorystore.InstanceAutomatedBackupConfigFixedFrequencyScheduleStartTimeArgs(
            hours=self._spec.maintenance_hour_utc + BACKUP_HOURS_LATER
        )
        return _memorystore.InstanceAutomatedBackupConfigArgs(
            fixed_frequency_schedule=_memorystore.InstanceAutomatedBackupConfigFixedFrequencyScheduleArgs(
                start_time=start
            ),
            retention=f"{days * DAY_SECONDS}s",
        )

    def _maintenance(self) -> gcp.memorystore.InstanceMaintenancePolicyArgs:
        window = _memorystore.InstanceMaintenancePolicyWeeklyMaintenanceWindowArgs
        start = _memorystore.InstanceMaintenancePolicyWeeklyMaintenanceWindowStartTimeArgs
        return _memorystore.InstanceMaintenancePolicyArgs(
            weekly_maintenance_windows=[
                window(
                    day=self._spec.maintenance_day.value.upper(),
                    start_time=start(hours=self._spec.maintenance_hour_utc, minutes=0),
                )
            ]
        )


def _ref(instance: gcp.memorystore.Instance) -> CacheRef:
    return CacheRef(
        host=_primary(instance),
        port=PORT,
        tls=True,
        user=None,
        secret=None,
        rights_name=(instance.name,),
    )


def _primary(instance: gcp.memorystore.Instance) -> pulumi.Output[str]:
    """Return the address of the primary; that of replicas comes after it."""
    return instance.endpoints[0].connections[0].psc_auto_connection.ip_address


def _persistence(label: str) -> gcp.memorystore.InstancePersistenceConfigArgs:
    """Append what `counters` are told to a file that reaches the disk every second."""
    if label != "counters":
        return _memorystore.InstancePersistenceConfigArgs(mode="DISABLED")
    return _memorystore.InstancePersistenceConfigArgs(
        mode="AOF",
        aof_config=_memorystore.InstancePersistenceConfigAofConfigArgs(append_fsync="EVERY_SEC"),
    )
