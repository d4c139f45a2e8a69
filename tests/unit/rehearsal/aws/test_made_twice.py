"""What a program makes a second time, having forgotten the first, is refused or seen to be two.

Tests that kill inside creates judge by it: a kind whose second thing is neither cannot be judged.
"""

from collections.abc import Iterator

from infra.rehearsal.aws.catalogue import TYPES
from infra.wire import Properties
from tests.support.recoverable import REFUSALS, WORLDS
from tests.unit.rehearsal.aws import scene as kinds
from tests.unit.rehearsal.aws.harness import REGION, Engine, Simulation
from tests.unit.rehearsal.aws.scene import Network, Scene
from tests.unit.rehearsal.cloud.wire import Made, PartlyError, RefusedError, urn

WORLD = WORLDS["aws"]
NAME = "twin"
NAMED: Properties = {"tags": {"Name": NAME}}


def test_two_of_every_kind_that_recovery_is_tested_with_are_refused_or_counted(
    scene: Scene, network: Network, simulation: Simulation
) -> None:
    forgetful = Engine(simulation.cloud.ports.provider)
    forgetful.random_seed = b"fedcba9876543210"
    unseen: set[str] = set()
    asked: set[str] = set()
    for kind, inputs in _asked_for(scene, network):
        scene.made.append(scene.engine.create(kind, inputs, NAME))
        error = _make_again(forgetful, scene, kind, inputs)
        two = {found for found, _name in WORLD.several(simulation.report("/inventory"))}
        if not any(word in error for word in REFUSALS) and WORLD.kinds[kind] not in two:
            unseen.add(kind)
        asked.add(kind)
    forgetful.close()

    assert unseen == set()
    assert asked == WORLD.kinds.keys()


def _make_again(engine: Engine, scene: Scene, kind: str, inputs: Properties) -> str:
    """Return what a person reads when it is refused; what there is all the same goes at the end."""
    try:
        scene.made.append(engine.create(kind, inputs, NAME))
    except PartlyError as error:
        scene.made.append(Made(urn(kind, NAME), error.physical_id, inputs, error.outputs))
        return str(error)
    except RefusedError as error:
        return str(error)
    return ""


def _asked_for(scene: Scene, network: Network) -> Iterator[tuple[str, Properties]]:
    """What a program asks for, which gives names by tags or leaves them to be drawn."""
    for kind, inputs in _inputs(scene, network):
        yield kind, inputs | NAMED if TYPES[kind].tags is not None else inputs


def _inputs(scene: Scene, network: Network) -> Iterator[tuple[str, Properties]]:
    vpc: Properties = {"vpcId": network.vpc.physical_id}
    yield kinds.VPC, {"cidrBlock": "10.1.0.0/16"}
    zone = f"{REGION}a"
    yield kinds.SUBNET, {**vpc, "cidrBlock": "10.0.9.0/24", "availabilityZone": zone}
    yield kinds.GATEWAY, vpc
    yield kinds.TABLE, vpc
    yield kinds.ENDPOINT, {**vpc, "serviceName": f"com.amazonaws.{REGION}.s3"}
    yield kinds.ADDRESS, {"domain": "vpc"}
    address = scene.made[-1].physical_id
    yield kinds.NAT, {"subnetId": network.subnets[0].physical_id, "allocationId": address}
    yield kinds.TEMPLATE, {}
    yield kinds.LOGS, {}
    yield kinds.ROLE, {"assumeRolePolicy": kinds.TRUST_EC2}
    yield kinds.BUCKET, {}
    yield kinds.REPOSITORY, {}
    yield kinds.SECRET, {}
    yield kinds.CACHE, {"ecrRepositoryPrefix": "quay", "upstreamRegistryUrl": "quay.io"}
    yield kinds.KEY, {}
    yield kinds.ALIAS, {"targetKeyId": scene.made[-1].physical_id}
    roles = {"roleArn": scene.cluster_role()["arn"]}
    subnets: Properties = {"vpcConfig": {"subnetIds": network.subnet_ids}}
    access: Properties = {"accessConfig": {"authenticationMode": "API"}}
    yield kinds.CLUSTER, {"name": NAME, "version": "1.35", **roles, **subnets, **access}
    cluster = scene.made[-1]
    yield kinds.NODES, scene.node_group_inputs(cluster, network)
    yield kinds.ADDON, {"clusterName": cluster["name"], "addonName": "kube-proxy"}
