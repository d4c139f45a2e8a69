"""Pod Identity associations of the simulated AWS."""

import pytest

from infra.wire import Properties
from tests.unit.rehearsal.aws.harness import Simulation
from tests.unit.rehearsal.aws.scene import IDENTITY, Network, Scene
from tests.unit.rehearsal.cloud.wire import Made, RefusedError

PODS = "pods.eks.amazonaws.com"


@pytest.fixture
def cluster(scene: Scene, network: Network) -> str:
    """A cluster."""
    return str(scene.cluster(network)["name"])


def _inputs(cluster: str, role: Made) -> Properties:
    return {
        "clusterName": cluster,
        "namespace": "models",
        "serviceAccount": "model-server",
        "roleArn": role["arn"],
    }


def test_a_service_account_gets_a_role(scene: Scene, cluster: str, simulation: Simulation) -> None:
    inputs = _inputs(cluster, scene.pod_role())

    made = scene.make(IDENTITY, **inputs, tags={"a": "b"})

    assert made.physical_id == made["associationId"]
    assert str(made["associationArn"]).endswith(
        f":podidentityassociation/{cluster}/{made.physical_id}"
    )
    assert inputs.items() <= made.outputs.items()
    assert scene.engine.read(made) == made
    found = [item for item in simulation.report("/inventory") if "Identity" in item["kind"]]
    assert [item["name"] for item in found] == ["models/model-server"]


def test_an_import_names_the_cluster_too(scene: Scene, cluster: str) -> None:
    made = scene.make(IDENTITY, **_inputs(cluster, scene.pod_role()))
    named = Made(made.urn, f"{cluster},{made.physical_id}", {}, {})

    found = scene.engine.read(named, importing=True)

    assert found is not None
    assert found["associationId"] == made.physical_id


def test_the_role_changes_in_place_and_the_account_does_not(scene: Scene, cluster: str) -> None:
    made = scene.make(IDENTITY, **_inputs(cluster, scene.pod_role()), tags={"a": "b"})
    other = scene.pod_role()
    assert list(scene.engine.diff(made, serviceAccount="x").replaces) == ["serviceAccount"]

    changed = scene.engine.update(
        made, roleArn=other["arn"], disableSessionTags=True, tags={"c": "d"}
    )

    assert (changed["roleArn"], changed["disableSessionTags"]) == (other["arn"], True)
    assert changed["tagsAll"] == {"c": "d"}
    assert scene.engine.update(changed, disableSessionTags=None)["disableSessionTags"] is False


def test_an_association_that_is_gone_is_gone_for_the_engine(
    scene: Scene, cluster: str, simulation: Simulation
) -> None:
    made = scene.make(IDENTITY, **_inputs(cluster, scene.pod_role()))
    region = simulation.cloud.account.region("us-east-1")
    region.call(
        "eks",
        "delete_pod_identity_association",
        clusterName=cluster,
        associationId=made.physical_id,
    )

    assert scene.engine.read(made) is None
    scene.drop(made)


def test_a_second_role_of_a_service_account_is_refused(scene: Scene, cluster: str) -> None:
    inputs = _inputs(cluster, scene.pod_role())
    made = scene.make(IDENTITY, **inputs)

    with pytest.raises(
        RefusedError,
        match=(
            r"^CreatePodIdentityAssociation: ResourceInUseException: "
            rf"Association already exists: {made.physical_id}$"
        ),
    ):
        scene.make(IDENTITY, **inputs)
    scene.make(IDENTITY, **inputs | {"namespace": "other"})


@pytest.mark.parametrize(
    ("service", "actions"),
    [
        ("ec2.amazonaws.com", ("sts:AssumeRole", "sts:TagSession")),
        (PODS, ("sts:AssumeRole",)),
    ],
    ids=["another service", "no session tags"],
)
def test_a_role_that_pods_cannot_take_on_is_refused(
    scene: Scene, cluster: str, service: str, actions: tuple[str, ...]
) -> None:
    made = scene.make(IDENTITY, **_inputs(cluster, scene.pod_role()))
    closed = scene.pod_role(service, *actions)
    message = "InvalidParameterException: Trust policy of the role provided is invalid: arn:"

    with pytest.raises(RefusedError, match=f"^CreatePodIdentityAssociation: {message}"):
        scene.make(IDENTITY, **_inputs(cluster, closed) | {"namespace": "other"})
    with pytest.raises(RefusedError, match=f"^UpdatePodIdentityAssociation: {message}"):
        scene.engine.update(made, roleArn=closed["arn"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"roleArn": "arn:aws:iam::123456789012:role/nobody"},
            "InvalidParameterException: Role provided in the request does not exist",
        ),
        ({"clusterName": "none"}, "ResourceNotFoundException: No cluster found for name: none"),
        ({"targetRoleArn": "arn:aws:iam::1:role/x"}, "^not simulated: targetRoleArn"),
    ],
    ids=["role", "cluster", "chain"],
)
def test_an_association_that_eks_would_not_take_is_refused(
    scene: Scene, cluster: str, changes: Properties, message: str
) -> None:
    inputs = _inputs(cluster, scene.pod_role())
    with pytest.raises(RefusedError, match=message):
        scene.make(IDENTITY, **inputs | changes)
