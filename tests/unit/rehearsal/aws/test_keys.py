"""KMS keys and aliases of the simulated AWS, and clusters whose secrets they encrypt."""

import json

import pytest

from infra.wire import Properties
from tests.unit.rehearsal.aws.harness import Simulation
from tests.unit.rehearsal.aws.scene import ALIAS, KEY, Network, Scene
from tests.unit.rehearsal.cloud.wire import RefusedError

ACCOUNT = "123456789012"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def _policy(principal: Properties | str, *actions: str) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": list(actions)}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Resource": "*"}]})


def test_a_key_rotates_has_a_policy_and_comes_back_as_it_was_declared(scene: Scene) -> None:
    policy = _policy({"AWS": ROOT}, "kms:*")

    key = scene.make(
        KEY, description="secrets", enableKeyRotation=True, policy=policy, tags={"Name": "main"}
    )

    assert key["arn"] == f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{key.physical_id}"
    assert key["keyId"] == key.physical_id
    assert (key["enableKeyRotation"], key["policy"]) == (True, policy)
    assert key["tagsAll"] == {"Name": "main"}
    assert scene.engine.read(key) == key


def test_a_key_changes_in_place(scene: Scene) -> None:
    key = scene.make(KEY, enableKeyRotation=True)

    changed = scene.engine.update(
        key, enableKeyRotation=False, isEnabled=False, description="old", tags={"a": "b"}
    )

    outputs = {name: changed[name] for name in ("enableKeyRotation", "isEnabled", "description")}
    assert outputs == {"enableKeyRotation": False, "isEnabled": False, "description": "old"}
    assert changed["tagsAll"] == {"a": "b"}
    assert list(scene.engine.diff(key, keyUsage="SIGN_VERIFY").replaces) == ["keyUsage"]


def test_a_deleted_key_is_pending_gone_for_the_engine_and_no_leftover(
    scene: Scene, simulation: Simulation
) -> None:
    key = scene.make(KEY, deletionWindowInDays=7)
    assert [item["kind"] for item in simulation.report("/inventory")] == ["KMS key"]

    scene.drop(key)

    region = simulation.cloud.account.region("us-east-1")
    state = region.call("kms", "describe_key", KeyId=key.physical_id)["KeyMetadata"]
    assert isinstance(state, dict)
    assert state["KeyState"] == "PendingDeletion"
    assert scene.engine.read(key) is None
    assert simulation.report("/inventory") == []


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"deletionWindowInDays": 3}, r"deletionWindowInDays: expected .* \(7 - 30\), got 3"),
        ({"rotationPeriodInDays": 365}, "rotationPeriodInDays: needs enableKeyRotation"),
        ({"policy": "allow"}, "policy: contains an invalid JSON policy"),
        ({"keyUsage": "ADMIRE"}, "'ADMIRE' is not one of SIGN_VERIFY"),
    ],
    ids=["window", "period", "json", "enum"],
)
def test_a_key_that_cannot_be_is_refused_in_preview_already(
    scene: Scene, inputs: Properties, reason: str
) -> None:
    with pytest.raises(RefusedError, match=reason):
        scene.make(KEY, **inputs)


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (_policy({"AWS": ROOT}, "kms:Decrypt"), "will not allow you to update the key policy"),
        (
            _policy({"AWS": f"arn:aws:iam::{ACCOUNT}:role/nobody"}, "kms:*"),
            "one or more invalid principals",
        ),
    ],
    ids=["lock-out", "principal"],
)
def test_a_policy_that_kms_would_not_take_is_refused(
    scene: Scene, policy: str, reason: str
) -> None:
    with pytest.raises(
        RefusedError, match=rf"^CreateKey: MalformedPolicyDocumentException: .*{reason}"
    ):
        scene.make(KEY, policy=policy)
    key = scene.make(KEY)
    with pytest.raises(RefusedError, match=reason):
        scene.engine.update(key, policy=policy)


def test_an_alias_is_named_for_its_key_and_moves_in_place(scene: Scene) -> None:
    key, other = scene.make(KEY), scene.make(KEY)

    alias = scene.make(ALIAS, targetKeyId=key["arn"])

    assert alias.physical_id.startswith("alias/thing-")
    assert (alias["targetKeyId"], alias["targetKeyArn"]) == (key["arn"], key["arn"])
    assert scene.engine.read(alias) == alias
    assert scene.engine.update(alias, targetKeyId=other.physical_id)["targetKeyArn"] == other["arn"]


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"name": "main"}, "name: must begin with 'alias/', got 'main'"),
        ({"name": "alias/aws/main"}, "reserved AWS CMK prefix"),
        ({"targetKeyId": "0123"}, r"NotFoundException: "),
    ],
    ids=["prefix", "reserved", "target"],
)
def test_an_alias_that_kms_would_not_take_is_refused(
    scene: Scene, inputs: Properties, reason: str
) -> None:
    key = scene.make(KEY)

    with pytest.raises(RefusedError, match=reason):
        scene.make(ALIAS, **{"targetKeyId": key.physical_id} | inputs)


def test_a_second_alias_of_a_name_and_one_of_a_key_that_goes_are_refused(scene: Scene) -> None:
    key, leaving = scene.make(KEY), scene.make(KEY)
    scene.make(ALIAS, name="alias/main", targetKeyId=key.physical_id)
    scene.drop(leaving)

    with pytest.raises(RefusedError, match=r"^CreateAlias: AlreadyExistsException: "):
        scene.make(ALIAS, name="alias/main", targetKeyId=key.physical_id)
    with pytest.raises(RefusedError, match=r"^CreateAlias: KMSInvalidStateException: "):
        scene.make(ALIAS, targetKeyId=leaving.physical_id)


def _encrypted(key: str) -> Properties:
    return {"provider": {"keyArn": key}, "resources": ["secrets"]}


def test_a_cluster_keeps_the_key_of_its_secrets(scene: Scene, network: Network) -> None:
    key, other = scene.make(KEY), scene.make(KEY)

    cluster = scene.cluster(network, encryptionConfig=_encrypted(str(key["arn"])))

    assert cluster["encryptionConfig"] == _encrypted(str(key["arn"]))
    assert scene.engine.read(cluster) == cluster
    found = scene.engine.diff(cluster, encryptionConfig=_encrypted(str(other["arn"])))
    assert list(found.replaces) == ["encryptionConfig"]


def test_a_cluster_without_a_key_gets_one_in_place(scene: Scene, network: Network) -> None:
    cluster = scene.cluster(network)
    config = _encrypted(str(scene.make(KEY)["arn"]))
    assert list(scene.engine.diff(cluster, encryptionConfig=config).replaces) == []

    changed = scene.engine.update(cluster, encryptionConfig=config)

    assert changed["encryptionConfig"] == config


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("absent", "Key .* does not exist"),
        ("disabled", "is Disabled"),
        ("asymmetric", "is not symmetric"),
        ("pods", "valid value for resources"),
    ],
)
def test_a_cluster_whose_secrets_no_key_can_encrypt_is_refused(
    scene: Scene, network: Network, state: str, reason: str
) -> None:
    asymmetric: Properties = {"customerMasterKeySpec": "RSA_2048", "keyUsage": "SIGN_VERIFY"}
    key = scene.make(
        KEY,
        **(asymmetric if state == "asymmetric" else {}),
        **({"isEnabled": False} if state == "disabled" else {}),
    )
    arn = str(key["arn"])
    config = _encrypted(arn[:-4] + "0000" if state == "absent" else arn)
    if state == "pods":
        config["resources"] = ["pods"]

    with pytest.raises(
        RefusedError, match=rf"^CreateCluster: InvalidParameterException: .*{reason}"
    ):
        scene.cluster(network, encryptionConfig=config)
