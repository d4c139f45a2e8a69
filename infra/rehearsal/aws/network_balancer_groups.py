"""Security groups of a Network Load Balancer, as the AWS Load Balancer Controller keeps them.

Owns the load balancer's own group, and the rule in the nodes' group that lets it reach pods.
Source: as in `network_balancers`, pkg/deploy/ec2 and pkg/networking.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from infra.rehearsal.aws.network_balancer_marks import GROUP, NEW_ID, Marks, name
from infra.rehearsal.aws.pod_calls import PodCalls, asked, owned
from infra.rehearsal.aws.values import blocks, number, tag_list, tag_map, text
from infra.rehearsal.controllers.load_balancers.port import Wanted
from infra.wire import Properties, Value

NODE_RULE = "elbv2.k8s.aws/targetGroupBinding=shared"
"""Description by which it knows its own rules in the nodes' group."""


@dataclass(frozen=True)
class Groups:
    """Groups of one Service."""

    calls: PodCalls
    marks: Marks
    nodes: str
    """Group of the nodes' interfaces, which pods share."""

    def own(self) -> Iterable[Properties]:
        """Return the groups that it made."""
        filters: list[Value] = [
            {"Name": f"tag:{key}", "Values": [value]} for key, value in self.marks.own.items()
        ]
        found = self.calls.read("ec2", "describe_security_groups", Filters=filters)
        return blocks(found, "SecurityGroups")

    def keep(self, vpc: str, wanted: Wanted) -> str:
        """Let there be a group that everybody reaches on the listeners' ports; return its id."""
        for group in self.own():
            return text(group, "GroupId")
        tags = self.marks.tags(GROUP)
        account = self.calls.region.arn("ec2", "").rstrip(":")
        self.calls.require("ec2", "create_security_group", f"{account}:vpc/{vpc}", {})
        new = f"{account}:security-group/sg-{NEW_ID}"
        creates = {**asked(tags), "ec2:CreateAction": "CreateSecurityGroup"}
        self.calls.require("ec2", "create_tags", new, creates)
        made = self.calls.make(
            "ec2",
            "create_security_group",
            new,
            asked(tags),
            GroupName=name(wanted, self.marks.cluster, wanted.name, wanted.namespace, wanted.uid),
            Description="[k8s] Managed SecurityGroup for LoadBalancer",
            VpcId=vpc,
            TagSpecifications=[{"ResourceType": "security-group", "Tags": tag_list(tags)}],
        )
        group = text(made, "GroupId")
        rules: list[Value] = [
            {**_tcp(one.port, one.port), "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
            for one in wanted.listeners
        ]
        self._about("authorize_security_group_ingress", group, IpPermissions=rules)
        return group

    def open_nodes(self, group: str, ports: list[int]) -> None:
        """Let the load balancer reach pods: one rule over all of its ports."""
        self.calls.read("ec2", "describe_instances")
        self.calls.read("ec2", "describe_network_interfaces")
        if not any(_lets_in(rule, group) for rule in self._node_rules()):
            rule: Properties = {
                **_tcp(min(ports), max(ports)),
                "UserIdGroupPairs": [{"GroupId": group, "Description": NODE_RULE}],
            }
            self._about("authorize_security_group_ingress", self.nodes, IpPermissions=[rule])

    def drop(self) -> None:
        """Take back what nodes let in, then the groups."""
        for group in self.own():
            identifier = text(group, "GroupId")
            self._close_nodes(identifier)
            self._about("delete_security_group", identifier)

    def _close_nodes(self, group: str) -> None:
        for rule in self._node_rules():
            if _lets_in(rule, group):
                gone: Properties = {
                    **_tcp(number(rule, "FromPort"), number(rule, "ToPort")),
                    "UserIdGroupPairs": [{"GroupId": group, "Description": NODE_RULE}],
                }
                self._about("revoke_security_group_ingress", self.nodes, IpPermissions=[gone])

    def _node_rules(self) -> list[Properties]:
        found = self.calls.read("ec2", "describe_security_groups", GroupIds=[self.nodes])
        return blocks(blocks(found, "SecurityGroups")[0], "IpPermissions")

    def _about(self, operation: str, group: str, **parameters: Value) -> None:
        """Make a call about a security group, which is judged by the group's own tags."""
        found = self.calls.region.call("ec2", "describe_security_groups", GroupIds=[group])
        tags = tag_map(blocks(found, "SecurityGroups")[0].get("Tags"))
        arn = self.calls.region.arn("ec2", f"security-group/{group}")
        self.calls.make("ec2", operation, arn, owned(tags), GroupId=group, **parameters)


def _lets_in(rule: Properties, group: str) -> bool:
    return group in [text(pair, "GroupId") for pair in blocks(rule, "UserIdGroupPairs")]


def _tcp(first: int, last: int) -> Properties:
    return {"IpProtocol": "tcp", "FromPort": first, "ToPort": last}
