"""A stack on the other cloud: it loads, it says what changed and why, and unknown is never zero."""

from collections.abc import Mapping
from pathlib import Path
from shutil import copy

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.catalog.machines import machines
from infra.catalog.prices import REGIONS, UNKNOWN, price
from infra.catalog.regions import region, region_names
from infra.spec.cloud import CloudProvider
from infra.spec.files import STACKS_FOLDER, load_stack_file, stack_names
from infra.spec.stack import StackSpec
from infra.spec.stacks import load_environment
from infra.translate.environment import Translated, TranslationError, translate
from infra.translate.mapping import price_lines
from infra.translate.regions import NoRegionError, choose_region, near
from infra.translate.write import report, write_stacks
from tests.unit.spec.stacks import a_gcp_pool, a_gcp_stack, a_model, a_pool, a_stack

AWS, GCP = CloudProvider.AWS, CloudProvider.GCP
OTHER = {AWS: GCP, GCP: AWS}


def put(folder: Path, name: str, config: Mapping[str, object]) -> None:
    """Write a stack file."""
    (folder / f"Pulumi.{name}.yaml").write_text(yaml.safe_dump({"config": dict(config)}))


def moved(folder: Path, config: Mapping[str, object], to: CloudProvider) -> Translated:
    """Return the one stack that comes out of another."""
    put(folder, "mine", config)
    (one,) = translate("mine", to, folder=folder)
    return one


def reasons(one: Translated) -> dict[str, tuple[str, str]]:
    """Return what each setting becomes, and why."""
    return {change.setting: (change.becomes, change.reason) for change in one.changes}


def loaded(folder: Path, translated: list[Translated]) -> list[StackSpec]:
    """Write stacks and load them again."""
    write_stacks(translated, folder)
    return [load_stack_file(one.name, folder) for one in translated]


@pytest.mark.parametrize("name", [n for n in stack_names() if not n.endswith("-models")])
def test_every_stack_of_ours_has_a_counterpart_that_loads(name: str, tmp_path: Path) -> None:
    before = load_environment(name)
    target = OTHER[before[0].cloud.provider]

    after = loaded(tmp_path, translate(name, target))

    assert [spec.name for spec in after] == [
        spec.name.replace(f"{OTHER[target]}-", f"{target}-", 1) for spec in before
    ]
    for old, new in zip(before, after, strict=True):
        assert new.cloud.provider is target
        assert (new.environment, new.layers) == (old.environment, old.layers)
        assert [m.source for m in new.models] == [m.source for m in old.models]
        assert [m.replicas for m in new.models] == [m.replicas for m in old.models]


@pytest.mark.parametrize("name", ["aws-prod", "gcp-prod"])
def test_there_and_back_again_loads_and_asks_for_the_same_models(name: str, tmp_path: Path) -> None:
    for file in STACKS_FOLDER.glob(f"Pulumi.{name}*.yaml"):
        copy(file, tmp_path)
    before = load_environment(name, tmp_path)
    first = translate(name, OTHER[before[0].cloud.provider], name="there", folder=tmp_path)
    write_stacks(first, tmp_path)

    back = translate("there", before[0].cloud.provider, name="back", folder=tmp_path)

    after = loaded(tmp_path, back)
    assert [m.source for spec in after for m in spec.models] == [
        m.source for spec in before for m in spec.models
    ]
    assert after[0].cloud.provider is before[0].cloud.provider
    assert not {"gpuPools[l40s].gpu"} & reasons(back[0]).keys()


def test_a_gpu_that_nobody_sells_there_becomes_the_nearest_under_a_fitting_name() -> None:
    base, models = translate("aws-prod", GCP)

    said = reasons(base)
    assert said["gpuPools[l40s].gpu"][0] == "RTX-PRO-6000"
    assert "no machine of gcp has L40S" in said["gpuPools[l40s].gpu"][1]
    assert said["gpuPools[l40s].name"][0] == "rtx-pro-6000"
    assert reasons(models)["models[qwen2.5-7b].pool"][0] == "rtx-pro-6000"


def test_a_price_is_compared_by_way_of_buying_and_one_that_nobody_gives_is_unknown() -> None:
    text = report(translate("aws-prod", GCP))

    assert "on-demand: 10.49 USD per hour (g6e.12xlarge in us-east-1) -> 18.00" in text
    assert "difference +7.51 USD per hour, list prices of 2026-07-20 and 2026-07-30" in text
    assert "0.20 USD per hour (m7i.xlarge in us-east-1)" in text
    assert " 0.00 USD" not in text
    assert UNKNOWN.usd_per_hour("on-demand") is None
    (line,) = price_lines(
        ("aws", "p5e.48xlarge"), ("gcp", "a3-ultragpu-8g"), (("on-demand", "on-demand"),)
    )
    assert line.startswith("on-demand: unknown (p5e.48xlarge in us-east-1) -> 86.76")
    assert "difference unknown" in line


@pytest.mark.parametrize("cloud", list(CloudProvider))
def test_no_price_is_zero_and_each_has_a_source_and_a_date(cloud: CloudProvider) -> None:
    priced = [m for m in machines(cloud) if price(cloud, m.name) is not UNKNOWN]

    assert priced
    for m in priced:
        found = price(cloud, m.name)
        assert found.source
        assert found.source_date >= "2026"
        for way in ("on-demand", "spot"):
            amount = found.usd_per_hour(way)
            assert amount is None or amount > 0.01
    assert region(cloud, REGIONS[cloud])


def test_what_has_no_twin_is_left_out_with_the_reason(tmp_path: Path) -> None:
    pool = a_pool(
        gpu="H100", gpusPerNode=8, spot=None, onDemand={"max": 1}, efa=True, nodeRepair=False
    )
    config = pool | {
        "tokenworks:network": {"natGateways": "per-zone", "interfaceEndpoints": True},
        "tokenworks:cluster": {"admins": ["arn:aws:iam::111122223333:role/ops"]},
    }

    one = moved(tmp_path, config, GCP)

    said = reasons(one)
    for setting in (
        "network.natGateways",
        "network.interfaceEndpoints",
        "cluster.admins",
        "gpuPools[l4].efa",
        "gpuPools[l4].nodeRepair",
    ):
        becomes, reason = said[setting]
        assert becomes == ""
        assert reason
    assert "tokenworks:network" not in one.config


def test_defaults_of_the_old_cloud_that_the_new_one_does_not_have_are_said() -> None:
    said = reasons(translate("aws-prod", GCP)[0])

    assert {"network.natGateways", "network.interfaceEndpoints"} <= said.keys()


def test_a_foreign_network_is_named_anew(tmp_path: Path) -> None:
    network = {
        "vpcId": "vpc-0123456789abcdef0",
        "privateSubnetIds": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    }

    one = moved(tmp_path, a_stack(network=network), GCP)

    assert {"network.vpcId", "network.privateSubnetIds"} <= reasons(one).keys()


def test_a_capacity_block_becomes_flex_start(tmp_path: Path) -> None:
    reservation = {"id": "cr-0123456789abcdef0", "kind": "capacity-block", "zone": "us-east-1a"}
    pool = a_pool(
        gpu="H100", gpusPerNode=8, spot=None, onDemand={"max": 2}, reservation=reservation
    )

    one = moved(tmp_path, pool | {"tokenworks:models": []}, GCP)

    assert "flex-start waits" in reasons(one)["gpuPools[l4].onDemand"][1]
    (written,) = one.config["tokenworks:gpuPools"]  # ty: ignore[not-iterable] - the one pool
    assert written["flexStart"] == {"min": 0, "max": 2}
    assert not {"reservation", "onDemand"} & written.keys()


def test_what_is_not_sold_on_demand_there_waits_for_capacity_and_has_no_floor(
    tmp_path: Path,
) -> None:
    pool = {"name": "h", "gpu": "H100", "onDemand": {"max": 1}, "spot": {"max": 1}}
    model = {"name": "m", "source": "o/m", "pool": "h", "context": 4096, "weightsGib": 1.0}
    config = a_stack(gpuPools=[pool], models=[{**model, "replicas": {"min": 1, "onDemand": 1}}])

    said = reasons(moved(tmp_path, config, GCP))

    assert said["gpuPools[h].onDemand"][1] == "a3-highgpu-1g is not sold on demand"
    assert said["models[m].replicas.onDemand"][0] == ""


def test_fewer_larger_nodes_hold_as_many_gpus(tmp_path: Path) -> None:
    pool = a_gcp_pool(gpu="A100-80GB", gpusPerNode=2, spot=None, onDemand={"min": 1, "max": 9})

    one = moved(tmp_path, pool, AWS)

    (written,) = one.config["tokenworks:gpuPools"]  # ty: ignore[not-iterable] - the one pool
    assert (written["gpusPerNode"], written["onDemand"]) == (8, {"min": 1, "max": 3})


def test_a_size_that_no_node_there_has_takes_the_default(tmp_path: Path) -> None:
    config = a_model(cpu=7.5, memoryGib=28.0)

    said = reasons(moved(tmp_path, config, GCP))

    assert said["models[m].memoryGib"][0] == said["models[m].cpu"][0] == ""


def test_a_named_machine_becomes_one_with_as_much_room(tmp_path: Path) -> None:
    small = moved(tmp_path, a_pool(machineType="g6.xlarge"), GCP)
    large = moved(tmp_path, a_pool(machineType="g6.4xlarge"), GCP)

    assert reasons(small)["gpuPools[l4].machineType"][0] == "g2-standard-4"
    assert reasons(large)["gpuPools[l4].machineType"][0] == "g2-standard-16"


def test_a_token_of_the_hub_is_to_be_put_into_the_other_secret_manager(tmp_path: Path) -> None:
    one = moved(tmp_path, a_stack(hub={"token": True}), GCP)

    value, reason = reasons(one)["hub.token"]
    assert value == "true"
    assert "hub-token" in reason


def test_a_range_that_meets_those_of_pods_is_left_out(tmp_path: Path) -> None:
    cloud = {"provider": "aws", "region": "us-east-1", "networkCidr": "100.64.0.0/16"}

    assert "cloud.networkCidr" in reasons(moved(tmp_path, a_stack(cloud=cloud), GCP))


def test_nothing_is_written_over(tmp_path: Path) -> None:
    put(tmp_path, "aws-dev", a_stack())
    put(tmp_path, "gcp-dev", a_gcp_stack())
    before = (tmp_path / "Pulumi.gcp-dev.yaml").read_text()
    translated = translate("aws-dev", GCP, folder=tmp_path)

    with pytest.raises(TranslationError, match=r"Pulumi\.gcp-dev\.yaml: there already"):
        write_stacks(translated, tmp_path)

    assert (tmp_path / "Pulumi.gcp-dev.yaml").read_text() == before


def test_a_project_and_a_name_are_taken_as_given(tmp_path: Path) -> None:
    put(tmp_path, "aws-dev", a_stack())

    (one,) = translate("aws-dev", GCP, project="my-project", name="other", folder=tmp_path)

    (spec,) = loaded(tmp_path, [one])
    assert (spec.name, spec.cloud.project) == ("other", "my-project")


def test_a_stack_that_is_there_already_is_refused() -> None:
    with pytest.raises(TranslationError, match="is on aws already"):
        translate("aws-dev", AWS)


@pytest.mark.parametrize("cloud", list(CloudProvider))
def test_every_region_is_near_some_region_of_the_other_cloud(cloud: CloudProvider) -> None:
    for name in region_names(cloud):
        assert near(cloud, name)
        assert all(region(OTHER[cloud], other) for other in near(cloud, name))


def test_data_of_europe_stays_in_europe() -> None:
    chosen = choose_region(AWS, "eu-west-3", GCP, {"g4-standard-48"}, 3)

    assert chosen.name.startswith("europe-")
    with pytest.raises(NoRegionError, match="no region of aws near europe-west6"):
        choose_region(GCP, "europe-west6", AWS, {"p5en.48xlarge", "p4de.24xlarge"}, 2)


GPU_POOLS = st.sampled_from(
    [
        (cloud, m.gpu, m.gpu_count, m.name)
        for cloud in CloudProvider
        for m in machines(cloud)
        if m.gpu
    ]
)
RANGES = st.tuples(st.integers(0, 5), st.integers(1, 5)).map(
    lambda pair: {"min": min(pair), "max": max(pair)}
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(pool=GPU_POOLS, on_demand=RANGES, spot=st.none() | RANGES, weights=st.floats(1, 200))
def test_whatever_is_bought_on_one_cloud_loads_on_the_other_or_is_refused_with_the_reason(
    pool: tuple[CloudProvider, str, int, str],
    on_demand: dict[str, int],
    spot: dict[str, int] | None,
    weights: float,
    tmp_path: Path,
) -> None:
    cloud, gpu, count, name = pool
    sold_in = next(
        (
            one
            for one in region_names(cloud)
            if (r := region(cloud, one)) and name in r.machine_types
        ),
        None,
    )
    if sold_in is None:
        return
    item: dict[str, object] = {"name": "p", "gpu": gpu, "gpusPerNode": count, "machineType": name}
    item |= {"onDemand": on_demand, "localStorage": "none", "diskGib": 1000}
    if cloud is GCP and name in {"a3-highgpu-1g", "a3-highgpu-2g", "a3-highgpu-4g"}:
        item["flexStart"] = item.pop("onDemand")
    item |= {"spot": spot} if spot else {}
    model = {"name": "m", "source": "o/m", "pool": "p", "context": 4096, "weightsGib": weights}
    where = {"provider": cloud.value, "region": sold_in, "zones": 2}
    where |= {"project": "example-project"} if cloud is GCP else {}
    config = a_stack(cloud=where, gpuPools=[item], models=[{**model, "tensorParallel": count}])
    put(tmp_path, "mine", config)

    try:
        (one,) = translate("mine", OTHER[cloud], folder=tmp_path)
    except TranslationError as error:
        assert "no region of" in str(error)  # noqa: PT017 - the one refusal there may be
        return

    assert one.config["tokenworks:gpuPools"]


def test_caps_of_the_budget_are_kept_and_the_prices_doubted(tmp_path: Path) -> None:
    caps = {"monthlyUsd": 600, "receivers": ["ada@example.com"], "gpus": 2}
    one = moved(tmp_path, a_stack(budget=caps), GCP)

    assert one.config["tokenworks:budget"] == caps
    assert reasons(one)["budget.monthlyUsd"] == (
        "600",
        "kept; prices differ there: look at the estimate",
    )
    assert reasons(one)["budget.gpus"][1].startswith("kept; a node there may have more GPUs")
    assert reasons(one)["budget.onUnknown"][0] == "warn"
