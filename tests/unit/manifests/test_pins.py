"""What the lock file says of a cloud is what the stacks of that cloud install."""

import pytest

from infra.catalog.releases import chart
from infra.spec.cloud import CloudProvider
from tests.support.graphs import graph_of
from tests.support.manifests import releases_in
from tests.support.stacks import stacks_of


@pytest.mark.parametrize("cloud", CloudProvider)
@pytest.mark.thorough
def test_every_chart_that_a_cloud_installs_counts_for_that_cloud(cloud: CloudProvider) -> None:
    charts = {
        release.chart for stack in stacks_of(cloud) for release in releases_in(graph_of(stack))
    }
    assert charts
    assert [name for name in sorted(charts) if not chart(name).is_for(cloud)] == []
