"""One simulated AWS for the tests of a module, and none after them.

moto is global: as long as it runs, `mock_aws` of other tests gets what is there, and not an empty
account. Starting it takes a second.
"""

from collections.abc import Iterator

import pytest

from infra.wire import Properties
from tests.unit.rehearsal.aws.harness import Engine, Simulation, start
from tests.unit.rehearsal.aws.scene import AccountFacts, Network, Scene
from tests.unit.rehearsal.cloud.wire import Made


@pytest.fixture(scope="module")
def simulation() -> Iterator[Simulation]:
    """A running simulated AWS with an API server in memory."""
    running = start()
    yield running
    running.engine.close()
    running.cloud.stop()


@pytest.fixture
def engine(simulation: Simulation) -> Engine:
    """An engine that is connected and configured for us-east-1."""
    return simulation.engine


@pytest.fixture
def scene(simulation: Simulation) -> Iterator[Scene]:
    """What a test builds on; all of it is deleted afterwards, last first."""
    made = Scene(simulation.engine, simulation.api)
    yield made
    made.clear()
    assert simulation.report("/inventory") == []


@pytest.fixture
def network(scene: Scene) -> Network:
    """A VPC with two subnets in two zones."""
    return scene.network()


@pytest.fixture
def facts(simulation: Simulation) -> Iterator[AccountFacts]:
    """Facts that are as before when the test is over."""
    account = simulation.cloud.account
    before = account.facts
    yield AccountFacts(account)
    account.facts = before


@pytest.fixture
def cluster(scene: Scene, network: Network) -> Made:
    """A cluster."""
    return scene.cluster(network)


@pytest.fixture
def group(scene: Scene, network: Network, cluster: Made) -> Properties:
    """Inputs of a group of no nodes."""
    return scene.node_group_inputs(cluster, network)
