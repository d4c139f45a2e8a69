"""What vLLM and the probe say while the scene runs.

Written from the recorded output of vLLM 0.32.0: its names, labels and bounds of buckets.
"""

from collections.abc import Sequence

from tests.support.observability.platform import MODELS, Model, Server
from tests.support.observability.recording import Recording, noise, product, values

TTFT = (
    *(0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5),
    *(10.0, 20.0, 40.0, 80.0, 160.0, 640.0, 2560.0),
)
ITL = (
    *(0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5),
    *(10.0, 20.0, 40.0, 80.0),
)
WHOLE = (
    *(0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0),
    *(120.0, 240.0, 480.0, 960.0, 1920.0, 7680.0),
)
TOKENS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000)
SOURCES = (("local_compute", 0.58), ("local_cache_hit", 0.42), ("external_kv_transfer", 0.0))
ENDED = (("stop", 0.86), ("length", 0.12), ("abort", 0.015), ("repetition", 0.0))
HANDLER = "/v1/chat/completions"


def record(recording: Recording) -> None:
    """Record every server, and the probe of every model."""
    for model in MODELS:
        for server in model.servers:
            _server(recording, model, server)
        _probe(recording, model)


def _server(recording: Recording, model: Model, server: Server) -> None:
    up = model.up(server)
    alive = [sum(at) for at in zip(*(model.up(one) for one in model.servers), strict=True)]
    labels = {
        "job": "vllm",
        "namespace": "models",
        "pod": server.pod,
        "container": "server",
        "instance": f"{server.address}:8000",
        "node": server.node,
        "model": model.object_name,
    }
    recording.gauge("up", labels, up)
    said = {**labels, "engine": "0", "model_name": model.name}
    # Whoever is left answers for those who are not.
    busy = [
        load * here * len(model.servers) / max(1.0, there)
        for load, here, there in zip(model.load, up, alive, strict=True)
    ]
    asked = product(busy, noise(f"{server.pod} asked", 0.04))
    asked = [each * model.requests_a_second / len(model.servers) for each in asked]
    slow = [1 + 7 * max(0.0, load - 1.35) for load in busy]
    _latencies(recording, model, said, asked, slow)
    _gauges(recording, model, said, busy, labels)
    _counters(recording, model, said, asked, busy)
    status = {**labels, "handler": HANDLER, "method": "POST"}
    for code, share in (("2xx", 0.985), ("4xx", 0.012), ("5xx", 0.003)):
        recording.counter(
            "http_requests_total", {**status, "status": code}, [share * each for each in asked]
        )


def _latencies(
    recording: Recording,
    model: Model,
    said: dict[str, str],
    asked: Sequence[float],
    slow: Sequence[float],
) -> None:
    steady = noise(f"{said['pod']} steady", 0.03)
    first = product(slow, steady, [model.ttft_seconds] * len(slow))
    between = product([1 + 0.12 * (each - 1) for each in slow], steady)
    between = [each * model.itl_seconds for each in between]
    answer = [model.answer_tokens * each for each in steady]
    whole = [each + pause * model.answer_tokens for each, pause in zip(first, between, strict=True)]
    queue = [0.02 + max(0.0, each - 1) * model.ttft_seconds * 0.9 for each in slow]
    tokens = [each * model.answer_tokens for each in asked]
    for name, bounds, speed, median, spread in (
        ("time_to_first_token_seconds", TTFT, asked, first, 0.42),
        ("inter_token_latency_seconds", ITL, tokens, between, 0.28),
        ("e2e_request_latency_seconds", WHOLE, asked, whole, 0.5),
        ("request_queue_time_seconds", WHOLE, asked, queue, 0.9),
        ("request_prompt_tokens", TOKENS, asked, [model.prompt_tokens * x for x in steady], 0.8),
        ("request_generation_tokens", TOKENS, asked, answer, 0.6),
    ):
        recording.histogram(
            f"vllm:{name}", said, bounds, a_second=speed, median=median, spread=spread
        )
    decode = [pause * model.answer_tokens for pause in between]
    for phase, seconds in (("prefill", [model.ttft_seconds * 0.8] * len(slow)), ("decode", decode)):
        recording.counter(f"vllm:request_{phase}_time_seconds_sum", said, product(asked, seconds))
        recording.counter(f"vllm:request_{phase}_time_seconds_count", said, asked)


def _gauges(
    recording: Recording,
    model: Model,
    said: dict[str, str],
    busy: Sequence[float],
    labels: dict[str, str],
) -> None:
    waiting = [round(max(0.0, load - 1.3) * 55) for load in busy]
    running = [min(model.at_once, round(load * model.at_once * 0.55)) for load in busy]
    recording.gauge("vllm:num_requests_running", said, running)
    recording.gauge("vllm:num_requests_waiting", said, waiting)
    for reason, counted in (("capacity", waiting), ("deferred", [0.0] * len(waiting))):
        recording.gauge("vllm:num_requests_waiting_by_reason", {**said, "reason": reason}, counted)
    held = product([0.51 * load for load in busy], noise(f"{said['pod']} held", 0.03))
    recording.gauge("vllm:kv_cache_usage_perc", said, [min(0.995, each) for each in held])
    grows = values(lambda hour: (6 + model.prompt_tokens / 90) * 1e9 + 4e7 * hour)
    of_container = {
        "job": "kubelet",
        "metrics_path": "/metrics/cadvisor",
        **{key: labels[key] for key in ("namespace", "pod", "container", "node")},
    }
    recording.gauge("container_memory_working_set_bytes", of_container, grows)


def _counters(
    recording: Recording,
    model: Model,
    said: dict[str, str],
    asked: Sequence[float],
    busy: Sequence[float],
) -> None:
    read = [each * model.prompt_tokens * 1.3 for each in asked]
    wrote = [each * model.answer_tokens * 1.2 for each in asked]
    recording.counter("vllm:prompt_tokens_total", said, read)
    recording.counter("vllm:generation_tokens_total", said, wrote)
    for source, share in SOURCES:
        recording.counter(
            "vllm:prompt_tokens_by_source_total",
            {**said, "source": source},
            [share * each for each in read],
        )
    hit = noise(f"{said['pod']} hit", 0.02)
    recording.counter("vllm:prefix_cache_queries_total", said, read)
    recording.counter(
        "vllm:prefix_cache_hits_total", said, [model.hit_ratio * x for x in product(read, hit)]
    )
    steps = [9.0 + 3 * load for load in busy]
    recording.counter(
        "vllm:iteration_tokens_total_sum",
        said,
        [a + 0.6 * b for a, b in zip(wrote, read, strict=True)],
    )
    recording.counter("vllm:iteration_tokens_total_count", said, steps)
    full = [max(0.0, load - 1.55) for load in busy]
    recording.counter("vllm:num_preemptions_total", said, [0.4 * each for each in full])
    failed = [0.0012 * each for each in asked]
    for reason, share in ENDED:
        recording.counter(
            "vllm:request_success_total",
            {**said, "finished_reason": reason},
            [share * each for each in asked],
        )
    recording.counter("vllm:request_success_total", {**said, "finished_reason": "error"}, failed)
    refused = {key: value for key, value in said.items() if key != "engine"}
    for reason, share in (("max_num_queued_reqs", 0.5), ("max_num_queued_tokens", 0.0)):
        recording.counter(
            "vllm:admission_rejections_total",
            {**refused, "reason": reason},
            [share * each for each in full],
        )


def _probe(recording: Recording, model: Model) -> None:
    inside = {
        "job": "probe",
        "instance": model.object_name,
        "model": model.object_name,
        "way": "service",
    }
    outside = {**inside, "way": "gateway"}
    seconds = product(
        [1 + 1.8 * max(0.0, load - 1.35) for load in model.load],
        noise(f"{model.name} probe", 0.05),
        [model.ttft_seconds + 15 * model.itl_seconds] * len(model.load),
    )
    recording.gauge("probe_success", inside, model.answers)
    recording.gauge("probe_success", outside, 1)
    recording.gauge("probe_duration_seconds", inside, seconds)
    for phase, share in (
        ("resolve", 0.004),
        ("connect", 0.003),
        ("tls", 0.0),
        ("processing", 0.985),
        ("transfer", 0.008),
    ):
        recording.gauge(
            "probe_http_duration_seconds",
            {**inside, "phase": phase},
            [share * each for each in seconds],
        )
