"""The row of tenants: who asks, whose requests fail, and who spends how many tokens.

Owns what is shown by tenant. Names and labels are the AI gateway's, whose filter knows the tenant
of each request on the shared host. No other metric of the gateway does: Envoy counts a model's own
host by route, and refusals (401, 403, 429) of everybody together.
"""

import re

from components.kubernetes.ai_gateway import CLIENT_ATTRIBUTE
from components.observability.dashboards.board import GRID_COLUMNS, Row, Unit
from components.observability.dashboards.panels import graph
from components.observability.dashboards.promql import most, rate, total
from infra.spec.tenants import NEXT_KEY

TENANT = "tenant"
LEGEND = "{{tenant}}"
KNOWN = f'job="ai-gateway", {CLIENT_ATTRIBUTE}!=""'
REQUESTS = "gen_ai_server_request_duration_seconds_count"
TOKENS = "gen_ai_client_token_usage_sum"
_KEY = f"(.+?)(?:{re.escape(NEXT_KEY)})?".replace("\\", "\\\\")
"""A tenant has two names of keys, one of them while it changes."""
HALF = GRID_COLUMNS // 2


def by_tenant(expr: str) -> str:
    """Return an expression for each tenant, as many as a panel may have."""
    named = f'label_replace({expr}, "{TENANT}", "$1", "{CLIENT_ATTRIBUTE}", "{_KEY}")'
    return most(total(named, TENANT))


def row() -> Row:
    """Return the row."""
    return Row(
        "Tenants, on the shared host",
        (
            graph(
                "Requests, by tenant",
                "What reached the servers of a model; what was refused before is not in it. One"
                " that a second server had to answer counts at each.",
                Unit.REQUESTS_PER_SECOND,
                by_tenant(rate(f"{REQUESTS}{{{KNOWN}}}")),
                LEGEND,
                stacked=True,
                width=HALF,
            ),
            graph(
                "Failed, by tenant",
                "Answers of servers other than 2xx. One tenant alone: it asks wrongly. All of them:"
                " the model fails, or its queues are full.",
                Unit.REQUESTS_PER_SECOND,
                by_tenant(rate(f'{REQUESTS}{{{KNOWN}, error_type!=""}}')),
                LEGEND,
                width=HALF,
                nothing="none failed",
            ),
            graph(
                "Tokens of prompts, by tenant",
                "Tokens that tenants sent, those that a prefix cache saved included.",
                Unit.TOKENS_PER_SECOND,
                by_tenant(rate(f'{TOKENS}{{{KNOWN}, gen_ai_token_type="input"}}')),
                LEGEND,
                stacked=True,
                width=HALF,
            ),
            graph(
                "Tokens of answers, by tenant",
                "Tokens that tenants got. With those of prompts they are what `tokensPerMinute`"
                " limits, for each tenant and model.",
                Unit.TOKENS_PER_SECOND,
                by_tenant(rate(f'{TOKENS}{{{KNOWN}, gen_ai_token_type="output"}}')),
                LEGEND,
                stacked=True,
                width=HALF,
            ),
        ),
    )
