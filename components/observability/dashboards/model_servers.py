"""A model's dashboard, inside its servers: cache, tokens, errors, one server beside another."""

from components.observability.dashboards.board import (
    Kind,
    Panel,
    Target,
    Unit,
    bad_above,
    bad_below,
)
from components.observability.dashboards.lines import Lines
from components.observability.dashboards.model_series import (
    CHOSEN,
    MODEL,
    NAME,
    SERVERS,
    answered,
    refused,
)
from components.observability.dashboards.panels import graph
from components.observability.dashboards.promql import (
    highest,
    memory_of,
    most,
    quantile,
    rate,
    share,
    total,
)


def cache(lines: Lines) -> tuple[Panel, ...]:
    """Return what is kept of prompts, and how full that is."""
    return (
        graph(
            "KV cache in use",
            "Share of the room for keys and values that requests hold, of the fullest server."
            " Near full, requests wait or are preempted: another server, or a shorter `context`.",
            Unit.RATIO,
            most(highest(f"vllm:kv_cache_usage_perc{{{CHOSEN}}}", MODEL)),
            NAME,
            limits=bad_above(lines.kv_ratio),
            alerts=lines.of("kv"),
            most=1,
        ),
        graph(
            "Prefix cache, hit rate",
            "Tokens of prompts that were there already and cost no prefill. Low although prompts"
            " begin alike: they are spread over servers, or the cache is too small to keep them.",
            Unit.RATIO,
            most(
                share(
                    rate(f"vllm:prefix_cache_hits_total{{{CHOSEN}}}"),
                    rate(f"vllm:prefix_cache_queries_total{{{CHOSEN}}}"),
                    MODEL,
                )
            ),
            NAME,
            most=1,
        ),
        graph(
            "Prompt tokens, by where they came from",
            "Computed anew, or found in a cache. What is found is not paid for in GPU time.",
            Unit.TOKENS_PER_SECOND,
            total(rate(f"vllm:prompt_tokens_by_source_total{{{CHOSEN}}}"), "source"),
            "{{source}}",
            stacked=True,
        ),
    )


def tokens() -> tuple[Panel, ...]:
    """Return what was read and written."""
    return (
        graph(
            "Tokens written",
            "Tokens of answers per second: what the platform sells.",
            Unit.TOKENS_PER_SECOND,
            most(total(rate(f"vllm:generation_tokens_total{{{CHOSEN}}}"), MODEL)),
            NAME,
            stacked=True,
        ),
        graph(
            "Tokens read",
            "Tokens of prompts per second, those from the cache included.",
            Unit.TOKENS_PER_SECOND,
            most(total(rate(f"vllm:prompt_tokens_total{{{CHOSEN}}}"), MODEL)),
            NAME,
            stacked=True,
        ),
        Panel(
            "Length of prompts and answers",
            "What users ask for. Prompts that grow make first tokens late; answers that grow make"
            " whole answers late.",
            Unit.TOKENS,
            (
                Target(quantile(0.5, "vllm:request_prompt_tokens", CHOSEN), "prompt, P50"),
                Target(quantile(0.95, "vllm:request_prompt_tokens", CHOSEN), "prompt, P95"),
                Target(quantile(0.5, "vllm:request_generation_tokens", CHOSEN), "answer, P50"),
                Target(quantile(0.95, "vllm:request_generation_tokens", CHOSEN), "answer, P95"),
            ),
        ),
    )


def errors(lines: Lines) -> tuple[Panel, ...]:
    """Return how requests ended that did not end well."""
    return (
        graph(
            "How requests ended",
            "`stop` and `length` are answers. `abort`: the client went away, often because it"
            " waited too long. `error`: the server failed; its log says why.",
            Unit.REQUESTS_PER_SECOND,
            total(rate(answered(CHOSEN)), "finished_reason"),
            "{{finished_reason}}",
            stacked=True,
            alerts=lines.of("errors"),
        ),
        graph(
            "Turned away",
            "Requests that a server refused because its queue was full. Clients got 503 and were"
            " told to come back: the model needs another server.",
            Unit.REQUESTS_PER_SECOND,
            total(rate(refused(CHOSEN)), "reason"),
            "{{reason}}",
            alerts=lines.of("queue"),
        ),
        graph(
            "Answers of the servers, by status",
            "4xx: clients send what a model cannot take, such as a prompt that is too long. 5xx:"
            " the server failed or turned away.",
            Unit.REQUESTS_PER_SECOND,
            total(rate(f"http_requests_total{{{SERVERS}}}"), "status"),
            "{{status}}",
            stacked=True,
        ),
    )


def servers(lines: Lines) -> tuple[Panel, ...]:
    """Return the servers one beside another."""
    return (
        Panel(
            "Up, by server",
            "Whether Prometheus reaches a server. Red and green in turns: it restarts, most often"
            " for memory.",
            Unit.YES_NO,
            (Target(most(highest(f"up{{{SERVERS}}}", "pod")), "{{pod}}"),),
            kind=Kind.STATES,
            limits=bad_below(1),
            names={"0": "down", "1": "up"},
            alerts=lines.of("down"),
        ),
        graph(
            "Waiting, by server",
            "One server waits and another does not: requests are not spread, see the gateway.",
            Unit.NUMBER,
            most(total(f"vllm:num_requests_waiting{{{CHOSEN}}}", "pod")),
            "{{pod}}",
        ),
        graph(
            "Memory of the host, by server",
            "Grows without end: a leak. A server that reaches its limit is killed and starts anew.",
            Unit.BYTES,
            most(total(memory_of("models", 'pod=~"$object-.+"'), "pod")),
            "{{pod}}",
            alerts=lines.of("leak"),
        ),
    )
