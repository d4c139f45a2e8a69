"""Checks across settings."""

import pytest

from infra.catalog.machines import machine, machines
from infra.spec.checks_cluster import is_roomy_system_node
from tests.unit.spec.stacks import a_model, a_pool, a_stack, loaded, mistakes, only

ADMIN = "arn:aws:iam::111122223333:role/admin"


def a_cloud(**settings: object) -> dict[str, object]:
    return a_stack(cloud={"provider": "aws", "region": "us-east-1", **settings})


def a_cluster(environment: str = "dev", **settings: object) -> dict[str, object]:
    return a_stack(environment=environment, cluster=settings)


def system_nodes(**settings: object) -> dict[str, object]:
    nodes = {"machineType": "m7i.large", "min": 1, "max": 2, **settings}
    return a_cluster(systemNodes=nodes)


@pytest.mark.parametrize(
    ("cidr", "problem", "next_step"),
    [
        ("10.0.0.0/15", "is too large", "write 10.0.0.0/16"),
        ("10.0.0.0/21", "is too small", "write 10.0.0.0/20 or wider"),
        ("10.0.1.0/16", "has host bits set", "write 10.0.0.0/16"),
        ("10.0.0.0", "has no prefix length", "write 10.0.0.0/32 for one address"),
        ("10.0.0/16", "is not an IPv4 range", "write four numbers"),
        ("fd00::/16", "is an IPv6 range", "write an IPv4 range"),
        ("11.0.0.0/16", "is public", "choose a range of 10.0.0.0/8"),
    ],
)
def test_a_network_range_that_aws_or_routing_refuses(
    cidr: str, problem: str, next_step: str
) -> None:
    mistake = only(a_cloud(networkCidr=cidr))

    assert (mistake.setting, mistake.problem) == ("cloud.networkCidr", problem)
    assert mistake.next_step.startswith(next_step)


def test_a_region_with_two_zones_cannot_span_three() -> None:
    config = a_stack(
        cloud={"provider": "aws", "region": "us-west-1", "zones": 3}, gpuPools=None, models=None
    )

    assert only(config).next_step == "write zones: 2"


@pytest.mark.parametrize("version", ["1.34", "1.37", "1.35.1", "v1.35"])
def test_a_kubernetes_version_outside_of_support_is_refused(version: str) -> None:
    mistake = only(a_cluster(kubernetesVersion=version))

    assert mistake.allowed == 'one of: "1.35", "1.36"'


def test_the_next_kubernetes_version_is_allowed() -> None:
    assert loaded(a_cluster(kubernetesVersion="1.36")).cluster.kubernetes_version == "1.36"


@pytest.mark.parametrize("text", ["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1"])
def test_production_is_not_open_to_the_internet(text: str) -> None:
    mistake = only(a_cluster("prod", endpointAccess=[text]))

    assert mistake.setting == "cluster.endpointAccess[0]"
    assert mistake.problem == "lets the internet reach a production API server"


def test_development_may_be_open_to_the_internet() -> None:
    assert mistakes(a_cluster("dev", endpointAccess=["0.0.0.0/0"])) == ()


@pytest.mark.parametrize(
    "text",
    [
        "192.168.7.0/24",
        "100.64.0.0/10",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "255.255.255.255/32",
        "0.0.0.0/8",
        "0.0.0.0/32",
    ],
)
def test_eks_refuses_private_and_reserved_endpoint_ranges_and_so_do_we(text: str) -> None:
    mistake = only(a_cluster(endpointAccess=[text]))

    assert mistake.problem == "is private or reserved, and EKS refuses such ranges here"


def test_one_address_needs_its_prefix() -> None:
    mistake = only(a_cluster(endpointAccess=["203.0.113.7"]))

    assert mistake.next_step == "write 203.0.113.7/32 for one address"


def test_more_ranges_than_eks_takes_are_refused() -> None:
    ranges = [f"203.0.113.{host}/32" for host in range(41)]

    assert only(a_cluster(endpointAccess=ranges)).got == "41"
    assert mistakes(a_cluster(endpointAccess=ranges[:40])) == ()


@pytest.mark.parametrize(
    ("arn", "next_step"),
    [
        ("arn:aws:sts::111122223333:assumed-role/admin/me", "not its session"),
        ("arn:aws:iam::111122223333:root", "cannot be the account's root"),
        ("admin", "aws iam get-role"),
        ("arn:aws:iam::1234:role/admin", "aws iam get-role"),
    ],
)
def test_an_administrator_is_a_role_or_a_user(arn: str, next_step: str) -> None:
    mistake = only(a_cluster(admins=[ADMIN, arn]))

    assert mistake.setting == "cluster.admins[1]"
    assert next_step in mistake.next_step


def test_an_administrator_who_is_named_twice_is_refused() -> None:
    mistake = only(a_cluster(admins=[ADMIN, ADMIN]))

    assert (mistake.setting, mistake.problem) == ("cluster.admins[1]", "is named twice")


def test_a_system_node_type_that_is_unknown_is_refused() -> None:
    assert only(system_nodes(machineType="m7i.lrge")).next_step == "did you mean m7i.large?"


def test_a_system_node_type_that_is_too_small_is_refused() -> None:
    assert only(system_nodes(machineType="t3.medium")).problem == "is too small"


def test_a_system_node_type_with_gpus_is_refused() -> None:
    assert only(system_nodes(machineType="g6.xlarge")).problem == "buys GPUs that nothing would use"


def test_system_bounds_that_cross_are_refused_with_both() -> None:
    mistake = only(system_nodes(min=3, max=1))

    assert (mistake.got, mistake.next_step) == ("{min: 3, max: 1}", "write {min: 1, max: 3}")


def test_some_catalogued_machine_is_too_small_for_system_nodes() -> None:
    assert not is_roomy_system_node(machine("aws", "t3.medium"))
    assert any(is_roomy_system_node(one) for one in machines("aws"))


@pytest.mark.parametrize(
    ("settings", "setting"),
    [({}, "gpuPools[l4].machineType"), ({"machineType": "g6.xlarge"}, "gpuPools[l4].machineType")],
)
def test_a_machine_that_the_region_does_not_sell_is_refused(
    settings: dict[str, object], setting: str
) -> None:
    config = a_pool(**settings) | {"tokenworks:cloud": {"provider": "aws", "region": "eu-west-1"}}

    mistake = only(config)

    assert mistake.setting == setting
    assert mistake.problem == "is not known to be sold in eu-west-1"
    assert "us-east-1" in mistake.next_step


def test_a_pool_needs_on_demand_or_spot() -> None:
    assert only(a_pool(spot=None)).problem == "has no node to grow to"


def test_a_pool_that_may_never_have_a_node_is_refused() -> None:
    assert only(a_pool(spot={"max": 0})).problem == "has no node to grow to"


def test_a_machine_that_contradicts_its_gpu_is_refused() -> None:
    mistake = only(a_pool(machineType="g6e.xlarge"))

    assert mistake.problem == "does not have 1 x L4"
    assert mistake.got == '"g6e.xlarge, which has 1 x L40S"'


def test_a_family_that_the_node_image_cannot_drive_is_refused_with_the_reason() -> None:
    mistake = only(a_pool(machineType="g7.2xlarge"))

    assert "driver 595" in mistake.problem


def test_a_smaller_machine_may_be_named_outright() -> None:
    assert loaded(a_pool(machineType="g6.xlarge")).pool("l4").machine_type == "g6.xlarge"


@pytest.mark.parametrize("name", ["system", "L4", "l_4", "4l", "l4-", "", "l" * 31])
def test_a_pool_name_that_labels_cannot_carry_is_refused(name: str) -> None:
    pool = {"name": name, "gpu": "L4", "spot": {"max": 1}}

    assert only(a_stack(gpuPools=[pool], models=None)).setting.endswith(".name")


def test_two_pools_of_one_name_are_refused() -> None:
    pool = {"name": "l4", "gpu": "L4", "spot": {"max": 1}}
    mistake = only(a_stack(gpuPools=[pool, pool]))

    assert (mistake.setting, mistake.problem) == ("gpuPools[1].name", "is the name of another pool")


@pytest.mark.parametrize("name", ["Qwen", "qwen_7b", "7b", "qwen.", "-a", "", "q" * 46])
def test_a_model_name_that_dns_cannot_carry_is_refused(name: str) -> None:
    assert only(a_model(name=name)).problem == "is not a model name"


@pytest.mark.parametrize("name", ["Qwen/Qwen2.5-7B", "7b", "a_b", "!!!", "Ä"])
def test_the_name_that_is_proposed_is_a_good_one(name: str) -> None:
    proposed = only(a_model(name=name)).next_step.removeprefix("write ")

    if not proposed.startswith("a name such as"):
        assert mistakes(a_model(name=proposed)) == ()


@pytest.mark.parametrize("ending", ["on-demand", "shared-host", "pods"])
def test_no_model_is_named_like_an_object_of_another(ending: str) -> None:
    mistake = only(a_model(name=f"llama.{ending}"))

    assert mistake.next_step == "write llama"
    assert not mistakes(a_model(name=f"{ending}-llama"))


def test_a_model_named_vllm_is_refused_with_the_trap() -> None:
    assert "VLLM_PORT" in only(a_model(name="vllm")).problem


def test_two_models_that_make_one_object_are_refused() -> None:
    models = [
        {"name": name, "source": "o/m", "weightsGib": 1.0, "pool": "l4", "context": 4096}
        for name in ("qwen2.5", "qwen2-5")
    ]
    mistake = only(a_stack(models=models))

    assert mistake.setting == "models[qwen2-5].name"
    assert mistake.problem == "makes the same object name as qwen2.5: qwen2-5"


@pytest.mark.parametrize(
    ("source", "next_step"),
    [
        ("https://huggingface.co/Qwen/Qwen3-8B", "write Qwen/Qwen3-8B"),
        ("qwen", "copy the name"),
        ("a/b/c", "copy the name"),
    ],
)
def test_a_source_is_a_repository_of_the_hub(source: str, next_step: str) -> None:
    assert only(a_model(source=source)).next_step.startswith(next_step)


def test_a_revision_is_a_commit_because_branches_move() -> None:
    assert only(a_model(revision="main")).problem == "is not a commit"
    assert mistakes(a_model(revision="a" * 40)) == ()


def test_a_pool_that_does_not_exist_is_named_with_those_that_do() -> None:
    mistake = only(a_model(pool="l40"))

    assert (mistake.problem, mistake.allowed) == ("there is no such pool", "one of: l4")
    assert mistake.next_step == "did you mean l4?"


def test_more_gpus_than_a_node_has_are_left_to_the_scheduler() -> None:
    whole_node = loaded(a_model()).models[0]

    asked = loaded(a_model(tensorParallel=2)).models[0]

    assert asked.tensor_parallel == 2
    assert (asked.cpu, asked.memory_gib) == (whole_node.cpu, whole_node.memory_gib)


def test_shared_memory_counts_towards_memory() -> None:
    assert only(a_model(memoryGib=8, sharedMemoryGib=8)).setting == "models[m].sharedMemoryGib"


def test_a_request_that_does_not_fit_the_node_is_left_to_the_scheduler() -> None:
    assert loaded(a_model(memoryGib=500)).models[0].memory_gib == 500


def test_a_drain_as_long_as_a_start_is_refused() -> None:
    on_demand = a_pool(spot=None, onDemand={"max": 1})
    model = a_model(drainSeconds=600, startupTimeoutSeconds=600)

    mistake = only({**model, "tokenworks:gpuPools": on_demand["tokenworks:gpuPools"]})

    assert mistake.problem == "is not shorter than startupTimeoutSeconds"


def test_a_drain_may_be_longer_than_spot_gives_for_servers_that_keep_their_node() -> None:
    """Those on spot nodes get what the notice leaves: `components/serving/rollout.py`."""
    assert mistakes(a_model(drainSeconds=600, startupTimeoutSeconds=1800)) == ()


def test_a_stack_name_goes_into_the_cluster_name() -> None:
    assert only(a_stack(), name="AWS_dev").setting == "stack"
