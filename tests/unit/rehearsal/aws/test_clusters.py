"""EKS clusters of the simulated AWS: the rehearsal's API server, and what EKS refuses."""

import base64

import pytest

from infra.rehearsal.aws.eks_state import EksState
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.wire import UNKNOWN, Properties
from tests.unit.rehearsal.aws.harness import TRUST_EKS, Engine, Simulation
from tests.unit.rehearsal.aws.scene import CLUSTER, GROUP, ROLE, SUBNET, VPC, Network, Scene
from tests.unit.rehearsal.cloud.wire import RefusedError

NOBODY = "arn:aws:iam::123456789012:role/nobody"


def test_a_cluster_is_the_api_server_of_the_rehearsal(scene: Scene, network: Network) -> None:
    cluster = scene.cluster(network, enabledClusterLogTypes=["api", "audit"])

    assert cluster["endpoint"] == "https://127.0.0.1:6443"
    assert cluster["certificateAuthority"] == {"data": base64.b64encode(b"-- a CA --").decode()}
    assert cluster["status"] == "ACTIVE"
    assert cluster["enabledClusterLogTypes"] == ["api", "audit"]
    vpc_config = cluster["vpcConfig"]
    assert isinstance(vpc_config, dict)
    assert vpc_config["vpcId"] == network.vpc.physical_id
    assert str(vpc_config["clusterSecurityGroupId"]).startswith("sg-")


def test_a_new_cluster_has_the_system_objects_of_eks_and_loses_them(
    scene: Scene, network: Network
) -> None:
    cluster = scene.cluster(network)

    found = set(scene.api.objects)
    assert {
        ("DaemonSet", "aws-node"),
        ("DaemonSet", "kube-proxy"),
        ("Deployment", "coredns"),
        ("Service", "kube-dns"),
    } <= found
    scene.drop(cluster)
    assert scene.api.objects == {}


def test_a_cluster_can_do_without_the_self_managed_add_ons(scene: Scene, network: Network) -> None:
    scene.cluster(network, bootstrapSelfManagedAddons=False)

    assert scene.api.objects == {}


def test_a_preview_shows_unknown_endpoint_and_ca(scene: Scene) -> None:
    outputs = scene.engine.preview(
        CLUSTER, {"roleArn": UNKNOWN, "vpcConfig": {"subnetIds": UNKNOWN}, "name": "c"}
    )

    assert (outputs["endpoint"], outputs["certificateAuthority"]) == (UNKNOWN, UNKNOWN)
    assert (outputs["name"], outputs["arn"]) == ("c", UNKNOWN)
    vpc_config = outputs["vpcConfig"]
    assert isinstance(vpc_config, dict)
    assert vpc_config["clusterSecurityGroupId"] == UNKNOWN


def test_there_is_no_cluster_without_an_api_server() -> None:
    with pytest.raises(NotSimulatedError, match="--control-plane FILE"):
        EksState(None).plane()


def test_a_rehearsal_has_one_cluster(scene: Scene, network: Network) -> None:
    scene.cluster(network)

    with pytest.raises(RefusedError, match=r"^CreateCluster: ResourceInUseException: "):
        scene.cluster(network)
    with pytest.raises(RefusedError, match="not simulated: a second EKS cluster"):
        scene.cluster(network, name="another")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"roleArn": NOBODY}, "The role with name nobody cannot be found"),
        ({"version": "1.19"}, r"unsupported Kubernetes version 1\.19"),
        ({"vpcConfig": {"subnetIds": ["subnet-0123456789abcdef0"]}}, "does not exist"),
    ],
    ids=["role", "version", "subnet"],
)
def test_a_cluster_with_something_that_is_not_there_is_refused(
    scene: Scene, network: Network, changes: Properties, reason: str
) -> None:
    with pytest.raises(RefusedError, match=rf"^CreateCluster: InvalidParameter.*{reason}"):
        scene.cluster(network, **changes)


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"endpointPublicAccess": False}, "cannot both be disabled"),
        ({"publicAccessCidrs": ["10.0.0.0/8"]}, r"invalid in publicAccessCidrs: \[10\.0\.0\.0/8\]"),
        ({"publicAccessCidrs": ["everybody"]}, "The CIDR everybody is not valid"),
        ({"securityGroupIds": ["sg-0123456789abcdef0"]}, "do not exist"),
    ],
    ids=["unreachable", "private range", "no range", "group"],
)
def test_a_cluster_with_an_endpoint_that_nobody_reaches_is_refused(
    scene: Scene, network: Network, config: Properties, reason: str
) -> None:
    with pytest.raises(RefusedError, match=reason):
        scene.cluster(network, vpcConfig={"subnetIds": network.subnet_ids, **config})


@pytest.mark.parametrize(
    ("zones", "code"),
    [("aa", "InvalidParameterException"), ("ae", "UnsupportedAvailabilityZoneException")],
    ids=["one zone", "us-east-1e"],
)
def test_a_cluster_needs_two_zones_that_eks_can_use(scene: Scene, zones: str, code: str) -> None:
    with pytest.raises(RefusedError, match=rf"^CreateCluster: {code}: "):
        scene.cluster(scene.network(zones))


def test_a_cluster_stands_in_one_vpc(scene: Scene, network: Network) -> None:
    other = scene.network("cd")
    ids = [network.subnet_ids[0], other.subnet_ids[0]]

    with pytest.raises(RefusedError, match="Subnets must all belong to one VPC"):
        scene.cluster(network, vpcConfig={"subnetIds": ids})


def test_a_role_is_named_by_its_whole_arn(scene: Scene, network: Network) -> None:
    role = scene.role()
    moved = str(role["arn"]).replace(":role/", ":role/elsewhere/")

    with pytest.raises(RefusedError, match="is not valid"):
        scene.cluster(network, roleArn=moved)


def test_the_api_server_stands_for_one_region(scene: Scene, simulation: Simulation) -> None:
    other = Engine(simulation.cloud.ports.provider, region="eu-west-1")
    abroad = Scene(other, scene.api)
    vpc = abroad.make(VPC, cidrBlock="10.0.0.0/16")
    subnets = [
        abroad.make(
            SUBNET,
            vpcId=vpc.physical_id,
            cidrBlock=f"10.0.{number}.0/24",
            availabilityZone=f"eu-west-1{zone}",
        )
        for number, zone in enumerate("ab")
    ]

    with pytest.raises(RefusedError, match="stands for region us-east-1, not eu-west-1"):
        abroad.cluster(Network(vpc, subnets))

    abroad.clear()
    other.close()


def test_authentication_moves_to_access_entries_and_never_back(
    scene: Scene, network: Network
) -> None:
    cluster = scene.cluster(network, accessConfig={"authenticationMode": "CONFIG_MAP"})

    moved = scene.engine.update(cluster, accessConfig={"authenticationMode": "API"})

    access = moved["accessConfig"]
    assert isinstance(access, dict)
    assert access["authenticationMode"] == "API"
    with pytest.raises(RefusedError, match="Unsupported authentication mode update from API"):
        scene.engine.update(moved, accessConfig={"authenticationMode": "CONFIG_MAP"})


def test_a_setting_that_eks_does_not_have_is_refused_in_preview_already(
    scene: Scene, network: Network
) -> None:
    inputs: Properties = {
        "roleArn": NOBODY,
        "vpcConfig": {"subnetIds": network.subnet_ids},
        "upgradePolicy": {"supportType": "FOREVER"},
        "accessConfig": {"authenticationMod": "API"},
    }

    _inputs, failures = scene.engine.check(CLUSTER, inputs)
    assert failures == ["accessConfig.authenticationMod: no such property"]
    _inputs, failures = scene.engine.check(CLUSTER, inputs | {"accessConfig": {}})
    assert failures == [": upgradePolicy.supportType: 'FOREVER' is not one of STANDARD, EXTENDED"]


def test_a_protected_cluster_stays_until_protection_is_off(scene: Scene, network: Network) -> None:
    cluster = scene.cluster(network, deletionProtection=True)
    with pytest.raises(RefusedError, match=r"^DeleteCluster: InvalidRequestException: "):
        scene.engine.delete(cluster)

    unprotected = scene.engine.update(cluster, deletionProtection=False)

    assert unprotected["deletionProtection"] is False
    scene.drop(cluster)


def test_the_reach_of_the_endpoint_changes_in_place_and_the_rest_of_the_block_stays(
    scene: Scene, network: Network
) -> None:
    cluster = scene.cluster(network)
    config: Properties = {"subnetIds": network.subnet_ids, "endpointPrivateAccess": True}

    changed = scene.engine.update(cluster, vpcConfig=config)

    vpc_config, before = changed["vpcConfig"], cluster["vpcConfig"]
    assert isinstance(vpc_config, dict)
    assert isinstance(before, dict)
    assert vpc_config == before | {"endpointPrivateAccess": True}


def test_a_cluster_holds_its_role_subnets_and_security_groups(
    scene: Scene, network: Network
) -> None:
    group = scene.make(GROUP, vpcId=network.vpc.physical_id)
    scene.cluster(
        network,
        vpcConfig={"subnetIds": network.subnet_ids, "securityGroupIds": [group.physical_id]},
    )

    with pytest.raises(RefusedError, match=r"^DeleteSubnet: DependencyViolation: "):
        scene.engine.delete(network.subnets[0])
    with pytest.raises(RefusedError, match=r"^DeleteSecurityGroup: DependencyViolation: "):
        scene.engine.delete(group)


def test_another_role_replaces_a_cluster_and_its_fixed_name_makes_the_old_one_go_first(
    scene: Scene, network: Network
) -> None:
    cluster = scene.cluster(network)
    other = scene.make(ROLE, assumeRolePolicy=TRUST_EKS)

    found = scene.engine.diff(cluster, roleArn=other["arn"])

    assert (list(found.replaces), found.deleteBeforeReplace) == (["roleArn"], True)


def test_a_cluster_moves_in_place_to_the_version_that_its_api_server_serves_by_now(
    scene: Scene, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = scene.cluster(network)
    monkeypatch.setattr(scene.api, "version", "1.36")

    moved = scene.engine.update(cluster, version="1.36")

    assert list(scene.engine.diff(cluster, version="1.36").replaces) == []
    assert moved["version"] == "1.36"


def test_an_upgrade_without_an_api_server_that_moves_is_not_simulated(
    scene: Scene, network: Network
) -> None:
    cluster = scene.cluster(network)

    with pytest.raises(RefusedError, match=r"not simulated: UpdateClusterVersion to 1\.36"):
        scene.engine.update(cluster, version="1.36")


@pytest.mark.parametrize("version", ["1.34", "1.37"])
def test_a_cluster_moves_to_the_next_minor_version_alone(
    version: str, scene: Scene, network: Network
) -> None:
    cluster = scene.cluster(network)

    with pytest.raises(RefusedError, match="InvalidParameterException"):
        scene.engine.update(cluster, version=version)


def test_a_cluster_never_moves_back(scene: Scene, network: Network) -> None:
    cluster = scene.cluster(network, version="1.36")

    with pytest.raises(RefusedError, match=r"minor version update from 1\.36 to 1\.35"):
        scene.engine.update(cluster, version="1.35")
