"""What the estimate knows, and what it says of the rest."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from infra.cost.demand import of_resources, of_stacks
from infra.cost.estimate import NODE_GROUPS, PRICERS, estimate
from infra.cost.free import FREE
from infra.cost.model import Bucket, Estimate, Line, exactly, span
from infra.cost.resources import UNKNOWN, CostResource, Known, from_graph
from infra.cost.usage import Usage
from infra.spec.files import load_stack_file
from infra.spec.stacks import load_environment
from tests.support.graphs import EVERYTHING, GCP_EVERYTHING, GCP_IN_CLOUD, IN_CLOUD, graph_of
from tests.support.stacks import STACKS
from tests.unit.cost.bills import TODAY, estimated, resources

REGIONS = {"aws": "us-east-1", "gcp": "us-central1"}
ALL = (*STACKS, EVERYTHING, GCP_EVERYTHING, IN_CLOUD, GCP_IN_CLOUD)


def of(*found: CostResource, cloud: str = "aws", region: str = "", as_of: date = TODAY) -> Estimate:
    return estimate(found, stack="test", cloud=cloud, region=region or REGIONS[cloud], as_of=as_of)


def a(type_token: str, name: str = "it", **properties: Known) -> CostResource:
    urn = f"urn:pulumi:test::tokenworks::{type_token}::{name}"
    return CostResource(urn=urn, type=type_token, name=name, properties=properties)


def a_group(capacity: str, *machine_types: str, most: int = 1, least: int = 0) -> CostResource:
    return a(
        "aws:eks/nodeGroup:NodeGroup",
        capacityType=capacity,
        instanceTypes=list(machine_types),
        scalingConfig={"minSize": least, "maxSize": most},
    )


def a_pool(machine_type: str, **node_config: Known) -> CostResource:
    return a(
        "gcp:container/nodePool:NodePool",
        autoscaling={"totalMinNodeCount": 1, "totalMaxNodeCount": 1},
        nodeConfig={
            "machineType": machine_type,
            "diskType": "pd-balanced",
            "diskSizeGb": 100,
            **node_config,
        },
    )


def only(lines: Iterable[Line], item: str) -> Line:
    (found,) = [line for line in lines if item in line.item]
    return found


@pytest.mark.parametrize("stack", ALL)
def test_every_type_that_a_stack_declares_is_priced_or_free_for_a_reason(stack: str) -> None:
    types = {item.type for item in from_graph(graph_of(stack))}

    assert types <= PRICERS.keys() | NODE_GROUPS | FREE.keys()
    assert all(FREE.values())


def test_no_type_is_both_priced_and_free() -> None:
    assert not (PRICERS.keys() | NODE_GROUPS) & FREE.keys()


def test_a_type_that_the_estimate_does_not_know_is_unpriced_by_name() -> None:
    (line,) = of(a("aws:rds/instance:Instance", "database")).lines

    assert (line.bucket, line.resource) == (Bucket.UNPRICED, "database")
    assert line.item == "aws:rds/instance:Instance"
    assert line.assumption == "the estimate does not know this type"


@pytest.mark.parametrize(
    ("found", "cloud"),
    [
        (a_group("ON_DEMAND", "p5e.48xlarge"), "aws"),
        (a_group("SPOT", "g5.2xlarge"), "aws"),
        (a_group("SPOT", "g6.xlarge", "g5.2xlarge"), "aws"),
        (a_group("CAPACITY_BLOCK", "p5.48xlarge"), "aws"),
        (a_group("ON_DEMAND", "m99.mega"), "aws"),
        (a_pool("a2-ultragpu-4g", flexStart=True), "gcp"),
        (a_pool("a4-highgpu-8g"), "gcp"),
    ],
)
def test_a_machine_without_a_price_is_unpriced_by_name(found: CostResource, cloud: str) -> None:
    line, disks = of(found, cloud=cloud).lines

    assert line.bucket is Bucket.UNPRICED
    assert line.usd_per_month is None
    assert line.assumption.startswith(
        ("no source gives a price of ", "no first-hand source gives a price of ")
    )
    assert disks.bucket is Bucket.PRICED


def test_spot_is_never_priced_as_on_demand_nor_the_other_way_round() -> None:
    machines = of(a_group("SPOT", "g6.xlarge", most=2)).lines[0]

    assert machines.usd_per_unit == span(Decimal("0.347"), Decimal("0.3618"), Decimal("0.5525"))
    on_demand = of(a_group("ON_DEMAND", "g6.xlarge", most=2)).lines[0]
    assert on_demand.usd_per_unit == exactly(Decimal("0.8048"))


def test_spot_of_several_types_runs_from_the_cheapest_to_the_dearest() -> None:
    machines = of(a_group("SPOT", "g6.8xlarge", "g6.2xlarge")).lines[0]

    assert machines.usd_per_unit == span(Decimal("0.4235"), Decimal("1.1198"), Decimal("1.1297"))


@pytest.mark.parametrize("machine_type", ["g2-standard-8", "a2-highgpu-1g", "a3-highgpu-8g"])
def test_a_gpu_in_its_machines_price_is_not_billed_beside_it(machine_type: str) -> None:
    accelerators: list[Known] = [{"type": "nvidia-l4", "count": 1}]
    with_gpu = of(a_pool(machine_type, guestAccelerators=accelerators), cloud="gcp")
    without = of(a_pool(machine_type), cloud="gcp")

    assert with_gpu.total == without.total
    assert len(with_gpu.lines) == len(without.lines) == 2
    assert with_gpu.lines[0].gpus is not None


def test_a_gpu_beside_a_machine_that_has_none_is_unpriced_by_name() -> None:
    accelerators: list[Known] = [{"type": "nvidia-tesla-t4", "count": 2}]
    found = of(a_pool("n2-standard-4", guestAccelerators=accelerators), cloud="gcp")

    assert [line.item for line in found.unpriced] == ["GPUs attached to machines"]


def test_local_ssds_are_billed_where_the_price_of_the_machine_leaves_them_out() -> None:
    ssds: Known = {"localSsdCount": 16}

    def items(machine_type: str) -> list[str]:
        pool = a_pool(machine_type, ephemeralStorageLocalSsdConfig=ssds)
        return [line.item for line in of(pool, cloud="gcp").lines]

    assert not any("SSD" in item for item in items("a3-highgpu-8g"))
    assert "local SSD, 16 x 375 GB each" in items("a3-megagpu-8g")
    assert "local SSD, 16 x 375 GB each" in items("g2-standard-96")


@pytest.mark.parametrize("name", ["aws-spot", "aws-zones", "gcp-spot", "gcp-ssd"])
def test_another_region_has_no_price_and_no_number(name: str) -> None:
    cloud, _, _ = name.partition("-")
    found = of(*resources(name), cloud=cloud, region="somewhere-else")

    assert found.lines
    assert {line.bucket for line in found.lines} == {Bucket.UNPRICED}
    assert all("somewhere-else" in line.assumption for line in found.lines)


@pytest.mark.parametrize("name", ["aws-zones", "gcp-ssd"])
def test_what_is_not_known_yet_is_unpriced_and_never_zero(name: str) -> None:
    blank = tuple(
        replace(item, properties=dict.fromkeys(item.properties, UNKNOWN), dependencies={})
        for item in resources(name)
    )
    found = estimated(name, blank)

    groups = [item.urn for item in blank if item.type in NODE_GROUPS]
    assert groups
    for urn in groups:
        (line,) = [line for line in found.lines if line.urn == urn]
        assert line.bucket is Bucket.UNPRICED
        assert line.assumption.endswith("not known before the engine runs")


def test_one_unknown_property_leaves_the_other_lines_alone() -> None:
    group = replace(
        a_group("ON_DEMAND", "g6.xlarge"),
        properties={**a_group("ON_DEMAND", "g6.xlarge").properties, "launchTemplate": UNKNOWN},
    )
    machines, disks = of(group).lines

    assert machines.bucket is Bucket.PRICED
    assert (disks.bucket, disks.item) == (Bucket.UNPRICED, "boot disks")


@pytest.mark.parametrize("value", [None, "two", -1, 1.5, True, []])
def test_a_number_of_nodes_of_another_form_is_unpriced(value: Known) -> None:
    group = replace(
        a_group("ON_DEMAND", "g6.xlarge"),
        properties={
            "instanceTypes": ["g6.xlarge"],
            "scalingConfig": {"minSize": 0, "maxSize": value},
        },
    )

    assert [line.bucket for line in of(group).lines] == [Bucket.UNPRICED]


def test_beyond_what_gp3_has_for_free_iops_and_throughput_are_billed() -> None:
    ebs: Known = {"volumeType": "gp3", "volumeSize": 100, "iops": 4000, "throughput": 225}
    template = a(
        "aws:ec2/launchTemplate:LaunchTemplate", "template", blockDeviceMappings=[{"ebs": ebs}]
    )
    group = replace(
        a_group("ON_DEMAND", "g6.xlarge", least=2, most=2),
        dependencies={"launchTemplate": (template.urn,)},
    )
    group = replace(group, properties={**group.properties, "launchTemplate": {"id": UNKNOWN}})
    lines = of(template, group).lines

    assert only(lines, "gp3 100 GB each").usd_per_month == exactly(Decimal("16.00"))
    assert only(lines, "4000 IOPS").usd_per_month == exactly(Decimal("10.000"))
    assert only(lines, "225 MB/s").usd_per_month == exactly(Decimal("8.00"))


@pytest.mark.parametrize(
    ("version", "support", "as_of", "usd"),
    [
        ("1.35", "STANDARD", date(2027, 3, 27), (73, 73, 73)),
        ("1.35", "EXTENDED", date(2027, 3, 27), (73, 73, 73)),
        ("1.35", "EXTENDED", date(2027, 3, 28), (438, 438, 438)),
        ("1.35", "STANDARD", date(2027, 3, 28), (73, 73, 73)),
        ("1.35", None, date(2027, 3, 28), (438, 438, 438)),
        ("1.36", "EXTENDED", date(2026, 11, 26), (73, 73, 438)),
        ("1.29", "EXTENDED", date(2026, 11, 26), (73, 438, 438)),
    ],
)
def test_extended_support_begins_when_standard_support_ends(
    version: str, support: str | None, as_of: date, usd: tuple[int, int, int]
) -> None:
    policy: Known = {"supportType": support} if support else None
    cluster = a("aws:eks/cluster:Cluster", version=version, upgradePolicy=policy)
    (line,) = of(cluster, as_of=as_of).lines

    assert line.usd_per_month == span(*usd)


def test_gkes_extended_channel_is_unpriced_by_name() -> None:
    cluster = a("gcp:container/cluster:Cluster", releaseChannel={"channel": "EXTENDED"})
    found = of(cluster, cloud="gcp")

    assert [line.item for line in found.unpriced] == ["extended support"]
    assert found.total == exactly(73)


def test_cloud_nat_bills_no_more_than_32_nodes() -> None:
    pool = replace(
        a_pool("e2-standard-2"),
        properties={
            **a_pool("e2-standard-2").properties,
            "autoscaling": {"totalMinNodeCount": 1, "totalMaxNodeCount": 40},
        },
    )
    found = of(a("gcp:compute/routerNat:RouterNat", "nat"), pool, cloud="gcp")

    assert only(found.lines, "nodes behind NAT").quantity_per_month == span(730, 730, 32 * 730)


@pytest.mark.parametrize("stack", STACKS)
def test_what_servers_ask_for_reads_the_same_from_settings_and_from_deployments(stack: str) -> None:
    spec = load_stack_file(stack)
    mine = of_stacks([spec]) if "models" in spec.layers else ()
    theirs = of_resources(from_graph(graph_of(stack))) or ()

    assert sorted(
        (one.pool, one.gpus_each, one.servers, one.on_demand_only, one.from_hub) for one in mine
    ) == sorted(
        (one.pool, one.gpus_each, one.servers, one.on_demand_only, one.from_hub) for one in theirs
    )


def test_weights_come_through_nat_where_nothing_leads_past_it() -> None:
    without = tuple(
        item for item in resources("aws-spot") if item.type != "aws:ec2/vpcEndpoint:VpcEndpoint"
    )
    line = only(estimated("aws-spot", without).lines, "weights of servers that start")

    # 14.19 GiB are 15.24 GB; one server starts 30 times a month.
    assert line.quantity_per_month == exactly(Decimal("457.20"))
    assert line.bucket is Bucket.USAGE
    assert not any("weights of" in line.item for line in estimated("aws-spot").lines)


def test_amounts_that_depend_on_use_can_be_others() -> None:
    nat = a("aws:ec2/natGateway:NatGateway")
    found = estimate(
        [nat],
        stack="test",
        cloud="aws",
        region="us-east-1",
        as_of=TODAY,
        usage=Usage(nat_gb=Decimal(1000)),
    )

    assert only(found.lines, "data through NAT").usd_per_month == exactly(45)


def test_the_models_of_an_environment_decide_what_its_cluster_runs() -> None:
    alone = estimate(
        from_graph(graph_of("aws-prod")),
        stack="aws-prod",
        cloud="aws",
        region="us-east-1",
        as_of=TODAY,
        pods=(),
    )
    together = estimate(
        from_graph(graph_of("aws-prod")),
        stack="aws-prod",
        cloud="aws",
        region="us-east-1",
        as_of=TODAY,
        pods=of_stacks(load_environment("aws-prod")),
    )

    assert alone.gpus["H100"].expected == 0
    assert together.gpus["H100"].expected == 8
    assert together.gpus["H100"].maximum == alone.gpus["H100"].maximum == 16
