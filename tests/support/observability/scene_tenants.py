"""What the AI gateway's filter says of tenants while the scene runs.

Written from the pinned list of the AI gateway. A part of what models are asked comes by the shared
host, each tenant with a share of it.
"""

from collections.abc import Mapping

from tests.support.observability.platform import MODELS, Model
from tests.support.observability.recording import Recording, noise, product
from tests.support.observability.scene_ways import PROXIES

SHARES: Mapping[str, float] = {
    "search": 0.31,
    "search.next": 0.04,
    "assistant": 0.34,
    "reports": 0.08,
}
"""Key to its share of a model's requests; `search` changes its key."""
ASKED_WRONGLY = 0.012
FULL_ABOVE = 1.5
"""Load from which queues are full, as the routes of the scene have it."""


def record(recording: Recording) -> None:
    """Record every tenant, at each proxy and model."""
    for proxy in PROXIES:
        for model in MODELS:
            for client, share in SHARES.items():
                _tenant(recording, proxy, model, client, share / len(PROXIES))


def _tenant(recording: Recording, proxy: str, model: Model, client: str, share: float) -> None:
    labels = {
        "job": "ai-gateway",
        "namespace": "gateway",
        "pod": proxy,
        "container": "ai-gateway-extproc",
        "client": client,
        "gen_ai_operation_name": "chat",
        "gen_ai_original_model": model.name,
        "gen_ai_provider_name": "openai",
        "gen_ai_request_model": model.name,
        "gen_ai_response_model": model.name,
    }
    shaken = product(model.load, noise(f"{client} {model.name} {proxy}", 0.05))
    asked = [model.requests_a_second * share * each for each in shaken]
    failed = [
        each * (ASKED_WRONGLY + 0.1 * max(0.0, load - FULL_ABOVE))
        for each, load in zip(asked, model.load, strict=True)
    ]
    answered = [each - lost for each, lost in zip(asked, failed, strict=True)]
    requests = "gen_ai_server_request_duration_seconds_count"
    recording.counter(requests, labels, answered)
    recording.counter(requests, {**labels, "error_type": "_OTHER"}, failed)
    for kind, tokens in (("input", model.prompt_tokens), ("output", model.answer_tokens)):
        recording.counter(
            "gen_ai_client_token_usage_sum",
            {**labels, "gen_ai_token_type": kind},
            [each * tokens for each in answered],
        )
