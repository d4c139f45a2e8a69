"""The dashboard of the way in: who asks, who is turned away, and what a proxy waits for.

Owns what is shown of the gateway. Names and labels: Envoy as Envoy Gateway 1.9 runs it.
"""

from dataclasses import replace

from components.observability.dashboards import model, said, tenants
from components.observability.dashboards.board import (
    GRID_COLUMNS,
    Dashboard,
    Panel,
    Row,
    Target,
    Unit,
    Variable,
    bad_above,
    bad_below,
    bad_then_watch,
)
from components.observability.dashboards.lines import Lines
from components.observability.dashboards.panels import graph, stat
from components.observability.dashboards.promql import highest, most, quantile, rate, total
from components.observability.rules.promql import MODEL_OF_ROUTE
from infra.spec.models import SHARED_HOST_SUFFIX

UID = "tokenworks-gateway"
PROXIES = 'job="envoy"'
CLIENTS = 'job="envoy", envoy_http_conn_manager_prefix=~"https?-.+"'
"""What came in through a listener of the Gateway: Envoy counts its own admin pages, too."""
ROUTES = f'job="envoy", envoy_cluster_name=~"httproute/models/($route)(?:{SHARED_HOST_SUFFIX})?/.+"'
"""Envoy Gateway names what a route sends to after the route: `httproute/models/NAME/rule/0`. A
model has one of its own, and one at the shared host."""
ROUTE = "route"
LEGEND = "{{route}}"
VARIABLES = (Variable("route", "Model", 'vllm:num_requests_running{job="vllm"}', "model"),)
PUBLIC = 'job="probe", way="gateway"'
SECONDS_PER_DAY = 86400
ALL_REQUESTS = total(rate(f"envoy_http_downstream_rq_xx{{{CLIENTS}}}"))


def _named(expr: str) -> str:
    return f'label_replace({expr}, "{ROUTE}", "$1", "envoy_cluster_name", "{MODEL_OF_ROUTE}")'


def by_route(expr: str) -> str:
    """Return an expression for each model, by its object name."""
    return total(_named(expr), ROUTE)


def dashboard(lines: Lines, *, shared_host: bool, has_loki: bool) -> Dashboard:
    """Return the dashboard of the way in.

    Args:
        lines: the promises and thresholds of the stack.
        shared_host: whether models share a host, where requests and tokens are counted by tenant.
        has_loki: whether the lines of proxies are kept in the cluster.
    """
    return Dashboard(
        uid=UID,
        title="Tokenworks / Gateway and tenants",
        description="Who asks for what, who is turned away and why, and do the proxies keep up?",
        variables=VARIABLES,
        rows=(
            Row("Now", _now(lines)),
            Row("Requests", _requests(lines)),
            Row("Models behind it", _models(lines)),
            Row("Who is turned away", _refused()),
            *((said.of_proxies(),) if has_loki else ()),
            *((tenants.row(),) if shared_host else ()),
            Row("Proxies and their controller", _proxies(lines)),
        ),
    )


def _now(lines: Lines) -> tuple[Panel, ...]:
    failed = rate(f'envoy_http_downstream_rq_xx{{{CLIENTS}, envoy_response_code_class="5"}}')
    panels = (
        stat(
            "Requests now",
            "All requests of all clients, refused ones included.",
            Unit.REQUESTS_PER_SECOND,
            ALL_REQUESTS,
        ),
        stat(
            "Failed",
            "Answers with 5xx as a share of all: no server was ready, its queue was full, or it"
            " broke off. Above the line: the row of the models says which one.",
            Unit.RATIO,
            f"{total(failed)} / {ALL_REQUESTS}",
            limits=bad_above(lines.error_ratio),
            alerts=lines.of("errors"),
            decimals=2,
        ),
        stat(
            "Answers under way",
            "Requests that wait for an answer or read one: streams take as long as they take.",
            Unit.NUMBER,
            total(f"envoy_http_downstream_rq_active{{{CLIENTS}}}"),
        ),
        stat(
            "Proxies",
            "Proxies that Prometheus reaches and that are not draining.",
            Unit.NUMBER,
            total(f"envoy_server_live{{{PROXIES}}}"),
            limits=bad_below(1),
            alerts=lines.of("gateway"),
        ),
        *(_from_outside(lines) if lines.is_probed else ()),
    )
    return tuple(replace(panel, width=GRID_COLUMNS // len(panels)) for panel in panels)


def _from_outside(lines: Lines) -> tuple[Panel, ...]:
    return (
        stat(
            "Way in from outside",
            "Share of probes, over the range, that came through name, load balancer, certificate"
            " and proxy, and were asked for a key. Below 1 with proxies that live: look at DNS and"
            " the load balancer.",
            Unit.RATIO,
            f"avg(avg_over_time(probe_success{{{PUBLIC}}}[$__range]))",
            limits=bad_below(lines.availability_ratio),
            decimals=2,
        ),
        stat(
            "Certificate, days left",
            "Of the certificate that clients see. cert-manager renews it a month before it ends:"
            " below the line, renewing fails.",
            Unit.DAYS,
            f"(min(probe_ssl_earliest_cert_expiry{{{PUBLIC}}}) - time()) / {SECONDS_PER_DAY}",
            limits=bad_then_watch(lines.certificate_days, lines.certificate_watch_days),
            alerts=lines.of("certificate"),
            decimals=0,
        ),
    )


def _requests(lines: Lines) -> tuple[Panel, ...]:
    prefix = "envoy_http_downstream_rq_time"
    return (
        graph(
            "Requests, by class of answer",
            "2xx: answered. 4xx: no key, not allowed, over the limit, or asked wrongly. 5xx: ours.",
            Unit.REQUESTS_PER_SECOND,
            total(
                rate(f'envoy_http_downstream_rq_xx{{{CLIENTS}, envoy_response_code_class!="1"}}'),
                "envoy_response_code_class",
            ),
            "{{envoy_response_code_class}}xx",
            stacked=True,
            alerts=lines.of("traffic"),
        ),
        Panel(
            "Time of whole answers",
            "From the first byte of a request to the last one of its answer, as the proxy sees it."
            " Longer than the model's own figure: requests wait before they reach a server.",
            Unit.MILLISECONDS,
            tuple(
                Target(quantile(portion, prefix, CLIENTS), f"P{portion * 100:g}")
                for portion in (0.5, 0.95, 0.99)
            ),
        ),
        graph(
            "Connections of clients",
            "Open connections, by proxy. All on one proxy: the load balancer spreads nothing.",
            Unit.NUMBER,
            most(total(f"envoy_http_downstream_cx_active{{{CLIENTS}}}", "pod")),
            "{{pod}}",
            stacked=True,
        ),
    )


def _models(lines: Lines) -> tuple[Panel, ...]:
    failed = rate(f'envoy_cluster_upstream_rq_xx{{{ROUTES}, envoy_response_code_class="5"}}')
    healthy, there = (
        f"envoy_cluster_membership_{what}{{{ROUTES}}}" for what in ("healthy", "total")
    )
    return (
        graph(
            "Requests, by model",
            "What reaches the servers of each model.",
            Unit.REQUESTS_PER_SECOND,
            most(by_route(rate(f"envoy_cluster_upstream_rq_total{{{ROUTES}}}"))),
            LEGEND,
            stacked=True,
            alerts=lines.of("traffic"),
        ),
        graph(
            "Failed, by model",
            "Answers of servers with 5xx. 503 is a full queue: the model needs another server.",
            Unit.REQUESTS_PER_SECOND,
            most(by_route(failed)),
            LEGEND,
            alerts=lines.of("errors"),
            more=model.UID,
        ),
        graph(
            "Servers that are asked",
            "Share of a model's servers that the proxies find healthy. Below 1: one cannot be"
            " reached and is left out for a while.",
            Unit.RATIO,
            most(f"{by_route(healthy)} / {by_route(there)}"),
            LEGEND,
            most=1,
            more=model.UID,
        ),
        graph(
            "Timeouts",
            "Requests that ran longer than a route allows. Long answers: raise"
            " `requestTimeoutSeconds`; short ones: the model is stuck.",
            Unit.REQUESTS_PER_SECOND,
            most(by_route(rate(f"envoy_cluster_upstream_rq_timeout{{{ROUTES}}}"))),
            LEGEND,
            alerts=lines.of("timeouts"),
        ),
        graph(
            "Tried again",
            "Requests that no server had begun, sent to another one. Steady: a server refuses, or"
            " queues are full.",
            Unit.REQUESTS_PER_SECOND,
            most(by_route(rate(f"envoy_cluster_upstream_rq_retry{{{ROUTES}}}"))),
            LEGEND,
        ),
        graph(
            "Time of servers, P95",
            "From sending a request to a server to the end of its answer.",
            Unit.MILLISECONDS,
            _server_time(),
            LEGEND,
        ),
    )


def _server_time() -> str:
    named = _named(rate(f"envoy_cluster_upstream_rq_time_bucket{{{ROUTES}}}"))
    return most(f"histogram_quantile(0.95, {total(named, 'le', ROUTE)})")


def _refused() -> tuple[Panel, ...]:
    return (
        graph(
            "Without a key",
            "Requests with no key, or one that is nobody's: 401. A wave after a change of keys:"
            " somebody still uses the old one.",
            Unit.REQUESTS_PER_SECOND,
            total(rate(f"envoy_http_api_key_auth_unauthorized{{{PROXIES}}}")),
            "401",
        ),
        graph(
            "Not allowed",
            "Requests with a key that does not open this model: 403. Add the model to the tenant,"
            " or tell the tenant.",
            Unit.REQUESTS_PER_SECOND,
            total(rate(f"envoy_http_rbac_denied{{{PROXIES}}}")),
            "403",
        ),
        graph(
            "Over the limit",
            "Requests beyond what a tenant may send in a minute: 429. Raise `requestsPerMinute`"
            " where it is right that it sends them.",
            Unit.REQUESTS_PER_SECOND,
            total(rate(f"envoy_http_local_rate_limit_rate_limited{{{PROXIES}}}")),
            "429",
        ),
    )


def _proxies(lines: Lines) -> tuple[Panel, ...]:
    return (
        graph(
            "Memory of proxies",
            "Bodies of requests and answers that are held. Near the limit of the pod, a proxy is"
            " killed and all its streams with it.",
            Unit.BYTES,
            most(highest(f"envoy_server_memory_allocated{{{PROXIES}}}", "pod")),
            "{{pod}}",
        ),
        graph(
            "Beyond room",
            "Requests that a proxy refused because too many were under way already. The model needs"
            " servers, or `maxConcurrentRequests` is too low.",
            Unit.REQUESTS_PER_SECOND,
            most(by_route(rate(f"envoy_cluster_upstream_rq_pending_overflow{{{ROUTES}}}"))),
            LEGEND,
            alerts=lines.of("queue"),
        ),
        graph(
            "Changes that the controller read",
            "Steps on the way from an object in the cluster to the proxies, by how they ended."
            " Failures: proxies go on with what they had; the controller's log says which object is"
            " wrong.",
            Unit.OPERATIONS_PER_SECOND,
            total(rate('watchable_subscribe_total{job="envoy-gateway"}'), "status"),
            "{{status}}",
            alerts=lines.of("targets"),
        ),
    )
