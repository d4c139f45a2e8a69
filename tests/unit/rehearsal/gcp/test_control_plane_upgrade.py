"""Another Kubernetes for a control plane of the simulated GKE."""

from typing import TYPE_CHECKING

import pytest

from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.replies import blocks, text
from tests.unit.rehearsal.gcp.cluster_scene import CLUSTER, CLUSTERS, cluster_scene

if TYPE_CHECKING:
    from infra.wire import Properties


def test_a_control_plane_moves_to_what_its_api_server_serves_by_now_and_pools_stay() -> None:
    made = cluster_scene()
    made.running()
    made.settle(made.add())
    made.api.version = "1.36"
    change: Properties = {"update": {"desiredMasterVersion": "1.36"}}

    made.call(f"{CLUSTERS}.update", change, name=CLUSTER)

    found = made.call(f"{CLUSTERS}.get", name=CLUSTER)
    assert text(found, "currentMasterVersion").startswith("1.36.")
    versions = {text(pool, "version") for pool in blocks(found, "nodePools")}
    assert [version.startswith("1.35.") for version in versions] == [True]


def test_an_upgrade_without_an_api_server_that_moves_is_not_simulated() -> None:
    made = cluster_scene()
    made.running()
    change: Properties = {"update": {"desiredMasterVersion": "1.36"}}

    with pytest.raises(NotSimulatedError, match=r"UpdateCluster to version 1\.36"):
        made.call(f"{CLUSTERS}.update", change, name=CLUSTER)
