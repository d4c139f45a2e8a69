"""Engine or cloud killed inside deletes: the next run finishes, and nothing foreign is touched.

The moments come from a seed, which is printed: `TOKENWORKS_SEED=N` repeats a run.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from infra.destroy.found import Marks
from infra.destroy.plan import StackPlan
from infra.destroy.run import DestroyError, carry_out, intend, require_allowed
from infra.destroy.run import Place as Where
from infra.rehearsal.cloud.faults import DELETE
from infra.rehearsal.clouds import rehearsed_cloud
from infra.rehearsal.control_plane import ControlPlane
from infra.rehearsal.destroying import RehearsedCluster
from infra.rehearsal.engine import OperationResult
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.ladder import Programs
from infra.replies import optional_text
from infra.spec.stack import cluster_name
from infra.wire import Properties, Value
from tests.support.killed import Moment, Place, moments
from tests.support.recoverable import WORLDS

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(3600)]

KILLS = 10
LAST_NUMBER = 3


@dataclass(frozen=True)
class OneNamespace:
    """The shared API server, of which this test is to see its own namespace alone."""

    cluster: RehearsedCluster
    namespace: str

    def objects(self, api_version: str, kind: str) -> Sequence[Properties]:
        found = self.cluster.objects(api_version, kind)
        return [one for one in found if optional_text(one, "metadata.namespace") == self.namespace]

    def delete(self, api_version: str, kind: str, name: str, namespace: str) -> None:
        assert namespace == self.namespace
        self.cluster.delete(api_version, kind, name, namespace)


@dataclass
class Engine:
    """The engine, killed at a moment that the test names."""

    place: Place
    planned: list[Moment] = field(default_factory=list)
    killed: int = 0

    def export(self, stack: str) -> Mapping[str, Value]:
        return self.place.session.export(stack)

    def delete(self, stack: str, only: Sequence[str] = ()) -> None:
        def operate() -> OperationResult:
            return self.place.session.destroy(stack, only=only)

        if self.planned:
            urn = self.place.until(self.planned.pop(0), operate)
            self.killed += 1
            message = f"killed inside {urn}"
            raise DestroyError(message)
        result = operate()
        if not result.ok:
            raise DestroyError("\n".join(result.errors))


@pytest.fixture(params=WORLDS)
def place(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    control_plane: ControlPlane,
    programs: Programs,
) -> Iterator[Place]:
    """An empty account and an empty stack of the foundation alone, on each cloud."""
    made = Place(tmp_path, control_plane, programs, WORLDS[request.param])
    yield made
    made.cloud.kill()


def test_ten_kills_inside_deletes_are_finished_by_the_next_run(
    place: Place, control_plane: ControlPlane
) -> None:
    api = ApiClient(control_plane.endpoint, control_plane.ca_pem, control_plane.admin_token)
    namespace = f"shop-{uuid.uuid4().hex[:8]}"
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
    engine = Engine(place)
    planned = moments(KILLS, LAST_NUMBER, DELETE)
    marks = Marks(place.stack, cluster_name(place.stack))
    where = Where(
        engine,
        lambda _kubeconfig: OneNamespace(RehearsedCluster(api), namespace),
        rehearsed_cloud(place.cloud.at.provider).look(place.cloud.door),
    )
    assert place.session.up(place.stack).errors == ()
    api.create(_service(namespace))

    for number, moment in enumerate(planned, start=1):
        print(f"{number}: {moment}")  # noqa: T201 - the report of the test
        if len(_deletable(place)) < LAST_NUMBER + 1:  # all of it went: there is nothing to kill in
            assert place.session.up(place.stack).errors == ()
        engine.planned = [moment]
        with pytest.raises(DestroyError, match="killed inside") as stopped:
            _destroy(place, where, marks)
        print(f"    {stopped.value}")  # noqa: T201 - the report of the test

    _destroy(place, where, marks)

    assert engine.killed == KILLS
    assert intend([place.stack], where).is_empty
    assert place.left_behind() == []
    assert where.look(marks).lines == []
    api.delete("v1", "Namespace", namespace)


def _destroy(place: Place, where: Where, marks: Marks) -> None:
    intent = intend([place.stack], where)
    require_allowed(intent, without_cluster=False)
    carry_out(intent, where, marks, lambda line: print(f"    {line}"))  # noqa: T201 - the report


def _deletable(place: Place) -> list[str]:
    """Return what of the state a kill may come inside of."""
    kinds = place.world.kinds
    plan = StackPlan(place.stack, place.session.export(place.stack))
    return [str(one["urn"]) for one in plan.resources if one["type"] in kinds]


def _service(namespace: str) -> dict:
    ports = [{"port": 80, "protocol": "TCP"}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "shop", "namespace": namespace},
        "spec": {"type": "LoadBalancer", "ports": ports, "selector": {"app": "shop"}},
    }
