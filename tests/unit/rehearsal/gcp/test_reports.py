"""What the simulated Google Cloud reports to the rehearsal, over HTTP."""

import json
import urllib.request
from pathlib import Path

from infra.preflight.facts import load_facts
from infra.rehearsal.cloud.server import Files
from infra.rehearsal.gcp.server import SimulatedCloud
from infra.replies import blocks, number, text
from infra.spec.cloud import CloudProvider
from tests.unit.rehearsal.gcp.services_scene import PROJECT, REGION
from tests.unit.rehearsal.gcp.test_inventory import NETWORK


def inventory(cloud: SimulatedCloud) -> list[dict[str, str]]:
    url = f"http://127.0.0.1:{cloud.ports.authenticator}/inventory"
    with urllib.request.urlopen(url) as answer:
        return json.loads(answer.read())


def test_a_network_that_exists_is_in_no_report(tmp_path: Path) -> None:
    path = tmp_path / "network.json"
    NETWORK.write(path)
    cloud = SimulatedCloud(None, project=PROJECT, region=REGION, files=Files(existing_network=path))
    try:
        assert inventory(cloud) == []
        cloud.project.call("compute.networks.get", project=PROJECT, network=NETWORK.vpc_id)

        cloud.project.call("compute.networks.insert", {"name": "n"}, project=PROJECT)

        name = f"projects/{PROJECT}/global/networks/n"
        assert inventory(cloud) == [{"kind": "network", "id": name, "name": "n"}]
    finally:
        cloud.stop()


def test_facts_of_a_fresh_project_are_its_quotas() -> None:
    facts = load_facts("fresh-account", CloudProvider.GCP)
    cloud = SimulatedCloud(
        None, facts.quotas, offerings=facts.offerings, project=PROJECT, region=REGION
    )
    try:
        shown = cloud.project.call("compute.regions.get", project=PROJECT, region=REGION)
    finally:
        cloud.stop()

    limits = {text(one, "metric"): number(one, "limit") for one in blocks(shown, "quotas")}
    assert limits["N2_CPUS"] == facts.quota("N2_CPUS")
    assert "GPUS_ALL_REGIONS" not in limits
