"""The default StorageClass."""

import pulumi
import pytest

from components.kubernetes.storage import BlockStorage
from infra.graph.model import Resource
from infra.graph.recorder import record_program
from infra.spec.cloud import CloudProvider
from tests.unit.components import examples


def _class(cloud: CloudProvider, key: str | None = None) -> Resource:
    def program() -> None:
        output = pulumi.Output.from_input(key) if key else None
        BlockStorage("storage", cloud=cloud, key=output, opts=examples.with_kubernetes())

    (storage,) = record_program(program, stack="test").of_type("StorageClass")
    return storage


def test_a_volume_of_aws_is_encrypted_because_the_class_says_so() -> None:
    storage = _class(CloudProvider.AWS)

    assert storage.inputs["provisioner"] == "ebs.csi.aws.com"
    assert storage.inputs["parameters"] == {"type": "gp3", "encrypted": "true"}


def test_a_volume_of_google_cloud_is_a_disk_that_its_node_can_have() -> None:
    storage = _class(CloudProvider.GCP)

    assert storage.inputs["provisioner"] == "pd.csi.storage.gke.io"
    assert storage.inputs["parameters"] == {
        "type": "dynamic",
        "pd-type": "pd-balanced",
        "hyperdisk-type": "hyperdisk-balanced",
        "use-allowed-disk-topology": "true",
    }


def test_a_key_of_the_platform_is_the_key_of_its_volumes() -> None:
    storage = _class(CloudProvider.GCP, key="projects/p/locations/l/keyRings/r/cryptoKeys/k")

    assert examples.body(storage, "parameters")["disk-encryption-kms-key"] == (
        "projects/p/locations/l/keyRings/r/cryptoKeys/k"
    )


@pytest.mark.parametrize("cloud", CloudProvider)
def test_a_volume_that_nobody_described_gets_this_class_and_can_grow(cloud: CloudProvider) -> None:
    storage = _class(cloud)

    assert storage.inputs["allowVolumeExpansion"] is True
    assert examples.body(storage, "metadata")["annotations"] == {
        "storageclass.kubernetes.io/is-default-class": "true"
    }


@pytest.mark.parametrize("cloud", CloudProvider)
def test_the_node_is_chosen_before_the_zone_of_the_volume(cloud: CloudProvider) -> None:
    assert _class(cloud).inputs["volumeBindingMode"] == "WaitForFirstConsumer"
