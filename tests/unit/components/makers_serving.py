"""How the contract makes each component of the servers, under any name."""

from collections.abc import Callable, Mapping

import pulumi

from components.serving.model_route import ModelRoute
from components.serving.model_server import ModelServer
from components.serving.shared_route import SharedBackend, SharedRoute
from components.serving.start_script import StartScript
from components.serving.weights_job import Loader, WeightsJob
from components.serving.working_hours import WorkingHours
from infra.spec.week_day import WeekDay
from infra.spec.working_hours import WorkingHoursSpec
from tests.support.shared_route import tenant
from tests.unit.components import examples

Make = Callable[[str, pulumi.ResourceOptions], pulumi.ComponentResource]

MAKERS: Mapping[type[pulumi.ComponentResource], Make] = {
    ModelServer: lambda name, opts: ModelServer(
        name,
        examples.MODEL.model_copy(update={"name": name}),
        servers=examples.SERVERS,
        pool=examples.POOL,
        home=examples.model_home(),
        config_map=examples.start_program(),
        opts=opts,
    ),
    ModelRoute: lambda name, opts: ModelRoute(
        name,
        examples.MODEL.model_copy(update={"name": name}),
        examples.GATEWAY,
        servers=2,
        namespace=examples.namespace_ref(),
        opts=opts,
    ),
    SharedBackend: lambda name, opts: SharedBackend(
        name,
        examples.MODEL.model_copy(update={"name": name}),
        namespace=examples.namespace_ref(),
        opts=opts,
    ),
    SharedRoute: lambda name, opts: SharedRoute(
        name,
        examples.MODEL.model_copy(update={"name": name}),
        examples.GATEWAY,
        servers=2,
        namespace=examples.namespace_ref(),
        tenants=(tenant("search"),),
        opts=opts,
    ),
    StartScript: lambda name, opts: StartScript(
        name, namespace=examples.namespace_ref(), opts=opts
    ),
    WeightsJob: lambda name, opts: WeightsJob(
        name,
        examples.MODEL,
        Loader("r.example/weights-loader:0.1.0"),
        home=examples.model_home(),
        opts=opts,
    ),
    WorkingHours: lambda name, opts: WorkingHours(
        name,
        WorkingHoursSpec(hours="08:00-19:00", days=(WeekDay.MONDAY,), time_zone="Europe/Berlin"),
        {"m": 2, "m-on-demand": 1},
        namespace=examples.namespace_ref(),
        opts=opts,
    ),
}
