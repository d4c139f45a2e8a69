"""One instance of the managed cache: a replication group of ElastiCache, engine Valkey.

Owns the group, its parameters, its user, its logs and its alarms.
Does not own where it stands and who reaches it (`cache`).
Why no shards: a client then needs no cluster protocol, and the catalogue's largest node holds more
than a platform's counters.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.cache_alarms import create_alarms
from components.aws.logs import cache_log_group
from components.aws.tags import tags
from components.cache_rules import ENGINE_VERSION, EVICTION, PORT, USER_RULES
from components.handles import CacheRef, PlatformRef
from components.names import ELASTICACHE_GROUP, ELASTICACHE_PART, ELASTICACHE_USER, fit
from infra.spec.cache import CacheInstanceSpec, CacheSpec

ENGINE = "valkey"
PARAMETER_FAMILY = "valkey8"
BACKUP_HOURS_LATER = 2
"""Snapshots must not begin in the maintenance window (ElastiCache API reference, 2026)."""
LOG_KINDS = ("slow-log", "engine-log")


@dataclass(frozen=True, eq=False)
class CacheHome:
    """What both instances of a cache stand on."""

    subnet_group: pulumi.Output[str]
    """Name of the group of private subnets."""
    security_group_id: pulumi.Output[str]
    """Who may reach them."""
    key_arn: pulumi.Output[str]
    """Key of data, snapshots and logs."""
    log_retention_days: int
    """How long logs are kept."""


def maintenance_window(spec: CacheSpec) -> str:
    """Return the weekly hour, `sun:03:00-sun:04:00` (ElastiCache API reference, 2026)."""
    day, hour = spec.maintenance_day.value[:3], spec.maintenance_hour_utc
    return f"{day}:{hour:02}:00-{day}:{hour + 1:02}:00"


def snapshot_window(spec: CacheSpec) -> str:
    """Return the daily hour of snapshots, `05:00-06:00`."""
    hour = spec.maintenance_hour_utc + BACKUP_HOURS_LATER
    return f"{hour % 24:02}:00-{(hour + 1) % 24:02}:00"


class CacheInstance(pulumi.ComponentResource):
    """A primary with replicas in other zones: TLS, IAM users, our key."""

    ref: CacheRef
    """How to reach it."""

    def __init__(  # noqa: PLR0913  what an instance is; each has a name where it is called
        self,
        name: str,
        label: str,
        spec: CacheInstanceSpec,
        *,
        cache: CacheSpec,
        platform: PlatformRef,
        home: CacheHome,
        protected: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the instance `label`, `responses` or `counters`."""
        super().__init__("tokenworks:aws:CacheInstance", name, None, opts)
        self._name, self._label = name, label
        self._platform, self._home = platform, home
        user = self._create_user()
        group = self._create_group(spec, cache, user.user_id, protected=protected)
        create_alarms(name, label, spec, group=group, platform=platform, parent=self)
        host = group.primary_endpoint_address
        self.ref = CacheRef(
            host=host,
            port=PORT,
            tls=True,
            user=user.user_id,
            secret=None,
            rights_name=(group.arn, user.arn),
        )
        self.register_outputs({"host": host})

    def _create_group(
        self,
        spec: CacheInstanceSpec,
        cache: CacheSpec,
        user: pulumi.Output[str],
        *,
        protected: bool,
    ) -> aws.elasticache.ReplicationGroup:
        return aws.elasticache.ReplicationGroup(
            f"{self._name}-group",
            # Fixed, as users are: the right to connect names both before they exist.
            replication_group_id=fit(f"{self._platform.name}-{self._label}", ELASTICACHE_GROUP),
            description=f"{self._label} of {self._platform.cluster_name}",
            engine=ENGINE,
            engine_version=ENGINE_VERSION,
            auto_minor_version_upgrade=True,
            node_type=spec.node_type,
            num_cache_clusters=1 + spec.replicas,
            # A standby of another zone takes over; ElastiCache refuses both without a replica.
            automatic_failover_enabled=spec.replicas > 0,
            multi_az_enabled=spec.replicas > 0,
            parameter_group_name=self._create_parameters(),
            port=PORT,
            subnet_group_name=self._home.subnet_group,
            security_group_ids=[self._home.security_group_id],
            transit_encryption_enabled=True,
            transit_encryption_mode="required",  # the other value answers in plain text as well
            at_rest_encryption_enabled=True,
            kms_key_id=self._home.key_arn,
            user_group_ids=[self._create_user_group(user)],
            # What can be computed again is not worth a snapshot, which slows the server down.
            snapshot_retention_limit=cache.backup_days if self._label == "counters" else 0,
            snapshot_window=snapshot_window(cache),
            maintenance_window=maintenance_window(cache),
            # Otherwise a change waits for the window, and a preview says what did not happen.
            apply_immediately=True,
            log_delivery_configurations=[self._deliver(kind) for kind in LOG_KINDS],
            tags=tags(self._platform, f"{self._name}-group"),
            opts=pulumi.ResourceOptions(parent=self, protect=protected, delete_before_replace=True),
        )

    def _create_parameters(self) -> pulumi.Output[str]:
        name = fit(f"{self._name}-parameters", ELASTICACHE_PART)
        return aws.elasticache.ParameterGroup(
            name,
            family=PARAMETER_FAMILY,
            description=f"{self._label} of {self._platform.cluster_name}",
            parameters=[
                aws.elasticache.ParameterGroupParameterArgs(
                    name="maxmemory-policy", value=EVICTION[self._label]
                )
            ],
            tags=tags(self._platform, name),
            opts=pulumi.ResourceOptions(parent=self),
        ).name

    def _create_user(self) -> aws.elasticache.User:
        user_id = fit(f"{self._platform.name}-{self._label}", ELASTICACHE_USER)
        name = f"{self._name}-user"
        return aws.elasticache.User(
            name,
            user_id=user_id,
            user_name=user_id,  # IAM asks for the same name twice (ElastiCache user guide, 2026)
            engine=ENGINE,
            access_string=f"on {USER_RULES}",
            authentication_mode=aws.elasticache.UserAuthenticationModeArgs(type="iam"),
            tags=tags(self._platform, name),
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )

    def _create_user_group(self, user: pulumi.Output[str]) -> pulumi.Output[str]:
        """Return a group without a user `default`: nobody comes in without a name.

        Groups of the engine Redis must have one (hashicorp/terraform-provider-aws#25593); those of
        Valkey need not, as remembered: docs/decisions/0015 says what is doubtful.
        """
        name = f"{self._name}-users"
        return aws.elasticache.UserGroup(
            name,
            user_group_id=fit(f"{self._platform.name}-{self._label}", ELASTICACHE_USER),
            engine=ENGINE,
            user_ids=[user],
            tags=tags(self._platform, name),
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        ).user_group_id

    def _deliver(self, kind: str) -> aws.elasticache.ReplicationGroupLogDeliveryConfigurationArgs:
        name = f"{self._name}-{kind}"
        group = aws.cloudwatch.LogGroup(
            name,
            name=cache_log_group(self._platform, self._label, kind),
            retention_in_days=self._home.log_retention_days,
            kms_key_id=self._home.key_arn,
            tags=tags(self._platform, name),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return aws.elasticache.ReplicationGroupLogDeliveryConfigurationArgs(
            destination=group.name,
            destination_type="cloudwatch-logs",
            log_format="json",
            log_type=kind,
        )
