"""A model's dashboard: is it quick and right enough, and if not, what does it wait for.

Owns what is shown of model servers. Names and labels: vLLM 0.32, read off a running one.
"""

from components.observability.dashboards import model_servers, said
from components.observability.dashboards.board import (
    Dashboard,
    Panel,
    Row,
    Target,
    Unit,
    Variable,
    bad_above,
    bad_below,
)
from components.observability.dashboards.lines import Lines
from components.observability.dashboards.model_series import (
    CHOSEN,
    END_TO_END,
    ITL,
    MODEL,
    NAME,
    PROBED,
    QUEUE,
    SERVERS,
    TTFT,
    error_share,
)
from components.observability.dashboards.panels import graph, stat
from components.observability.dashboards.promql import (
    highest,
    mean,
    most,
    quantile,
    rate,
    total,
)

UID = "tokenworks-model"
VARIABLES = (
    Variable("model", "Model", 'vllm:num_requests_running{job="vllm"}', "model_name"),
    # Kubernetes has no dots in names: qwen2.5-7b is qwen2-5-7b there.
    Variable(
        "object",
        "Object",
        'vllm:num_requests_running{job="vllm", model_name=~"$model"}',
        "model",
        hidden=True,
    ),
)


def dashboard(lines: Lines, *, has_loki: bool) -> Dashboard:
    """Return the dashboard of models, with the lines of the service's promises.

    Args:
        lines: the promises and thresholds of the stack.
        has_loki: whether what servers print is kept in the cluster.
    """
    return Dashboard(
        uid=UID,
        title="Tokenworks / Model",
        description="Is a model quick and right enough, and if not, what does it wait for?",
        variables=VARIABLES,
        rows=(
            Row("Against the promises", _promises(lines)),
            Row("How long users wait", _latency(lines)),
            Row("What requests wait for", _queue(lines)),
            Row("Cache of keys and values", model_servers.cache(lines)),
            Row("Tokens", model_servers.tokens()),
            Row("What went wrong", model_servers.errors(lines)),
            Row("One server beside another", model_servers.servers(lines)),
            *((said.of_servers(lines),) if has_loki else ()),
        ),
    )


def _promises(lines: Lines) -> tuple[Panel, ...]:
    share_of_all = f"{lines.percent:g} %"
    return (
        stat(
            f"TTFT, P{lines.percent:g}",
            f"{share_of_all} of requests get their first token within this time. Red: look at the"
            " queue first, then at the length of prompts.",
            Unit.SECONDS,
            quantile(lines.portion, TTFT, CHOSEN),
            limits=bad_above(lines.ttft_seconds),
            alerts=lines.of("ttft"),
        ),
        stat(
            f"ITL, P{lines.percent:g}",
            f"{share_of_all} of tokens come within this time after the one before. Red: batches are"
            " large or prompts are long; see tokens per step.",
            Unit.SECONDS,
            quantile(lines.portion, ITL, CHOSEN),
            limits=bad_above(lines.itl_seconds),
            alerts=lines.of("itl"),
        ),
        stat(
            "Probe, P99",
            "A completion of fixed length, asked inside the cluster each minute: what a user of a"
            " quiet service would see. Red although queues are empty: the server itself is slow.",
            Unit.SECONDS,
            f"max(quantile_over_time(0.99, probe_duration_seconds{{{PROBED}}}[1h]))",
            limits=bad_above(lines.probe_seconds),
            alerts=lines.of("probe"),
        ),
        stat(
            "Errors",
            "Requests that failed or were turned away, as a share of all. Red: see below which of"
            " the two it is.",
            Unit.RATIO,
            error_share(CHOSEN),
            limits=bad_above(lines.error_ratio),
            alerts=lines.of("errors"),
            decimals=2,
        ),
        stat(
            "Answering",
            "Share of the time in which the probe got a completion, over the range that is looked"
            " at. Red: users were without the model.",
            Unit.RATIO,
            f"avg(avg_over_time(probe_success{{{PROBED}}}[$__range]))",
            limits=bad_below(lines.availability_ratio),
            alerts=lines.of("silent"),
            decimals=2,
        ),
        stat(
            "Servers up",
            "Servers that Prometheus reaches, of all chosen models.",
            Unit.NUMBER,
            total(f"up{{{SERVERS}}}"),
            limits=bad_below(1),
            alerts=lines.of("down"),
        ),
    )


def _quantiles(histogram: str) -> tuple[Target, ...]:
    return tuple(
        Target(quantile(portion, histogram, CHOSEN), f"P{portion * 100:g}")
        for portion in (0.5, 0.95, 0.99)
    )


def _latency(lines: Lines) -> tuple[Panel, ...]:
    return (
        Panel(
            "Time to first token",
            "From the request to the first token, over all chosen models; the dashed line is the"
            f" promise for P{lines.percent:g}. P50 low and P99 high: a few long prompts hold"
            " up the others. All three high: the queue.",
            Unit.SECONDS,
            _quantiles(TTFT),
            limits=bad_above(lines.ttft_seconds),
            alerts=lines.of("ttft"),
        ),
        Panel(
            "Time between tokens",
            "Pause between two tokens of an answer: how fast text appears. It grows with the"
            " batch; when it passes the line, a server runs more at once than the GPU holds up.",
            Unit.SECONDS,
            _quantiles(ITL),
            limits=bad_above(lines.itl_seconds),
            alerts=lines.of("itl"),
        ),
        Panel(
            "Whole answers",
            "From the request to the last token. It follows the length of answers: read it beside"
            " the lengths below before calling a model slow.",
            Unit.SECONDS,
            _quantiles(END_TO_END),
        ),
        graph(
            f"Time to first token, P{lines.percent:g} by model",
            "The same for each model, with the promise: which one breaks it.",
            Unit.SECONDS,
            most(quantile(lines.portion, TTFT, CHOSEN, MODEL)),
            NAME,
            limits=bad_above(lines.ttft_seconds),
            alerts=lines.of("ttft"),
        ),
        Panel(
            "Where the time goes",
            "Mean seconds of a request in the queue, in prefill (reading the prompt) and in decode"
            " (writing the answer). Queue: more servers. Prefill: shorter prompts, prefix cache."
            " Decode: shorter answers, smaller batches.",
            Unit.SECONDS,
            tuple(
                Target(mean(f"vllm:request_{phase}_time_seconds", CHOSEN), phase)
                for phase in ("queue", "prefill", "decode")
            ),
            stacked=True,
        ),
        graph(
            "Probe by phase",
            "The minute's completion, by what it waited for. `processing` is the whole generation:"
            " the answer is no stream.",
            Unit.SECONDS,
            highest(f"probe_http_duration_seconds{{{PROBED}}}", "phase"),
            "{{phase}}",
            stacked=True,
        ),
    )


def _queue(lines: Lines) -> tuple[Panel, ...]:
    return (
        Panel(
            "Running and waiting",
            "Requests in the batch, and those that wait for a place in it. Waiting above zero for"
            " minutes: the model needs another server.",
            Unit.NUMBER,
            (
                Target(total(f"vllm:num_requests_running{{{CHOSEN}}}"), "running"),
                Target(total(f"vllm:num_requests_waiting{{{CHOSEN}}}"), "waiting"),
            ),
            alerts=lines.of("queue"),
        ),
        graph(
            "Waiting, by reason",
            "`capacity`: no room in the batch or the cache. `deferred`: held back for another"
            " cause, such as a transfer.",
            Unit.NUMBER,
            total(f"vllm:num_requests_waiting_by_reason{{{CHOSEN}}}", "reason"),
            "{{reason}}",
            stacked=True,
        ),
        Panel(
            "Time in the queue",
            "Before a request is begun. The first bucket of this histogram ends at 0.3 s: below"
            " that it only says `short`.",
            Unit.SECONDS,
            _quantiles(QUEUE),
        ),
        graph(
            "Tokens per step",
            "Tokens that one pass of the model makes or reads: batch efficiency. A GPU that is"
            " busy with few tokens a step is paid for and not used; raise what a server runs at"
            " once, or take a server away.",
            Unit.TOKENS,
            most(mean("vllm:iteration_tokens_total", CHOSEN, MODEL)),
            NAME,
        ),
        graph(
            "Requests at once, per server",
            "How full the batch of a server is, on average. At its `maxConcurrentRequests` the"
            " next request waits.",
            Unit.NUMBER,
            most(f"avg by (model_name) (vllm:num_requests_running{{{CHOSEN}}})"),
            NAME,
        ),
        graph(
            "Preemptions",
            "Requests that lost their place in the cache and begin again: work done twice. More"
            " than now and then: shorten `context`, or lower `maxConcurrentRequests`.",
            Unit.OPERATIONS_PER_SECOND,
            most(total(rate(f"vllm:num_preemptions_total{{{CHOSEN}}}"), MODEL)),
            NAME,
            alerts=lines.of("kv"),
        ),
    )
