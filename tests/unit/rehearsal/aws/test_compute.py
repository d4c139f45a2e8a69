"""Security groups, their rules and launch templates of the simulated AWS."""

import pytest

from infra.wire import Properties
from tests.unit.rehearsal.aws.scene import EGRESS, GROUP, INGRESS, TEMPLATE, Network, Scene
from tests.unit.rehearsal.cloud.wire import RefusedError

DISK: Properties = {"deviceName": "/dev/xvda", "ebs": {"volumeSize": 100, "volumeType": "gp3"}}


def test_a_new_group_allows_nothing_out_until_a_rule_says_so(
    scene: Scene, network: Network
) -> None:
    group = scene.make(GROUP, vpcId=network.vpc.physical_id)
    assert group["description"] == "Managed by Pulumi"

    rule = scene.make(
        EGRESS, securityGroupId=group.physical_id, ipProtocol="-1", cidrIpv4="0.0.0.0/0"
    )

    assert rule["securityGroupRuleId"] == rule.physical_id
    assert "fromPort" not in rule.outputs


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"ipProtocol": "tcp", "fromPort": 1, "toPort": 99999}, "InvalidParameterValue"),
        ({"ipProtocol": "tcp"}, "InvalidParameterValue"),
        ({"ipProtocol": "carrier-pigeon"}, "is not one of tcp"),
        ({"ipProtocol": "-1", "cidrIpv6": "::/0"}, "must be given"),
    ],
    ids=["port", "no ports", "protocol", "two peers"],
)
def test_a_rule_that_ec2_would_not_take_is_refused(
    scene: Scene, network: Network, rule: Properties, reason: str
) -> None:
    group = scene.make(GROUP, vpcId=network.vpc.physical_id)

    with pytest.raises(RefusedError, match=reason):
        scene.make(INGRESS, securityGroupId=group.physical_id, cidrIpv4="10.0.0.0/8", **rule)


def test_the_same_rule_twice_is_a_duplicate(scene: Scene, network: Network) -> None:
    group = scene.make(GROUP, vpcId=network.vpc.physical_id)
    rule: Properties = {
        "securityGroupId": group.physical_id,
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "cidrIpv4": "10.0.0.0/8",
    }
    scene.make(INGRESS, **rule)

    with pytest.raises(RefusedError, match=r"InvalidPermission\.Duplicate"):
        scene.make(INGRESS, **rule)


def test_a_group_stays_while_another_refers_to_it(scene: Scene, network: Network) -> None:
    group, other = (scene.make(GROUP, vpcId=network.vpc.physical_id) for _ in range(2))
    scene.make(
        INGRESS,
        securityGroupId=other.physical_id,
        ipProtocol="-1",
        referencedSecurityGroupId=group.physical_id,
    )

    with pytest.raises(RefusedError, match=r"^DeleteSecurityGroup: DependencyViolation: "):
        scene.engine.delete(group)


def test_a_changed_template_is_a_new_version(scene: Scene) -> None:
    template = scene.make(TEMPLATE, blockDeviceMappings=[DISK], updateDefaultVersion=True)
    assert (template["latestVersion"], template["defaultVersion"]) == (1, 1)

    larger: Properties = {**DISK, "ebs": {"volumeSize": 200, "volumeType": "gp3"}}
    assert list(scene.engine.diff(template, blockDeviceMappings=[larger]).replaces) == []
    changed = scene.engine.update(template, blockDeviceMappings=[larger])

    assert (changed["latestVersion"], changed["defaultVersion"]) == (2, 2)
    assert changed["blockDeviceMappings"] == [larger]


def test_a_misspelt_key_of_a_nested_block_is_refused(scene: Scene) -> None:
    wrong: Properties = {"deviceName": "/dev/xvda", "ebs": {"volumeSiz": 100}}

    _inputs, failures = scene.engine.check(TEMPLATE, {"blockDeviceMappings": [wrong]})

    assert failures == ["blockDeviceMappings.ebs.volumeSiz: no such property"]


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"metadataOptions": {"httpTokens": "always"}}, "'always' is not one of optional"),
        ({"instanceType": "g6.gigantic"}, "Invalid value 'g6.gigantic' for InstanceType"),
        ({"vpcSecurityGroupIds": ["sg-0123456789abcdef0"]}, r"InvalidGroup\.NotFound"),
    ],
    ids=["enum", "type", "group"],
)
def test_a_template_with_a_value_that_ec2_does_not_know_is_refused(
    scene: Scene, inputs: Properties, reason: str
) -> None:
    with pytest.raises(RefusedError, match=reason):
        scene.make(TEMPLATE, **inputs)
