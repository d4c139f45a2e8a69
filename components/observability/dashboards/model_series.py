"""Which series a model's dashboard asks.

Names and labels: vLLM 0.32, read off a running one.
"""

from components.observability.dashboards.promql import rate, total

MODEL = "model_name"
"""vLLM's label: the name that clients send."""
CHOSEN = 'job="vllm", model_name=~"$model"'
SERVERS = 'job="vllm", model=~"$object"'
PROBED = 'job="probe", way="service", model=~"$object"'
NAME = "{{model_name}}"
TTFT = "vllm:time_to_first_token_seconds"
ITL = "vllm:inter_token_latency_seconds"
END_TO_END = "vllm:e2e_request_latency_seconds"
QUEUE = "vllm:request_queue_time_seconds"


def answered(matchers: str) -> str:
    """Return the counter of requests that ended, however they did."""
    return f"vllm:request_success_total{{{matchers}}}"


def refused(matchers: str) -> str:
    """Return the counter of requests that were turned away."""
    return f"vllm:admission_rejections_total{{{matchers}}}"


def error_share(matchers: str, *by: str) -> str:
    """Return the share of requests that failed or were turned away."""
    turned_away = total(rate(refused(matchers)), *by)
    failed = total(rate(answered(f'{matchers}, finished_reason="error"')), *by)
    return f"({failed} + {turned_away}) / ({total(rate(answered(matchers)), *by)} + {turned_away})"
