"""The AWS account, and the ARNs of what it will have.

Owns how ARNs are spelled that a policy must name before the thing exists.
Does not own the account: whoever runs `pulumi` decides which one it is.
Why: a policy that waited for the ARN of a cluster could not be on the role that the cluster needs.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.handles import PlatformRef


@dataclass(frozen=True, eq=False)
class AccountRef:
    """One account, one region; the commercial partition, as the catalogue names no other."""

    number: pulumi.Output[str]
    """The twelve digits."""
    region: str
    """Region."""

    @property
    def root_arn(self) -> pulumi.Output[str]:
        """The account as a principal: everyone in it whom IAM allows."""
        return pulumi.Output.format("arn:aws:iam::{0}:root", self.number)

    def cluster_arn(self, platform: PlatformRef) -> pulumi.Output[str]:
        """Return the ARN of the platform's cluster."""
        return self._arn("eks", f"cluster/{platform.cluster_name}")

    def node_groups_arn(self, platform: PlatformRef) -> pulumi.Output[str]:
        """Return the pattern of the ARNs of the cluster's node groups."""
        return self._arn("eks", f"nodegroup/{platform.cluster_name}/*/*")

    def log_group_arn(self, name: str) -> pulumi.Output[str]:
        """Return the ARN of a log group."""
        return self._arn("logs", f"log-group:{name}")

    def flow_logs_arn(self) -> pulumi.Output[str]:
        """Return the pattern of the ARNs of flow logs; EC2 draws their ids."""
        return self._arn("ec2", "vpc-flow-log/*")

    def ec2_arn(self, kind: str) -> pulumi.Output[str]:
        """Return the pattern of the ARNs of EC2's things of a kind; EC2 draws their ids."""
        return self._arn("ec2", f"{kind}/*")

    def balancing_arn(self, resource: str) -> pulumi.Output[str]:
        """Return the ARN of something of Elastic Load Balancing, which may be a pattern."""
        return self._arn("elasticloadbalancing", resource)

    def balancing_role_arn(self) -> pulumi.Output[str]:
        """Return the ARN of the role that Elastic Load Balancing works in an account with."""
        service = "elasticloadbalancing.amazonaws.com"
        role = f"role/aws-service-role/{service}/AWSServiceRoleForElasticLoadBalancing"
        return pulumi.Output.concat("arn:aws:iam::", self.number, f":{role}")

    def secret_arn(self, name: str) -> pulumi.Output[str]:
        """Return the pattern of the ARNs of the secrets of a name, which may be a pattern."""
        return self._arn("secretsmanager", f"secret:{name}")

    def repositories_arn(self, prefix: str) -> pulumi.Output[str]:
        """Return the pattern of the ARNs of the image repositories below a prefix."""
        return self._arn("ecr", f"repository/{prefix}/*")

    def scaling_groups_arn(self) -> pulumi.Output[str]:
        """Return the pattern of the ARNs of Auto Scaling groups; EKS draws their names."""
        return self._arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/*")

    def _arn(self, service: str, resource: str) -> pulumi.Output[str]:
        return pulumi.Output.concat(
            f"arn:aws:{service}:{self.region}:", self.number, f":{resource}"
        )


def account(provider: aws.Provider, platform: PlatformRef) -> AccountRef:
    """Return the account that a provider's credentials belong to."""
    caller = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(provider=provider))
    return AccountRef(number=caller.account_id, region=platform.region)
