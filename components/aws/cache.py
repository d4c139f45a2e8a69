"""The managed cache: two ElastiCache replication groups of Valkey.

Owns the subnet group, the security group that lets the cluster in, and both instances.
Does not own one instance (`cache_instance`), its alarms (`cache_alarms`), or who uses it.
Why two groups: what may be evicted and what may not cannot share a process, as eviction is a
setting of the whole server.
Why IAM in place of passwords: a token lives 15 minutes and nothing is stored, in a state, a
secret or a pod (docs/decisions/0015).
"""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.aws.cache_instance import CacheHome, CacheInstance
from components.aws.handles import NetworkRef
from components.aws.tags import tags
from components.cache_rules import PORT
from components.handles import CacheRef, PlatformRef
from components.names import ELASTICACHE_PART, SECURITY_GROUP, fit
from infra.spec.cache import CacheSpec


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
        network: NetworkRef,
        cluster_security_group_id: pulumi.Output[str],
        key_arn: pulumi.Output[str],
        log_retention_days: int,
        protected: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create both instances; protected ones refuse `destroy`.

        Args:
            name: logical name.
            spec: what the stack file says.
            platform: whose it is.
            network: its private subnets are where nodes stand.
            cluster_security_group_id: group of all nodes of the cluster, which are let in.
            key_arn: key that encrypts data, snapshots and logs.
            log_retention_days: how long logs are kept.
            protected: whether they refuse `destroy`.
            opts: options of the component.
        """
        super().__init__("tokenworks:aws:Cache", name, None, opts)
        self._name = name
        self._platform = platform
        home = CacheHome(
            subnet_group=self._create_subnet_group(network),
            security_group_id=self._let_the_cluster_in(network, cluster_security_group_id),
            key_arn=key_arn,
            log_retention_days=log_retention_days,
        )
        self.refs = {
            label: CacheInstance(
                f"{name}-{label}",
                label,
                instance,
                cache=spec,
                platform=platform,
                home=home,
                protected=protected,
                opts=pulumi.ResourceOptions(parent=self),
            ).ref
            for label, instance in spec.instances.items()
        }
        self.register_outputs({f"{label}Host": ref.host for label, ref in self.refs.items()})

    def _create_subnet_group(self, network: NetworkRef) -> pulumi.Output[str]:
        name = fit(f"{self._name}-subnets", ELASTICACHE_PART)
        return aws.elasticache.SubnetGroup(
            name,
            description=f"Private subnets of {self._platform.cluster_name}",
            subnet_ids=list(network.private_subnet_ids),
            tags=tags(self._platform, name),
            opts=pulumi.ResourceOptions(parent=self),
        ).name

    def _let_the_cluster_in(
        self, network: NetworkRef, cluster_security_group_id: pulumi.Output[str]
    ) -> pulumi.Output[str]:
        """Let nodes of the cluster reach the port, and nobody else; no way out is opened."""
        name = fit(f"{self._name}-valkey", SECURITY_GROUP)
        opts = pulumi.ResourceOptions(parent=self)
        group = aws.ec2.SecurityGroup(
            name,
            vpc_id=network.vpc_id,
            description="The cache: reached by the nodes of the cluster",
            tags=tags(self._platform, name),
            opts=opts,
        )
        rule_name = f"{name}-from-cluster"
        aws.vpc.SecurityGroupIngressRule(
            rule_name,
            security_group_id=group.id,
            description="Valkey over TLS from the nodes of the cluster",
            referenced_security_group_id=cluster_security_group_id,
            ip_protocol="tcp",
            from_port=PORT,
            to_port=PORT,
            tags=tags(self._platform, rule_name),
            opts=opts,
        )
        return group.id
