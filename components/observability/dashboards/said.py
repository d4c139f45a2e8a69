"""What pods print, on dashboards: panels that Loki answers, in LogQL.

Owns their queries. Labels are those that Alloy gives a line (`logs_alloy`). A stack without Loki
has none of these panels.
"""

from components.kubernetes import gateway_names, model_namespace
from components.observability.dashboards.board import (
    GRID_COLUMNS,
    MOST_SERIES,
    Kind,
    Panel,
    Row,
    Source,
    Target,
    Unit,
)
from components.observability.dashboards.lines import Lines
from infra.spec.tenants import NEXT_KEY

SERVERS = f'{{namespace="{model_namespace.NAMESPACE}", model=~"$object"}}'
PROXIES = f'{{namespace="{gateway_names.NAMESPACE}", container="envoy"}}'
"""Lines of the access log among them, JSON each (`gateway_objects.ACCESS_LOG`)."""
NAMED = 'client, code | client != ""'
"""Requests of whom the gateway knew by a key or a token."""
TENANT = f'label_format tenant=`{{{{ trimSuffix "{NEXT_KEY}" .client }}}}`'
COUNTED_WIDTH = 8
LINES_HEIGHT = 12


def of_servers(lines: Lines) -> Row:
    """Return the row of a model's servers."""
    return Row(
        "What servers say",
        (
            Panel(
                "Errors said",
                "Lines with `ERROR` of all chosen models. A wave without failed requests: look at"
                " the lines beside it; often a server that starts anew.",
                Unit.NUMBER,
                (Target(f'sum(count_over_time({SERVERS} |= "ERROR" [$__auto]))', "lines"),),
                source=Source.LOKI,
                width=COUNTED_WIDTH,
                height=LINES_HEIGHT,
                nothing="no such line",
            ),
            Panel(
                "Lines",
                "What servers of the chosen models print, the newest first; `pod` and `node` are"
                " beside each line. Prompts are not among them. Nothing at all: logs are not"
                " collected.",
                Unit.NUMBER,
                (Target(SERVERS, ""),),
                kind=Kind.LOGS,
                source=Source.LOKI,
                alerts=lines.of("logs"),
                width=GRID_COLUMNS - COUNTED_WIDTH,
                height=LINES_HEIGHT,
            ),
        ),
    )


def of_proxies() -> Row:
    """Return the row of who is turned away, by name: no metric of the gateway has it."""
    return Row(
        "Who is turned away, by tenant",
        (
            _refused(
                "429",
                "Over the limit, by tenant",
                "Requests beyond `requestsPerMinute` or `tokensPerMinute`, over the range that is"
                " looked at. Raise the limit where it is right that it sends them.",
            ),
            _refused(
                "403",
                "Not allowed, by tenant",
                "Requests for a model that the tenant may not use. Add the model to the tenant, or"
                " tell the tenant.",
            ),
        ),
    )


def _refused(code: str, title: str, description: str) -> Panel:
    found = f'{PROXIES} | json {NAMED} | code = "{code}" | {TENANT}'
    return Panel(
        title,
        description,
        Unit.NUMBER,
        (
            Target(
                f"topk({MOST_SERIES}, sum by (tenant) (count_over_time({found} [$__range])))",
                "{{tenant}}",
            ),
        ),
        kind=Kind.BARS,
        source=Source.LOKI,
        width=GRID_COLUMNS // 2,
        nothing="nobody",
    )
