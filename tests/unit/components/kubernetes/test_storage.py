"""The default StorageClass."""

from components.kubernetes.storage import BlockStorage
from infra.graph.model import Resource
from infra.graph.recorder import record_program
from tests.unit.components import examples


def _class() -> Resource:
    graph = record_program(
        lambda: BlockStorage("storage", examples.with_kubernetes()), stack="aws-dev"
    )
    return graph.named("storage-gp3")


def test_a_volume_that_nobody_described_is_encrypted_and_can_grow() -> None:
    storage = _class()

    assert storage.inputs["provisioner"] == "ebs.csi.aws.com"
    assert storage.inputs["parameters"] == {"type": "gp3", "encrypted": "true"}
    assert storage.inputs["allowVolumeExpansion"] is True
    assert examples.body(storage, "metadata")["annotations"] == {
        "storageclass.kubernetes.io/is-default-class": "true"
    }


def test_the_node_is_chosen_before_the_zone_of_the_volume() -> None:
    assert _class().inputs["volumeBindingMode"] == "WaitForFirstConsumer"
