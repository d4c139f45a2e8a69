"""Tokens by tenant and model, as Prometheus answers an instant query.

Owns the query and the form of the answer (Prometheus 3.14, "HTTP API"). The series is the gateway's
(docs/traffic.md): with `gateway.sharedHost` alone there is one. Both keys of a tenant are its own.
"""

import math
from collections.abc import Mapping
from decimal import Decimal

from infra.replies import blocks, optional_text
from infra.spec.tenants import NEXT_KEY
from infra.wire import Properties

QUERY = (
    "sum by (client, gen_ai_request_model) "
    '(increase(gen_ai_client_token_usage_sum{{gen_ai_token_type=~"input|output"}}[{days}d]))'
)
Tokens = Mapping[tuple[str, str], Decimal]
"""Model and tenant to tokens of prompts and answers. An empty tenant: nobody's name was counted."""


class TokensError(ValueError):
    """An answer that is not Prometheus'; the message says what is wrong with it."""


def tokens(answer: Properties) -> Tokens:
    """Return tokens by model and tenant.

    Raises:
        TokensError: it is no answer of an instant query.
    """
    if answer.get("status") != "success":
        message = f"prometheus: must answer success, got {answer.get('status')!r}"
        raise TokensError(f"{message}: {optional_text(answer, 'error')}".rstrip(": "))
    found: dict[tuple[str, str], Decimal] = {}
    for one in blocks(answer, "data.result"):
        value = one.get("value")
        if not isinstance(value, list) or len(value) != 2:  # noqa: PLR2004  time and value
            message = "prometheus: each result must have a time and a value"
            raise TokensError(message)
        count = float(str(value[1]))
        if math.isfinite(count) and count > 0:
            key = (
                optional_text(one, "metric.gen_ai_request_model"),
                optional_text(one, "metric.client").removesuffix(NEXT_KEY),
            )
            found[key] = found.get(key, Decimal(0)) + Decimal(str(count))
    return found
