"""Who may reach a cluster: tokens, access entries, access policies."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from infra.kube_token.aws import TOKEN_PREFIX, kube_token
from infra.rehearsal.aws import tokens
from infra.rehearsal.aws.eks_access import CLUSTER_ADMIN
from infra.wire import Properties
from tests.unit.rehearsal.aws.harness import Simulation
from tests.unit.rehearsal.aws.scene import ENTRY, GRANT, Network, Scene
from tests.unit.rehearsal.cloud.wire import RefusedError

ADMIN = "arn:aws:iam::111122223333:role/admin"
USER = "arn:aws:iam::123456789012:user/rehearsal"
SECRET = "a" * 40


def _token(simulation: Simulation, cluster: str = "tokenworks-dev", **changes: str) -> str:
    key = simulation.cloud.account.access_key
    session = boto3.session.Session(
        aws_access_key_id=changes.get("key_id", key.access_key_id),
        aws_secret_access_key=changes.get("secret", key.secret_access_key),
    )
    return json.loads(kube_token(cluster, "us-east-1", session))["status"]["token"]


def _rewritten(token: str, change: Callable[[str], str]) -> str:
    encoded = token.removeprefix(TOKEN_PREFIX)
    url = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    return TOKEN_PREFIX + base64.urlsafe_b64encode(change(url).encode()).decode().rstrip("=")


def test_the_creator_of_a_cluster_is_its_administrator(
    scene: Scene, simulation: Simulation, network: Network
) -> None:
    scene.cluster(network)

    status = simulation.authenticate(_token(simulation))

    assert status["authenticated"] is True
    assert status["user"]["username"] == USER
    assert status["user"]["groups"] == ["system:masters"]


def test_a_creator_who_did_not_ask_for_it_gets_no_access(
    scene: Scene, simulation: Simulation, network: Network
) -> None:
    access: Properties = {
        "authenticationMode": "API",
        "bootstrapClusterCreatorAdminPermissions": False,
    }
    cluster = scene.cluster(network, accessConfig=access)
    status = simulation.authenticate(_token(simulation))
    assert status["authenticated"] is False
    assert "has no access entry" in status["error"]

    scene.make(ENTRY, clusterName=cluster["name"], principalArn=USER, kubernetesGroups=["viewers"])

    assert simulation.authenticate(_token(simulation))["user"]["groups"] == ["viewers"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"cluster": "another"}, "the signature does not fit cluster 'tokenworks-dev'"),
        ({"secret": SECRET}, "the signature does not fit"),
        ({"key_id": "AKIAIOSFODNN7EXAMPLE"}, "AKIAIOSFODNN7EXAMPLE, which this account"),
    ],
    ids=["cluster", "secret", "key"],
)
def test_a_token_that_was_signed_for_or_with_something_else_is_refused(
    scene: Scene,
    simulation: Simulation,
    network: Network,
    changes: dict[str, str],
    reason: str,
) -> None:
    scene.cluster(network)

    status = simulation.authenticate(_token(simulation, **changes))

    assert status["authenticated"] is False
    assert reason in status["error"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("GetCallerIdentity", "GetSessionToken", "must be signed for GetCallerIdentity"),
        ("X-Amz-Expires=60", "X-Amz-Expires=900", "X-Amz-Expires must be 1 to 60"),
        ("X-Amz-Expires=60", "X-Amz-Expires=59", "the signature does not fit"),
        ("https://sts.us-east-1.amazonaws.com", "https://evil.example.com", "is no STS endpoint"),
        ("host%3Bx-k8s-aws-id", "host", "signed headers must be"),
        ("&X-Amz-Date", "&Extra=1&X-Amz-Date", "must have exactly"),
        ("%2Fsts%2F", "%2Fs3%2F", "is no STS credential scope"),
        ("X-Amz-Date=20", "X-Amz-Date=never20", "is no date"),
    ],
    ids=["action", "long", "altered", "host", "headers", "extra", "scope", "date"],
)
def test_a_url_that_proves_something_else_is_refused(
    simulation: Simulation, old: str, new: str, reason: str
) -> None:
    secret = simulation.cloud.account.access_key.secret_access_key
    token = _token(simulation)
    altered = _rewritten(token, lambda url: url.replace(old, new))
    assert altered != token

    with pytest.raises(tokens.BadTokenError, match=reason):
        tokens.verify(altered, "tokenworks-dev", secret)


@pytest.mark.parametrize(("minutes", "good"), [(0, True), (14, True), (16, False), (-6, False)])
def test_a_token_is_good_for_a_quarter_of_an_hour(
    simulation: Simulation, minutes: int, *, good: bool
) -> None:
    secret = simulation.cloud.account.access_key.secret_access_key
    now = datetime.now(UTC) + timedelta(minutes=minutes)
    token = _token(simulation)

    if good:
        tokens.verify(token, "tokenworks-dev", secret, now)
    else:
        with pytest.raises(tokens.BadTokenError, match="expired or not yet valid"):
            tokens.verify(token, "tokenworks-dev", secret, now)


def test_a_token_of_another_kind_is_left_to_others(simulation: Simulation) -> None:
    assert simulation.authenticate("abc") == {"authenticated": False}


def test_a_token_that_is_no_text_is_refused(simulation: Simulation) -> None:
    status = simulation.authenticate(TOKEN_PREFIX + "\u00e9")

    assert status["error"] == "token: is no base64url text"


def test_a_policy_for_a_principal_without_an_entry_is_refused(
    scene: Scene, network: Network
) -> None:
    cluster = scene.cluster(network)

    with pytest.raises(RefusedError, match=r"ResourceNotFoundException: .*principalArn"):
        scene.make(
            GRANT,
            clusterName=cluster["name"],
            principalArn=ADMIN,
            policyArn=CLUSTER_ADMIN,
            accessScope={"type": "cluster"},
        )


def test_groups_and_tags_of_an_entry_change_in_place(scene: Scene, network: Network) -> None:
    cluster = scene.cluster(network)
    entry = scene.make(
        ENTRY, clusterName=cluster["name"], principalArn=ADMIN, tags={"a": "1", "b": "1"}
    )

    changed = scene.engine.update(entry, kubernetesGroups=["viewers"], tags={"a": "2"})

    assert changed["kubernetesGroups"] == ["viewers"]
    assert changed["tagsAll"] == {"a": "2"}
    tagged = scene.engine.update(cluster, tags={"owner": "platform"})
    assert tagged["tags"] == {"owner": "platform"}


def test_nobody_reaches_a_cluster_that_does_not_exist(simulation: Simulation) -> None:
    status = simulation.authenticate(_token(simulation))

    assert status["error"] == "no cluster exists, so nobody may reach one"


def test_a_policy_makes_a_principal_an_administrator_and_its_end_takes_it_back(
    scene: Scene, simulation: Simulation, network: Network
) -> None:
    access: Properties = {
        "authenticationMode": "API",
        "bootstrapClusterCreatorAdminPermissions": False,
    }
    cluster = scene.cluster(network, accessConfig=access)["name"]
    entry = scene.make(ENTRY, clusterName=cluster, principalArn=USER)
    assert entry["userName"] == USER
    grant = scene.make(
        GRANT,
        clusterName=cluster,
        principalArn=USER,
        policyArn=CLUSTER_ADMIN,
        accessScope={"type": "cluster"},
    )
    assert simulation.authenticate(_token(simulation))["user"]["groups"] == ["system:masters"]

    scene.drop(grant)

    assert simulation.authenticate(_token(simulation))["user"]["groups"] == []


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"principalArn": USER}, "ResourceInUseException"),
        ({"principalArn": "arn:aws:iam::123456789012:role/nobody"}, "invalid principal"),
        ({"principalArn": "somebody"}, "is not valid"),
        ({"principalArn": ADMIN, "kubernetesGroups": ["system:masters"]}, "cannot start with"),
        ({"principalArn": ADMIN, "type": "ROBOT"}, "The type ROBOT is not valid"),
        (
            {"principalArn": ADMIN, "type": "EC2_LINUX", "kubernetesGroups": ["viewers"]},
            "groups are not allowed for type EC2_LINUX",
        ),
        ({"principalArn": ADMIN, "clusterName": "x"}, "ResourceNotFoundException"),
    ],
    ids=["twice", "nobody", "no arn", "reserved group", "type", "node", "cluster"],
)
def test_an_entry_that_eks_would_not_take_is_refused(
    scene: Scene, network: Network, entry: Properties, reason: str
) -> None:
    cluster = scene.cluster(network)

    with pytest.raises(RefusedError, match=rf"^CreateAccessEntry: .*{reason}"):
        scene.make(ENTRY, **{"clusterName": cluster["name"]} | entry)


def test_entries_need_a_cluster_that_reads_them(scene: Scene, network: Network) -> None:
    cluster = scene.cluster(network, accessConfig={"authenticationMode": "CONFIG_MAP"})

    with pytest.raises(RefusedError, match=r"InvalidRequestException: .*authentication mode"):
        scene.make(ENTRY, clusterName=cluster["name"], principalArn=ADMIN)


@pytest.mark.parametrize(
    ("grant", "reason"),
    [
        ({"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}, "format is not valid"),
        (
            {"policyArn": CLUSTER_ADMIN.replace("ClusterAdmin", "View")},
            "not simulated: AmazonEKSViewPolicy",
        ),
        ({"accessScope": {"type": "namespace"}}, "Namespaces must be given"),
        ({"accessScope": {"type": "planet"}}, "'planet' is not one of"),
    ],
    ids=["iam policy", "view", "no namespace", "scope"],
)
def test_a_grant_that_means_nothing_here_is_refused(
    scene: Scene, network: Network, grant: Properties, reason: str
) -> None:
    cluster = scene.cluster(network)["name"]
    scene.make(ENTRY, clusterName=cluster, principalArn=ADMIN)
    inputs: Properties = {
        "clusterName": cluster,
        "principalArn": ADMIN,
        "policyArn": CLUSTER_ADMIN,
        "accessScope": {"type": "cluster"},
    }

    with pytest.raises(RefusedError, match=reason):
        scene.make(GRANT, **inputs | grant)
