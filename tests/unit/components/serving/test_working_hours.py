"""What opens and closes models: two CronJobs with a right to scale, and no other."""

from collections.abc import Mapping
from datetime import time

import pytest

from components.serving.working_hours import WorkingHours, cron
from infra.graph.model import Graph
from infra.graph.recorder import record_program
from infra.layers import build
from infra.spec.models import ReplicaRange
from infra.spec.week_day import WeekDay
from infra.spec.working_hours import WorkingHoursSpec
from infra.wire import Value
from tests.unit.components import examples
from tests.unit.components.serving.declared import at

WORK = (WeekDay.MONDAY, WeekDay.TUESDAY, WeekDay.FRIDAY)
HOURS = WorkingHoursSpec(hours="07:30-19:00", days=WORK, time_zone="Europe/Berlin")
SERVERS = {"big": 2, "tiny": 1, "small": 2}


def _graph(servers: Mapping[str, int] = SERVERS) -> Graph:
    def program() -> None:
        WorkingHours(
            "w",
            HOURS,
            servers,
            namespace=examples.namespace_ref(),
            opts=examples.with_kubernetes(),
        )

    return record_program(program, stack="aws-dev")


def _arguments(graph: Graph, name: str) -> list[Value]:
    pod = at(graph.named(name).inputs, "spec", "jobTemplate", "spec", "template", "spec")
    containers = at(pod, "containers")
    assert isinstance(containers, list)
    return [at(one, "args") for one in containers]


def test_models_are_opened_on_working_days_and_closed_every_evening_of_their_time_zone() -> None:
    graph = _graph()
    spec = {end: graph.named(f"w-{end}").inputs["spec"] for end in ("open", "close")}

    assert {end: at(one, "schedule") for end, one in spec.items()} == {
        "open": "30 7 * * MON,TUE,FRI",
        "close": "0 19 * * *",
    }
    assert {at(one, "timeZone") for one in spec.values()} == {"Europe/Berlin"}


def test_each_is_opened_with_its_own_number_of_servers_and_all_are_closed() -> None:
    graph = _graph()

    assert _arguments(graph, "w-open") == [
        ["scale", "--namespace=models", "--replicas=2", "deployment/big", "deployment/small"],
        ["scale", "--namespace=models", "--replicas=1", "deployment/tiny"],
    ]
    everybody = ["deployment/big", "deployment/small", "deployment/tiny"]
    assert _arguments(graph, "w-close") == [
        ["scale", "--namespace=models", "--replicas=0", *everybody]
    ]


def test_the_account_may_scale_these_deployments_and_nothing_else() -> None:
    names = ["big", "small", "tiny"]

    assert _graph().named("w-role").inputs["rules"] == [
        {
            "apiGroups": ["apps"],
            "resources": ["deployments"],
            "resourceNames": names,
            "verbs": ["get"],
        },
        {
            "apiGroups": ["apps"],
            "resources": ["deployments/scale"],
            "resourceNames": names,
            "verbs": ["patch"],
        },
    ]


@pytest.mark.parametrize(
    ("days", "schedule"), [(WORK[:1], "5 0 * * MON"), (tuple(WeekDay), "5 0 * * *")]
)
def test_a_schedule_names_days_unless_it_is_every_day(
    days: tuple[WeekDay, ...], schedule: str
) -> None:
    assert cron(time(0, 5), days) == schedule


def _stack(hours: WorkingHoursSpec) -> Graph:
    several = examples.MODEL.model_copy(
        update={"replicas": ReplicaRange(min=2, max=2, on_demand=0)}
    )
    spec = examples.stack_spec().model_copy(update={"working_hours": hours, "models": (several,)})
    return record_program(lambda: build(spec), stack=spec.name)


def test_an_update_leaves_the_number_of_servers_to_whoever_opens_and_closes_them() -> None:
    graph = _stack(HOURS)
    name = f"{examples.MODEL.object_name}-deployment"

    assert graph.named(name).ignore_changes == ("spec.replicas",)
    opened = [["scale", "--namespace=models", "--replicas=2", f"deployment/{name[:-11]}"]]
    assert _arguments(graph, "working-hours-open") == opened


def test_models_without_hours_have_neither() -> None:
    always = HOURS.model_copy(update={"hours": None})
    graph = _stack(always)

    assert graph.named(f"{examples.MODEL.object_name}-deployment").ignore_changes == ()
    assert not [one for one in graph.resources if "working-hours" in one.name]
