"""Functions that a recording answers."""

from collections.abc import Callable

import pulumi
import pulumi_aws as aws
import pulumi_gcp as gcp
import pytest
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

from infra.catalog.regions import region_names
from infra.graph.invokes import ANSWERS
from infra.graph.zones_aws import zones
from infra.wire import Value
from tests.support.record import PROJECT, aws_provider, gcp_provider, record


def _answer(call: Callable[[pulumi.InvokeOptions], object]) -> Value:
    def program() -> None:
        pulumi.export("answer", call(pulumi.InvokeOptions(provider=aws_provider())))

    return record(program).outputs["answer"]


def test_zones_are_those_of_the_providers_region() -> None:
    names = _answer(lambda opts: aws.get_availability_zones(opts=opts).names)

    assert names == [f"us-east-1{letter}" for letter in "abcdef"]


def test_excluded_zones_are_left_out_by_name_and_by_id() -> None:
    names = _answer(
        lambda opts: (
            aws.get_availability_zones(
                exclude_names=["us-east-1b"], exclude_zone_ids=["use1-az3"], opts=opts
            ).names
        )
    )

    assert names == [f"us-east-1{letter}" for letter in "acdf"]


def test_every_zone_of_a_region_sells_what_the_region_sells() -> None:
    names = aws.ec2.GetInstanceTypeOfferingsFilterArgs(
        name="instance-type", values=["g6.xlarge", "p5e.48xlarge"]
    )

    def ask(opts: pulumi.InvokeOptions) -> object:
        found = aws.ec2.get_instance_type_offerings(
            filters=[names], location_type="availability-zone", opts=opts
        )
        return [list(pair) for pair in zip(found.instance_types, found.locations, strict=True)]

    # us-east-1 sells no p5e.48xlarge.
    assert _answer(ask) == [["g6.xlarge", f"us-east-1{letter}"] for letter in "abcdef"]


def test_every_region_of_the_catalogue_has_zones() -> None:
    assert all(len(zones(region)) >= 2 for region in region_names("aws"))


def test_zones_are_those_that_the_simulated_aws_answers() -> None:
    """Both graphs of a stack, recorded and rehearsed, must see the same zones."""
    for region in region_names("aws"):
        simulated = [(zone.name, zone.zone_id) for zone in RegionsAndZonesBackend.zones[region]]

        assert [(zone.name, zone.zone_id) for zone in zones(region)] == simulated


def test_the_account_is_the_one_of_the_arns() -> None:
    assert _answer(lambda opts: aws.get_caller_identity(opts=opts).account_id) == "123456789012"


def test_an_answer_that_depends_on_a_resource_is_given_too() -> None:
    def program() -> None:
        provider = aws_provider()
        options = pulumi.InvokeOutputOptions(provider=provider)
        pulumi.export("region", aws.get_region_output(region=provider.region, opts=options).region)

    graph = record(program)

    assert graph.outputs["region"] == "us-east-1"
    assert [item.token for item in graph.invokes] == ["aws:index/getRegion:getRegion"]


RESULTS = {
    "aws:ec2/getSubnet:getSubnet": aws.ec2.get_subnet,
    "aws:ec2/getVpc:getVpc": aws.ec2.get_vpc,
    "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": (
        aws.ec2.get_instance_type_offerings
    ),
    "aws:index/getAvailabilityZones:getAvailabilityZones": aws.get_availability_zones,
    "aws:index/getCallerIdentity:getCallerIdentity": aws.get_caller_identity,
    "aws:index/getPartition:getPartition": aws.get_partition,
    "aws:index/getRegion:getRegion": aws.get_region,
    "gcp:compute/getNetwork:getNetwork": gcp.compute.get_network,
    "gcp:compute/getSubnetwork:getSubnetwork": gcp.compute.get_subnetwork,
    "gcp:logging/getProjectCmekSettings:getProjectCmekSettings": (
        gcp.logging.get_project_cmek_settings
    ),
    "gcp:organizations/getProject:getProject": gcp.organizations.get_project,
    "gcp:storage/getProjectServiceAccount:getProjectServiceAccount": (
        gcp.storage.get_project_service_account
    ),
}


@pytest.mark.parametrize("token", ANSWERS)
def test_no_field_of_an_answer_is_empty_but_what_was_asked(token: str) -> None:
    asked = {
        "all_availability_zones",
        "exclude_names",
        "exclude_zone_ids",
        "filters",
        "location_type",
        "state",
        "user_project",
    }
    empty: list[str] = []

    def program() -> None:
        provider = aws_provider() if token.startswith("aws:") else gcp_provider()
        result = RESULTS[token](opts=pulumi.InvokeOptions(provider=provider))
        empty.extend(name for name, value in vars(result).items() if value is None)

    record(program)

    assert {name.removeprefix("_") for name in empty} <= asked


def test_the_project_is_the_one_that_was_asked_for_and_its_number_a_symbol() -> None:
    def program() -> None:
        opts = pulumi.InvokeOptions(provider=gcp_provider())
        project = gcp.organizations.get_project(project_id="another", opts=opts)
        agent = gcp.storage.get_project_service_account(opts=opts)
        pulumi.export("id", project.project_id)
        pulumi.export("number", project.number)
        pulumi.export("agent", agent.email_address)

    outputs = record(program).outputs

    assert (outputs["id"], outputs["number"]) == ("another", "${another.number}")
    assert str(outputs["agent"]).startswith(f"service-${{{PROJECT}.number}}@")
