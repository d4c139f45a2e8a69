"""All dashboards of a stack: the one way to ask for them.

Owns which dashboards a stack gets. Does not own what any of them shows.
"""

from components.observability.dashboards import cost, data, fleet, gateway, gpu, model
from components.observability.dashboards.board import Dashboard
from components.observability.dashboards.lines import lines
from infra.spec.stack import StackSpec


def dashboards(spec: StackSpec) -> tuple[Dashboard, ...]:
    """Return the dashboards of the platform of a stack, the overview first."""
    limits = lines(spec)
    has_loki = spec.observability.has_loki
    of_data = data.dashboard(limits, spec)
    return (
        fleet.dashboard(limits),
        model.dashboard(limits, has_loki=has_loki),
        gpu.dashboard(limits),
        *(
            (gateway.dashboard(limits, shared_host=spec.gateway.shared_host, has_loki=has_loki),)
            if spec.gateway.is_built
            else ()
        ),
        *((of_data,) if of_data is not None else ()),
        cost.dashboard(limits),
    )
