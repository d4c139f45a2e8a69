"""A stack on Google Cloud: what it must say, what only it may say, what is sold there."""

import pytest

from infra.spec.pools import LocalStorage
from tests.unit.spec.stacks import Config, a_gcp_pool, a_gcp_stack, a_stack, loaded, mistakes, only


def gcp_cloud(**settings: object) -> Config:
    cloud = {"provider": "gcp", "project": "example-llm-dev", "region": "us-central1", **settings}
    return a_gcp_stack(cloud={key: value for key, value in cloud.items() if value is not None})


def gcp_network(**settings: object) -> Config:
    return a_gcp_stack(network=settings)


def test_a_minimal_stack_loads_with_the_defaults_of_its_cloud() -> None:
    spec = loaded(a_gcp_stack(), "gcp-dev")

    assert spec.cluster.system_nodes.machine_type == "e2-standard-4"
    assert (spec.network.pod_cidr, spec.network.service_cidr) == ("100.64.0.0/16", "100.65.0.0/20")
    pool = spec.pool("l4")
    assert (pool.machine_type, pool.spot_machine_types) == ("g2-standard-8", ("g2-standard-8",))
    # Local SSDs of G2 are billed beside the machine: nobody gets them unasked.
    assert pool.local_storage is LocalStorage.NONE


def test_production_needs_no_setting_of_aws() -> None:
    spec = loaded(a_gcp_stack(environment="prod", models=None), "gcp-prod")

    assert (spec.network.nat_gateways, spec.network.interface_endpoints) == ("single", False)
    assert spec.cluster.system_nodes.machine_type == "n2-standard-4"
    assert spec.cluster.deletion_protection


def test_a_project_is_asked_for() -> None:
    mistake = only(gcp_cloud(project=None))

    assert (mistake.setting, mistake.problem) == ("cloud.project", "is missing")


@pytest.mark.parametrize("project", ["Example", "123456789012", "short", "ends-with-", "a" * 31])
def test_a_project_is_an_id_and_not_a_name_or_a_number(project: str) -> None:
    assert only(gcp_cloud(project=project)).problem == "is not the id of a project"


@pytest.mark.parametrize(
    ("section", "settings"),
    [
        ("network", {"podCidr": "100.64.0.0/16"}),
        ("network", {"serviceCidr": "100.65.0.0/20"}),
        ("network", {"podRange": "pods"}),
        ("network", {"serviceRange": "services"}),
        ("cloud", {"provider": "aws", "region": "us-east-1", "project": "example-llm-dev"}),
        ("gpuPools", [{"name": "l4", "gpu": "L4", "spot": {"max": 1}, "flexStart": {"max": 1}}]),
    ],
)
def test_what_only_google_cloud_has_is_refused_on_aws(section: str, settings: object) -> None:
    mistake = only(a_stack(**{section: settings}))

    assert mistake.problem.startswith("is not for aws: ")
    assert mistake.next_step == "remove it"


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        (gcp_network(natGateways="per-zone"), "Cloud NAT is regional"),
        (gcp_network(interfaceEndpoints=True), "Private Google Access"),
        (a_gcp_pool(efa=True), "Elastic Fabric Adapters"),
        (a_gcp_pool(nodeRepair=False), "release channel"),
    ],
)
def test_what_only_aws_has_is_refused_on_google_cloud(config: Config, reason: str) -> None:
    mistake = only(config)

    assert mistake.problem.startswith("is not for gcp: ")
    assert reason in mistake.problem


def test_a_foreign_network_is_one_subnetwork_with_two_named_ranges() -> None:
    network = {
        "vpcId": "shared",
        "privateSubnetIds": ["nodes"],
        "podRange": "pods",
        "serviceRange": "services",
    }

    spec = loaded(gcp_network(**network))

    assert (spec.network.is_foreign, spec.network.pod_cidr) == (True, None)


def test_a_foreign_network_without_its_ranges_is_reported_whole() -> None:
    found = mistakes(gcp_network(vpcId="shared", privateSubnetIds=["a", "b"]))

    assert [mistake.setting for mistake in found] == [
        "network.privateSubnetIds",
        "network.podRange",
        "network.serviceRange",
    ]


def test_a_link_to_a_network_is_no_name_of_one() -> None:
    link = "projects/p/global/networks/shared"
    network = {"privateSubnetIds": ["s"], "podRange": "pods", "serviceRange": "services"}

    assert only(gcp_network(vpcId=link, **network)).next_step == "write shared"


def test_ranges_do_not_overlap() -> None:
    mistake = only(gcp_network(podCidr="10.0.0.0/14"))

    assert (mistake.setting, mistake.problem) == ("network.podCidr", "overlaps cloud.networkCidr")


def test_the_smallest_a3_is_not_sold_on_demand() -> None:
    mistake = only(a_gcp_pool(gpu="H100", spot=None, onDemand={"max": 1}))

    assert mistake.problem == "a3-highgpu-1g is not sold on-demand"
    assert mistake.allowed == "spot and flexStart for this machine"


def test_flex_start_is_a_way_of_buying() -> None:
    spec = loaded(a_gcp_pool(gpu="H100", spot=None, flexStart={"max": 2}), "gcp-dev")

    assert (spec.gpu_pools[0].most_flex_start, spec.gpu_pools[0].most_nodes) == (2, 2)


@pytest.mark.parametrize(
    ("gpu", "nearest"), [("L40S", "write gpu: RTX-PRO-6000"), ("A10G", "write gpu: L4")]
)
def test_a_gpu_that_nobody_sells_there_is_refused_with_the_nearest(gpu: str, nearest: str) -> None:
    mistake = only(a_gcp_pool(gpu=gpu))

    assert (mistake.setting, mistake.problem) == ("gpuPools[l4].gpu", "no machine of gcp has it")
    assert mistake.next_step.startswith(nearest)


@pytest.mark.parametrize("name", ["g4-standard-6", "g4-standard-24"])
def test_a_fraction_of_a_gpu_is_refused_with_the_reason(name: str) -> None:
    mistake = only(a_gcp_pool(gpu="RTX-PRO-6000", machineType=name))

    assert mistake.problem == "has a fraction of a GPU, and a model gets whole GPUs"
    assert mistake.next_step == "write g4-standard-48, or choose another GPU"


def test_a_machine_that_the_region_does_not_sell_is_refused_with_regions_that_do() -> None:
    cloud = {"provider": "gcp", "project": "example-llm-dev", "region": "us-east1"}
    pool = {"name": "h", "gpu": "H100", "gpusPerNode": 8, "onDemand": {"max": 1}}

    mistake = only(a_gcp_stack(cloud=cloud, gpuPools=[pool], models=None))

    assert mistake.problem == "is not known to be sold in us-east1"
    assert "us-central1" in mistake.next_step


def test_compact_placement_is_for_machines_that_take_it() -> None:
    refused = only(a_gcp_pool(gpu="RTX-PRO-6000", placementGroup=True))

    assert refused.problem == "g4-standard-48 takes no compact placement"
    assert loaded(a_gcp_pool(placementGroup=True)).gpu_pools[0].placement_group


def test_local_ssds_come_when_they_are_asked_for() -> None:
    pool = loaded(a_gcp_pool(localStorage="raid0")).gpu_pools[0]

    assert pool.local_storage is LocalStorage.RAID0


def test_local_ssds_that_are_in_the_machine_are_used() -> None:
    spec = loaded(a_gcp_pool(gpu="A100-80GB"))

    assert spec.gpu_pools[0].local_storage is LocalStorage.RAID0


def test_every_node_finds_a_range_for_its_pods() -> None:
    config = a_gcp_pool(spot={"max": 40}) | {"tokenworks:network": {"podCidr": "100.64.0.0/19"}}

    mistake = only(config)

    assert mistake.problem == "has room for 32 nodes, and the stack may have 43"
    assert mistake.next_step == "write a range of /18, or lower the max of pools"


def test_a_small_range_is_enough_for_few_nodes() -> None:
    config = a_gcp_pool(spot={"max": 1}) | {"tokenworks:network": {"podCidr": "100.64.0.0/22"}}

    assert loaded(config).network.pod_cidr == "100.64.0.0/22"


def test_a_range_that_is_smaller_than_one_node_needs_is_refused() -> None:
    mistake = only(gcp_network(podCidr="100.64.0.0/25"))

    assert (mistake.problem, mistake.next_step) == ("is too small", "write 100.64.0.0/24")


def a_gcp_cluster(**settings: object) -> Config:
    return a_gcp_stack(cluster=settings)


@pytest.mark.parametrize("setting", ["admins", "modelDeployers"])
@pytest.mark.parametrize(
    ("member", "next_step"),
    [
        ("ops@example.com", "write user:ops@example.com"),
        ("ci@p.iam.gserviceaccount.com", "write serviceAccount:ci@p.iam.gserviceaccount.com"),
        ("allUsers", "name a person, a group or a service account; RBAC binds nothing else"),
        ("arn:aws:iam::111122223333:role/x", "write user:, group: or serviceAccount: and an"),
    ],
)
def test_people_are_iam_members(setting: str, member: str, next_step: str) -> None:
    mistake = only(a_gcp_cluster(**{setting: [member]}))

    assert mistake.setting == f"cluster.{setting}[0]"
    assert mistake.problem == "is not an IAM member"
    assert mistake.next_step.startswith(next_step)


def test_members_of_three_kinds_are_taken_and_each_once() -> None:
    members = ["user:a@example.com", "group:ops@example.com"]

    assert loaded(a_gcp_cluster(admins=members)).cluster.admins == tuple(members)
    assert only(a_gcp_cluster(admins=[members[0]] * 2)).problem == "is named twice"


def test_logs_are_kept_as_long_as_a_log_bucket_keeps_them() -> None:
    assert only(a_gcp_cluster(logRetentionDays=3651)).allowed == "at most 3650"


@pytest.mark.parametrize("minor", ["1.34", "1.37"])
def test_a_kubernetes_version_that_gke_does_not_offer_is_refused(minor: str) -> None:
    assert only(a_gcp_cluster(kubernetesVersion=minor)).setting == "cluster.kubernetesVersion"


def test_a_cluster_and_its_node_pools_have_names_that_gke_takes() -> None:
    long_pool = a_gcp_pool(name="a" * 22)

    assert only(long_pool).allowed == "at most 21 characters"
    assert only(a_gcp_stack(), "g" * 30).allowed == "at most 29 characters, the last one no hyphen"
    assert loaded(a_gcp_stack(), "g" * 29).name == "g" * 29


def test_everything_wrong_is_reported_at_once_and_nothing_twice() -> None:
    found = mistakes(
        a_gcp_stack(
            cloud={"provider": "gcp", "region": "us-central1"},
            network={"natGateways": "per-zone", "podCidr": "8.8.8.0/24"},
            cluster={"admins": ["me@example.com"]},
            gpuPools=[{"name": "x", "gpu": "L40S", "onDemand": {"max": 1}, "efa": True}],
            models=None,
        )
    )

    assert sorted(mistake.setting for mistake in found) == [
        "cloud.project",
        "cluster.admins[0]",
        "gpuPools[x].efa",
        "gpuPools[x].gpu",
        "network.natGateways",
        "network.podCidr",
    ]


def test_a_pool_has_one_machine_type() -> None:
    mistake = only(a_gcp_pool(spotMachineTypes=["g2-standard-8", "g2-standard-12"]))

    assert "a node pool of GKE has one machine type" in mistake.problem


def reserved(**settings: object) -> Config:
    reservation = {"id": "l4s", "kind": "capacity-reservation", "zone": "us-central1-a", **settings}
    return a_gcp_pool(spot=None, onDemand={"max": 1}, reservation=reservation)


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"id": "cr/1"}, "is not the name of a reservation"),
        ({"kind": "capacity-block"}, "is not for gcp: Capacity Blocks are sold by EC2"),
        ({"zone": "us-central1-f"}, "is not known to sell g2-standard-8"),
        ({"zone": "us-east1-b"}, "is not a zone of us-central1"),
    ],
)
def test_a_reservation_has_a_name_and_a_zone_that_sells_the_machine(
    settings: dict[str, str], problem: str
) -> None:
    assert only(reserved(**settings)).problem == problem


def test_a_good_reservation_is_taken() -> None:
    spec = loaded(reserved())

    assert spec.gpu_pools[0].reservation is not None
