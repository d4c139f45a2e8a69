"""What Google's discovery documents say of a call, and what they refuse."""

import pytest

from infra.google_discovery import UnknownMethodError, method, schema, violations
from infra.wire import Properties, Value

NETWORK: Properties = {"name": "platform", "autoCreateSubnetworks": False}


def test_a_method_knows_its_parameters_and_bodies() -> None:
    found = method("compute.networks.insert")
    assert (found.http_method, found.request, found.response) == ("POST", "Network", "Operation")
    assert found.required == ("project",)
    assert not found.only_reads


def test_reads_are_known_by_their_http_method_and_policies_by_their_name() -> None:
    assert method("container.projects.locations.clusters.get").only_reads
    assert method("cloudresourcemanager.projects.getIamPolicy").only_reads
    assert not method("cloudresourcemanager.projects.setIamPolicy").only_reads


@pytest.mark.parametrize("unknown", ["compute.networks.make", "nothing.at.all", "compute", ""])
def test_a_method_that_google_does_not_have_is_refused_by_its_id(unknown: str) -> None:
    with pytest.raises(UnknownMethodError, match="no such method"):
        method(unknown)


def test_a_good_call_has_no_violations() -> None:
    assert violations(method("compute.networks.insert"), {"project": "demo"}, NETWORK) == []


def test_every_mistake_in_a_call_is_named_with_its_path() -> None:
    body: Properties = {
        "name": "Not A Name",
        "autoCreateSubnetworks": "no",
        "routingConfig": {"routingMode": "EVERYWHERE"},
        "colour": "blue",
        "mtu": 1.5,
        "peerings": {},
    }
    found = violations(method("compute.networks.insert"), {"zone": "a"}, body)
    assert [wrong.split(", got")[0] for wrong in found] == [
        "zone: no such parameter",
        "project: missing required parameter",
        "name: must match [a-z](?:[-a-z0-9]{0,61}[a-z0-9])?",
        "autoCreateSubnetworks: must be true or false",
        "routingConfig.routingMode: must be one of GLOBAL, REGIONAL",
        "colour: no such field",
        "mtu: must be a whole number",
        "peerings: must be a list",
    ]


def test_a_value_of_a_wrong_kind_is_never_shown() -> None:
    (wrong,) = violations(
        method("compute.networks.insert"), {"project": "demo"}, {"name": {"secret": "hunter2"}}
    )
    assert "hunter2" not in wrong


def test_numbers_of_64_bits_may_be_text_or_numbers() -> None:
    create = method("container.projects.locations.clusters.nodePools.create")

    def accelerators(count: Value) -> list[str]:
        config: Properties = {
            "accelerators": [{"acceleratorType": "nvidia-l4", "acceleratorCount": count}]
        }
        return violations(
            create,
            {"parent": "projects/p/locations/l/clusters/c"},
            {"nodePool": {"name": "l4", "config": config}},
        )

    assert accelerators("1") == accelerators(1) == []
    assert accelerators("one") == [
        "nodePool.config.accelerators.0.acceleratorCount: must be a whole number, got text"
    ]
    assert accelerators([]) == [
        "nodePool.config.accelerators.0.acceleratorCount: must be a whole number, got a list"
    ]


def test_a_schema_is_found_by_its_name() -> None:
    assert "releaseChannel" in str(schema("container", "Cluster")["properties"])
    assert schema("container", "Nothing") == {}
