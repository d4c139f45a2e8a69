"""How addresses are divided."""

import pytest

from components.gcp.subnets import RangePlan, RangePlanError, range_plan
from tests.unit.components import examples_gcp as examples


def test_nodes_have_the_networks_range_and_pods_and_services_their_own() -> None:
    assert range_plan(examples.CLOUD, examples.NETWORK) == RangePlan(
        nodes="10.0.0.0/16", pods="100.64.0.0/16", services="100.65.0.0/20"
    )


@pytest.mark.parametrize("absent", ["pod_cidr", "service_cidr"])
def test_a_range_that_is_left_out_is_named(absent: str) -> None:
    with pytest.raises(RangePlanError, match=r"podCidr .*serviceCidr .*write both"):
        range_plan(examples.CLOUD, examples.NETWORK.model_copy(update={absent: None}))
