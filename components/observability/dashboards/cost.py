"""The cost dashboard: what runs now costs how much, and what comes of it.

Owns what is shown of money. Prices are list prices of the catalogue, which the rules write into
Prometheus; a node whose price nobody knows is counted as such, never as free. Disks, traffic and
load balancers are not in it: `tokenworks estimate` has them.
"""

from components.observability.dashboards import gpu, model
from components.observability.dashboards.board import (
    Dashboard,
    Panel,
    Row,
    Target,
    Unit,
    bad_above,
    watch_then_bad,
)
from components.observability.dashboards.gpu import MODEL
from components.observability.dashboards.lines import Lines
from components.observability.dashboards.panels import graph, stat
from components.observability.dashboards.promql import most, rate, total
from components.observability.rules.cost import PRICE, SPEND, UNPRICED
from components.observability.rules.recording import NODES

UID = "tokenworks-cost"
HOURS_PER_MONTH = 730
"""As `tokenworks estimate` counts a month."""
MILLION = 1_000_000
SECONDS_PER_HOUR = 3600
KIND = ("instance_type", "capacity_type")
"""Labels by which a price is found."""
LEGEND = "{{instance_type}}, {{capacity_type}}"
GPU_USE = 'DCGM_FI_DEV_GPU_UTIL{job="dcgm-exporter"}'
GPUS = 'kube_node_status_allocatable{job="kube-state-metrics", resource="nvidia_com_gpu"}'
HELD = 'kube_pod_container_resource_requests{job="kube-state-metrics", resource="nvidia_com_gpu"}'
WRITTEN = 'vllm:generation_tokens_total{job="vllm"}'
READ = 'vllm:prompt_tokens_total{job="vllm"}'
USD_PER_HOUR = f"sum({SPEND})"
GPU_USD = (
    f"sum by (node) ({NODES} * on (instance_type, capacity_type) group_left () {PRICE})"
    f" / on (node) max by (node) ({GPUS} > 0)"
)
"""What a GPU of each node costs an hour: the node's price, shared by its GPUs."""
MODEL_USD = (
    f"sum by ({MODEL}) (count by ({MODEL}, node) ({GPU_USE}) * on (node) group_left () ({GPU_USD}))"
)
"""What the GPUs of each model cost an hour; without a name: GPUs that no model has."""
OF_GPU_POOLS = f"{SPEND} and on (pool) (count by (pool) ({NODES} and on (node) ({GPUS} > 0)))"


def _per_million(usd_per_hour: str, tokens_per_second: str) -> str:
    return f"{usd_per_hour} / ({tokens_per_second} * {SECONDS_PER_HOUR} / {MILLION})"


def _by_model(counter: str) -> str:
    named = f'label_replace({rate(counter)}, "{MODEL}", "$1", "model", "(.+)")'
    return total(named, MODEL)


def dashboard(lines: Lines) -> Dashboard:
    """Return the dashboard of costs, with the lines of the budget."""
    return Dashboard(
        uid=UID,
        title="Tokenworks / Cost",
        description="What does what runs now cost, what comes of it, and what is paid for nothing?",
        variables=(),
        rows=(
            Row("Now, nodes at list prices", _now(lines)),
            Row("Where it goes", _where(lines)),
            Row("What comes of it", _yield()),
            Row("What is paid for nothing", _waste(lines)),
        ),
    )


def _now(lines: Lines) -> tuple[Panel, ...]:
    hourly, monthly = lines.hourly_usd, lines.monthly_usd
    return (
        stat(
            "An hour",
            "All nodes that are there now, at list prices.",
            Unit.USD,
            USD_PER_HOUR,
            limits=None if hourly is None else bad_above(hourly),
            alerts=lines.of("budget"),
            decimals=2,
        ),
        stat(
            "A month like this hour",
            f"The same for {HOURS_PER_MONTH} hours. Past the budget: the row below says which nodes"
            " are new.",
            Unit.USD,
            f"{USD_PER_HOUR} * {HOURS_PER_MONTH}",
            limits=None if monthly is None else bad_above(monthly),
            alerts=lines.of("budget"),
            decimals=0,
        ),
        stat(
            "A million tokens",
            "Cost of the nodes over tokens read and written. High at night is right: nodes cost the"
            " same, and nobody asks.",
            Unit.USD,
            _per_million(USD_PER_HOUR, f"({total(rate(WRITTEN))} + {total(rate(READ))})"),
            decimals=2,
        ),
        stat(
            "Spot, share of cost",
            "Of what nodes with GPUs cost. Low: spot is not to be had, or pools forbid it.",
            Unit.RATIO,
            f"(sum({_SPOT} and on (pool) ({OF_GPU_POOLS})) or vector(0)) / sum({OF_GPU_POOLS})",
        ),
        stat(
            "Idle GPUs",
            f"GPUs that stayed under {lines.gpu_idle_percent:g} % for an hour. Lower `min` of their"
            " model or pool.",
            Unit.NUMBER,
            f"count({_idle(lines)}) or vector(0)",
            limits=watch_then_bad(1, 4),
            alerts=lines.of("idle"),
            more=gpu.UID,
        ),
        stat(
            "Nodes without a price",
            "Nodes whose price the catalogue does not know: all sums here are too low by theirs.",
            Unit.NUMBER,
            f"sum({UNPRICED}) or vector(0)",
            limits=bad_above(1),
        ),
    )


_SPOT = SPEND + '{capacity_type="spot"}'


def _idle(lines: Lines) -> str:
    """Return GPUs that were there for an hour and did nothing."""
    return f"(max_over_time({GPU_USE}[1h]) < {lines.gpu_idle_percent:g} and {GPU_USE} offset 1h)"


def _where(lines: Lines) -> tuple[Panel, ...]:
    hourly = lines.hourly_usd
    return (
        graph(
            "An hour, by node",
            "What all nodes of a kind cost; the dashed line is the budget of the stack file.",
            Unit.USD_PER_HOUR,
            most(total(SPEND, *KIND)),
            LEGEND,
            stacked=True,
            limits=None if hourly is None else bad_above(hourly),
            alerts=lines.of("budget"),
            width=12,
        ),
        graph(
            "An hour, by model",
            "What the GPUs cost that servers of a model hold. Without a name: GPUs that no model"
            " has.",
            Unit.USD_PER_HOUR,
            most(MODEL_USD),
            "{{" + MODEL + "}}",
            stacked=True,
            width=12,
            more=model.UID,
        ),
    )


def _yield() -> tuple[Panel, ...]:
    return (
        graph(
            "A million tokens written, by model",
            "What the GPUs of a model cost for a million tokens of answers. Compare it with the"
            " price of a service that sells the same model. High: few ask for it.",
            Unit.USD,
            most(_per_million(MODEL_USD, f"({_by_model(WRITTEN)} > 0)")),
            "{{" + MODEL + "}}",
            width=12,
            more=model.UID,
        ),
        Panel(
            "Tokens for a dollar",
            "Tokens of all models for each dollar of all nodes.",
            Unit.TOKENS,
            (
                Target(f"{total(rate(WRITTEN))} * {SECONDS_PER_HOUR} / {USD_PER_HOUR}", "written"),
                Target(f"{total(rate(READ))} * {SECONDS_PER_HOUR} / {USD_PER_HOUR}", "read"),
            ),
            width=12,
        ),
    )


def _waste(lines: Lines) -> tuple[Panel, ...]:
    idle_usd = f"sum(count by (node) ({_idle(lines)}) * on (node) ({GPU_USD}))"
    return (
        graph(
            "Idle GPUs, an hour",
            f"What GPUs cost that stayed under {lines.gpu_idle_percent:g} % for an hour.",
            Unit.USD_PER_HOUR,
            f"{idle_usd} or vector(0)",
            "idle",
            alerts=lines.of("idle"),
            more=gpu.UID,
        ),
        graph(
            "GPUs that no server holds",
            "GPUs of nodes beyond those that pods ask for. For long: the node is kept by something"
            " else that runs there, or by a pool's `min`.",
            Unit.NUMBER,
            f"sum({GPUS}) - sum({HELD})",
            "GPUs",
            alerts=lines.of("idle"),
        ),
        graph(
            "Nodes, by how they were bought",
            "Spot that turns into on demand: it was reclaimed and there was none to be had.",
            Unit.NUMBER,
            total(NODES, "capacity_type"),
            "{{capacity_type}}",
            stacked=True,
            alerts=lines.of("spot"),
        ),
    )
