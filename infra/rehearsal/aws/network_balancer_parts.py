"""A Network Load Balancer with its listeners, target groups and targets.

Source: as in `network_balancers`, pkg/deploy/elbv2 and pkg/targetgroupbinding.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.rehearsal.aws.eks_machines import drop_interface
from infra.rehearsal.aws.network_balancer_marks import BALANCER, NEW_ID, PART_TAG, Marks, name
from infra.rehearsal.aws.pod_calls import PodCalls, asked, owned
from infra.rehearsal.aws.rules_ec2 import BALANCER_INTERFACE, as_network_balancer
from infra.rehearsal.aws.values import blocks, number, tag_list, tag_map, text
from infra.rehearsal.controllers.load_balancers.port import Listener, Wanted
from infra.wire import Properties, Value

CHECK_SECONDS = 10
_ELB = "elasticloadbalancing.amazonaws.com"
_Found = list[tuple[Properties, dict[str, str]]]


@dataclass(frozen=True)
class Parts:
    """The load balancer of one Service, and what belongs to it."""

    calls: PodCalls
    marks: Marks

    def drop_balancers(self) -> None:
        """Delete load balancers: AWS takes listeners and interfaces away with them."""
        for balancer, tags in self._of("load_balancers", "LoadBalancers", "LoadBalancerArn"):
            arn = text(balancer, "LoadBalancerArn")
            self._change("delete_load_balancer", arn, owned(tags), LoadBalancerArn=arn)
            self._drop_interfaces(arn)

    def drop_targets(self) -> None:
        """Take every target out."""
        for found, tags in self._of("target_groups", "TargetGroups", "TargetGroupArn"):
            arn = text(found, "TargetGroupArn")
            gone = self._registered(arn)
            self._targets("deregister_targets", arn, tags, gone, number(found, "Port"))

    def drop_target_groups(self) -> None:
        """Delete target groups."""
        for found, tags in self._of("target_groups", "TargetGroups", "TargetGroupArn"):
            arn = text(found, "TargetGroupArn")
            self._change("delete_target_group", arn, owned(tags), TargetGroupArn=arn)

    def target_group(self, vpc: str, listener: Listener, wanted: Wanted) -> str:
        part = f"{self.marks.stack}:{listener.port}"
        arn = self._held(part, self._of("target_groups", "TargetGroups", "TargetGroupArn"))
        tags = self.marks.tags(part)
        if not arn:
            seed = (self.marks.cluster, wanted.uid, listener.target_port, listener.port)
            called = name(wanted, *seed, "ip", "TCP", "TCP", CHECK_SECONDS)
            made = self._create(
                "create_target_group",
                f"targetgroup/{called}/{NEW_ID}",
                tags,
                Name=called,
                Protocol="TCP",
                Port=listener.target_port,
                VpcId=vpc,
                TargetType="ip",
                IpAddressType="ipv4",
                HealthCheckProtocol="TCP",
                HealthCheckPort="traffic-port",
                HealthCheckIntervalSeconds=CHECK_SECONDS,
                HealthCheckTimeoutSeconds=CHECK_SECONDS,
                HealthyThresholdCount=wanted.healthy_checks,
                UnhealthyThresholdCount=wanted.unhealthy_checks,
            )
            arn = text(made, "TargetGroups.0.TargetGroupArn")
        said = {"proxy_protocol_v2.enabled": "false", **wanted.target_attributes}
        self._attributes("target_group", "TargetGroupArn", arn, said, tags)
        return arn

    def balancer(self, subnets: list[str], group: str, wanted: Wanted) -> tuple[str, str]:
        found = self._of("load_balancers", "LoadBalancers", "LoadBalancerArn")
        held = self._held(BALANCER, found)
        tags, scheme = (
            self.marks.tags(BALANCER),
            "internal" if wanted.internal else "internet-facing",
        )
        if held:
            self._attributes("load_balancer", "LoadBalancerArn", held, wanted.attributes, tags)
            return held, text(found[0][0], "DNSName")
        called = name(wanted, self.marks.cluster, wanted.uid, scheme)
        # Elastic Load Balancing makes its role in the name of the first who asks for a balancer.
        role = f"role/aws-service-role/{_ELB}/AWSServiceRoleForElasticLoadBalancing"
        account = self.calls.region.account.account_id
        self.calls.require(
            "iam",
            "create_service_linked_role",
            f"arn:aws:iam::{account}:{role}",
            {"iam:AWSServiceName": _ELB},
        )
        mappings: list[Value] = [{"SubnetId": subnet} for subnet in subnets]
        made = self._create(
            "create_load_balancer",
            f"loadbalancer/net/{called}/{NEW_ID}",
            tags,
            Name=called,
            Type="network",
            Scheme=scheme,
            IpAddressType="ipv4",
            SubnetMappings=mappings,
            SecurityGroups=[group],
        )
        arn = text(made, "LoadBalancers.0.LoadBalancerArn")
        for subnet in subnets:
            self.calls.region.call(
                "ec2",
                "create_network_interface",
                SubnetId=subnet,
                Groups=[group],
                Description=f"{BALANCER_INTERFACE}{as_network_balancer(arn)}",
            )
        self._attributes("load_balancer", "LoadBalancerArn", arn, wanted.attributes, tags)
        return arn, text(made, "LoadBalancers.0.DNSName")

    def listener(self, balancer: str, listener: Listener, target_group: str) -> None:
        listed = self.calls.read("elbv2", "describe_listeners", LoadBalancerArn=balancer)
        for one in blocks(listed, "Listeners"):
            if number(one, "Port") == listener.port:
                arn = text(one, "ListenerArn")
                break
        else:
            tags = self.marks.tags(str(listener.port))
            new = f"{_judged(balancer).replace(':loadbalancer/', ':listener/')}/{NEW_ID}"
            creates = {**asked(tags), "elasticloadbalancing:CreateAction": "CreateListener"}
            self.calls.require("elbv2", "add_tags", new, creates)
            made = self._change(
                "create_listener",
                balancer,
                {**asked(tags), **owned(self.marks.tags(BALANCER))},
                LoadBalancerArn=balancer,
                Protocol="TCP",
                Port=listener.port,
                DefaultActions=[{"Type": "forward", "TargetGroupArn": target_group}],
                Tags=tag_list(tags),
            )
            arn = text(made, "Listeners.0.ListenerArn")
        self.calls.read("elbv2", "describe_rules", ListenerArn=arn)
        tags = self.marks.tags(str(listener.port))
        self._attributes("listener", "ListenerArn", arn, listener.attributes, tags)

    def register(self, arn: str, listener: Listener, addresses: frozenset[str]) -> None:
        held, tags = self._registered(arn), self._tags_of([arn])[arn]
        self._targets("deregister_targets", arn, tags, held - addresses, listener.target_port)
        self._targets("register_targets", arn, tags, addresses - held, listener.target_port)

    def _registered(self, arn: str) -> frozenset[str]:
        found = self.calls.read("elbv2", "describe_target_health", TargetGroupArn=arn)
        return frozenset(
            text(one, "Target.Id") for one in blocks(found, "TargetHealthDescriptions")
        )

    def _targets(
        self, operation: str, arn: str, tags: Mapping[str, str], which: frozenset[str], port: int
    ) -> None:
        if which:
            targets: list[Value] = [{"Id": one, "Port": port} for one in sorted(which)]
            self._change(operation, arn, owned(tags), TargetGroupArn=arn, Targets=targets)

    def _of(self, what: str, at: str, key: str) -> _Found:
        """Return the load balancers or target groups of this Service, with their tags."""
        items = blocks(self.calls.read("elbv2", f"describe_{what}"), at)
        tagged = self._tags_of([text(item, key) for item in items])
        own = self.marks.own.items()
        return [(item, tags) for item in items if own <= (tags := tagged[text(item, key)]).items()]

    def _tags_of(self, arns: list[str]) -> dict[str, dict[str, str]]:
        if not arns:
            return {}
        found = self.calls.read("elbv2", "describe_tags", ResourceArns=[*arns])
        return {
            text(item, "ResourceArn"): tag_map(item.get("Tags"))
            for item in blocks(found, "TagDescriptions")
        }

    def _create(
        self, operation: str, resource: str, tags: dict[str, str], **parameters: Value
    ) -> Properties:
        """Make something with tags: who may not tag it so may not make it."""
        arn = self.calls.region.arn("elasticloadbalancing", resource)
        action = "".join(word.capitalize() for word in operation.split("_"))
        creates = {**asked(tags), "elasticloadbalancing:CreateAction": action}
        self.calls.require("elbv2", "add_tags", arn, creates)
        return self.calls.make(
            "elbv2", operation, arn, asked(tags), Tags=tag_list(tags), **parameters
        )

    def _change(
        self, operation: str, arn: str, context: Mapping[str, str], **parameters: Value
    ) -> Properties:
        return self.calls.make("elbv2", operation, _judged(arn), context, **parameters)

    def _attributes(
        self, kind: str, key: str, arn: str, said: Mapping[str, str], tags: Mapping[str, str]
    ) -> None:
        """Change the attributes that are not as they are to be."""
        named: Properties = {key: arn}
        found = self.calls.read("elbv2", f"describe_{kind}_attributes", **named)
        held = tag_map(found.get("Attributes"))
        changed = {name: value for name, value in said.items() if held.get(name) != value}
        if changed:
            self._change(
                f"modify_{kind}_attributes",
                arn,
                owned(tags),
                **named,
                Attributes=tag_list(changed),
            )

    def _held(self, part: str, found: _Found) -> str:
        for item, tags in found:
            if tags.get(PART_TAG) == part:
                return text(item, "LoadBalancerArn" if part == BALANCER else "TargetGroupArn")
        return ""

    def _drop_interfaces(self, arn: str) -> None:
        described = f"{BALANCER_INTERFACE}{as_network_balancer(arn)}"
        filters: list[Value] = [{"Name": "description", "Values": [described]}]
        found = self.calls.region.call("ec2", "describe_network_interfaces", Filters=filters)
        for interface in blocks(found, "NetworkInterfaces"):
            drop_interface(self.calls.region, text(interface, "NetworkInterfaceId"))


def _judged(arn: str) -> str:
    """Return an ARN as AWS has it: moto calls every load balancer an application's."""
    return arn.replace("/app/", "/net/", 1)
