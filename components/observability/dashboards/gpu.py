"""The GPUs' dashboard: do they work, are they healthy, and do they earn what they cost.

Owns what is shown of GPUs. Names and labels: dcgm-exporter 4.8.
"""

from components.observability.dashboards.board import (
    Dashboard,
    Kind,
    Panel,
    Row,
    Target,
    Unit,
    Variable,
    bad_above,
)
from components.observability.dashboards.lines import Lines
from components.observability.dashboards.panels import graph, stat
from components.observability.dashboards.promql import highest, least, most, most_now

UID = "tokenworks-gpu"
CHOSEN = 'job="dcgm-exporter", node=~"$node"'
GPU = ("node", "gpu")
"""What tells one GPU from another, and what a person calls it."""
NAME = "{{node}} / {{gpu}}"
MODEL = "tokenworks_dev_model"
"""Label of the pod that has the GPU: dcgm-exporter writes `tokenworks.dev/model` so."""
VARIABLES = (Variable("node", "Node", 'DCGM_FI_DEV_GPU_UTIL{job="dcgm-exporter"}', "node"),)
PERCENT = 100


def chosen(field: str, *more: str) -> str:
    """Return the series of a field of the chosen GPUs."""
    return f"{field}{{{', '.join((CHOSEN, *more))}}}"


UTILIZATION = chosen("DCGM_FI_DEV_GPU_UTIL")
USED, FREE = chosen("DCGM_FI_DEV_FB_USED"), chosen("DCGM_FI_DEV_FB_FREE")
MEMORY_SHARE = f"{highest(USED, *GPU)} / ({highest(USED, *GPU)} + {highest(FREE, *GPU)})"


def dashboard(lines: Lines) -> Dashboard:
    """Return the dashboard of GPUs."""
    return Dashboard(
        uid=UID,
        title="Tokenworks / GPUs",
        description="Do the GPUs work, are they healthy, and do they earn what they cost?",
        variables=VARIABLES,
        rows=(
            Row("Now", _now(lines)),
            Row("Work", _work()),
            Row("Memory and heat", _memory(lines)),
            Row("Faults", _faults(lines)),
        ),
    )


def _now(lines: Lines) -> tuple[Panel, ...]:
    return (
        stat(
            "GPUs seen",
            "GPUs that the exporter reports. Fewer than there are nodes for: a driver did not"
            " load, or a node is not ready.",
            Unit.NUMBER,
            f"count({UTILIZATION})",
        ),
        stat(
            "Idle",
            f"GPUs under {lines.gpu_idle_percent:g} % of use now. Idle for long: paid for, and"
            " for nothing; see the cost dashboard.",
            Unit.NUMBER,
            f"count({UTILIZATION} < {lines.gpu_idle_percent:g}) or vector(0)",
            alerts=lines.of("idle"),
            more="tokenworks-cost",
        ),
        stat(
            "Use, mean",
            "Share of the time in which a GPU ran anything at all. High does not mean efficient:"
            " see tensor cores below, and tokens per step of the model.",
            Unit.RATIO,
            f"avg({UTILIZATION}) / {PERCENT}",
        ),
        stat(
            "Hottest",
            "Past the limit a GPU slows itself down: answers get slow before anything fails."
            " Drain the node, and have its cooling looked at.",
            Unit.CELSIUS,
            f"max({chosen('DCGM_FI_DEV_GPU_TEMP')})",
            limits=bad_above(lines.gpu_celsius),
            alerts=lines.of("hot"),
        ),
        stat(
            "Power",
            "Of all chosen GPUs together.",
            Unit.WATTS,
            f"sum({chosen('DCGM_FI_DEV_POWER_USAGE')})",
        ),
        stat(
            "GPUs with an XID",
            "GPUs whose driver reported an error since they started. Not zero: the panel below"
            " says which number; its meaning is in NVIDIA's list of XIDs.",
            Unit.NUMBER,
            f"count({chosen('DCGM_FI_DEV_XID_ERRORS')} > 0) or vector(0)",
            limits=bad_above(1),
            alerts=lines.of("xid"),
        ),
    )


def _work() -> tuple[Panel, ...]:
    return (
        graph(
            "Use, by model",
            "Mean over the GPUs that servers of a model hold. Without a name: a GPU that no model"
            " has.",
            Unit.RATIO,
            most(f"avg by ({MODEL}) ({UTILIZATION}) / {PERCENT}"),
            "{{" + MODEL + "}}",
            most=1,
        ),
        graph(
            "Least used GPUs",
            "The dozen that work least. The same ones for hours: their servers get no requests.",
            Unit.RATIO,
            least(f"{highest(UTILIZATION, *GPU)} / {PERCENT}"),
            NAME,
            most=1,
        ),
        graph(
            "Tensor cores at work",
            "Share of the time in which tensor cores computed. Use high and this low: the GPU"
            " waits for memory, which is what decode does in small batches.",
            Unit.RATIO,
            f"avg by (modelName) ({chosen('DCGM_FI_PROF_PIPE_TENSOR_ACTIVE')})",
            "{{modelName}}",
            most=1,
        ),
        graph(
            "Memory bandwidth at work",
            "Share of the time in which the GPU's memory was read or written. Near 80 %: decode is"
            " as fast as this GPU can, and only a larger batch sells more.",
            Unit.RATIO,
            f"avg by (modelName) ({chosen('DCGM_FI_PROF_DRAM_ACTIVE')})",
            "{{modelName}}",
            most=1,
        ),
        Panel(
            "PCIe",
            "Between GPUs and the host. A server that is split over GPUs without NVLink talks here,"
            " and so does one that loads weights.",
            Unit.BYTES_PER_SECOND,
            (
                Target(f"sum({chosen('DCGM_FI_PROF_PCIE_TX_BYTES')})", "sent"),
                Target(f"sum({chosen('DCGM_FI_PROF_PCIE_RX_BYTES')})", "received"),
            ),
        ),
        graph(
            "Clock of the cores",
            "Of the slowest GPU of each node. Falls while there is work: heat or power holds that"
            " GPU back.",
            Unit.MEGAHERTZ,
            least(f"min by (node) ({chosen('DCGM_FI_DEV_SM_CLOCK')})"),
            "{{node}}",
        ),
    )


def _memory(lines: Lines) -> tuple[Panel, ...]:
    return (
        graph(
            "Memory in use",
            "The engine takes its share when it starts and keeps it: a straight line is right."
            " Past the limit something else takes memory, and the next spike ends a server.",
            Unit.RATIO,
            most(MEMORY_SHARE),
            NAME,
            limits=bad_above(lines.gpu_memory_ratio),
            alerts=lines.of("gpu_memory"),
            most=1,
        ),
        graph(
            "Temperature",
            "The dozen hottest. One far above its neighbours: a fan or the airflow of that node.",
            Unit.CELSIUS,
            most(highest(chosen("DCGM_FI_DEV_GPU_TEMP"), *GPU)),
            NAME,
            limits=bad_above(lines.gpu_celsius),
            alerts=lines.of("hot"),
        ),
        graph(
            "Power, by model of GPU",
            "Mean of a GPU. Far below what the GPU may draw while it is in use: it waits for"
            " memory, or is held back.",
            Unit.WATTS,
            f"avg by (modelName) ({chosen('DCGM_FI_DEV_POWER_USAGE')})",
            "{{modelName}}",
        ),
    )


def _faults(lines: Lines) -> tuple[Panel, ...]:
    return (
        _faulty(
            "Last XID",
            "Number of the last error that the driver of a GPU reported. 48, 63, 64, 74, 79, 94 and"
            " 95 are the hardware's: drain the node and give it back.",
            "DCGM_FI_DEV_XID_ERRORS",
            "no GPU reports an error",
            lines.of("xid"),
        ),
        graph(
            "Rows of memory mapped anew",
            "Broken rows that the GPU replaced with spare ones. Uncorrectable ones, or more each"
            " day: it is wearing out.",
            Unit.NUMBER,
            most(f"{highest(chosen('DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS'), *GPU)} > 0"),
            NAME,
            alerts=lines.of("row_remap"),
            nothing="no row was mapped anew",
        ),
        _faulty(
            "Spare rows used up",
            "A row broke and no spare one was left: answers of this GPU may be wrong. Drain the"
            " node now.",
            "DCGM_FI_DEV_ROW_REMAP_FAILURE",
            "every GPU has spare rows",
            lines.of("row_remap"),
        ),
    )


def _faulty(
    title: str, description: str, field: str, nothing: str, alerts: tuple[str, ...]
) -> Panel:
    """Return the GPUs of which a field is not zero."""
    return Panel(
        title,
        description,
        Unit.NUMBER,
        (Target(most_now(f"{highest(chosen(field), *GPU)} > 0"), NAME),),
        kind=Kind.BARS,
        limits=bad_above(1),
        alerts=alerts,
        decimals=0,
        nothing=nothing,
    )
