"""Which series a model's dashboard asks.

Names and labels: vLLM 0.32, read off a running one.
"""

from components.observability.dashboards.promql import rate, total

MODEL = "model_name"
"""vLLM's label: the name that clients send."""
CHOSEN = 'job="vllm", model_name=~"$model"'
SERVERS = 'job="vllm", model=~"$object"'
PROBED = 'job="probe", way="service", model=~"$model"'
NAME = "{{model_name}}"
TTFT = "vllm:time_to_first_token_seconds"
ITL = "vllm:inter_token_latency_seconds"
END_TO_END = "vllm:e2e_request_latency_seconds"
QUEUE = "vllm:request_queue_time_seconds"
ANSWERED = f"vllm:request_success_total{{{CHOSEN}}}"
FAILED = f'vllm:request_success_total{{{CHOSEN}, finished_reason="error"}}'
REFUSED = f"vllm:admission_rejections_total{{{CHOSEN}}}"
ERROR_SHARE = (
    f"({total(rate(FAILED))} + {total(rate(REFUSED))})"
    f" / ({total(rate(ANSWERED))} + {total(rate(REFUSED))})"
)
