"""Both clouds have the same rooms: a module of one has its twin in the other, or a reason here."""

from pathlib import Path

import pytest

import components

ROOT = Path(components.__file__).parent
ONLY_AWS = {
    "addons": "GKE has its add-ons as settings of the cluster, and keeps their versions itself",
    "autoscaling": "the node autoscaler of GKE is Google's own: no pod that needs rights",
    "cache_instance": "a Memorystore instance has its users, parameters and logs as settings",
    "store_rights": "rights on a bucket are custom roles there, in `policies`",
    "metrics_store": "Google's store of samples takes no remote write: decision 0033",
    "load_balancers": "GKE's own controller makes load balancers: no pod that needs rights",
    "endpoints": "Private Google Access reaches Google's services without endpoints, for nothing",
}
ONLY_GCP = {
    "cluster_settings": "GKE has on the cluster what EKS has in add-ons, or not at all",
    "cluster_upkeep": "EKS upgrades nothing by itself: there is no window to say",
    "log_bucket": "CloudWatch is given lines by the cluster's own writers: no sink, no exclusion",
}
"""Module to why the other cloud has none."""


def _modules(cloud: str) -> set[str]:
    return {path.stem for path in (ROOT / cloud).glob("*.py")} - {"__init__"}


def test_a_module_of_one_cloud_has_its_twin_or_a_reason() -> None:
    aws, gcp = _modules("aws"), _modules("gcp")

    assert aws - gcp == ONLY_AWS.keys()
    assert gcp - aws == ONLY_GCP.keys()


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_every_module_says_what_it_owns(cloud: str) -> None:
    for name in _modules(cloud):
        text = (ROOT / cloud / f"{name}.py").read_text(encoding="utf-8")
        assert text.startswith('"""'), name
        assert "Owns " in text or "owns " in text, name
