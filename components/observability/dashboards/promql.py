"""Expressions that come again and again, written once.

Owns how a quantile, a rate and a share are asked for. Does not own which series they are asked of.
"""

from components.observability.dashboards.board import MOST_SERIES, RATE_INTERVAL

_SHOWN = "$__range:5m"
"""What is shown, looked at every 5 minutes."""


def rate(series: str) -> str:
    """Return how fast a counter grows, each second."""
    return f"rate({series}[{RATE_INTERVAL}])"


def total(expr: str, *by: str) -> str:
    """Return the sum, for each value of the labels `by`."""
    return f"sum by ({', '.join(by)}) ({expr})" if by else f"sum({expr})"


def highest(expr: str, *by: str) -> str:
    """Return the highest, for each value of the labels `by`."""
    return f"max by ({', '.join(by)}) ({expr})" if by else f"max({expr})"


def most(expr: str) -> str:
    """Return as many series as a panel may have, those that were highest at any time that is shown.

    `topk` alone chooses anew at each step, so that a panel over hours has many more.
    """
    return f"({expr}) and topk({MOST_SERIES}, max_over_time(({expr})[{_SHOWN}] @ end()))"


def least(expr: str) -> str:
    """Return as many series as a panel may have, those that were lowest at any time."""
    return f"({expr}) and bottomk({MOST_SERIES}, min_over_time(({expr})[{_SHOWN}] @ end()))"


def most_now(expr: str) -> str:
    """Return as many of the largest as a panel of one moment may have."""
    return f"topk({MOST_SERIES}, {expr})"


def quantile(share: float, histogram: str, matchers: str, *by: str) -> str:
    """Return the value that `share` of all observations stayed below.

    Args:
        share: 0.99 for P99.
        histogram: name of the histogram, without `_bucket`.
        matchers: what of it, `model_name=~"$model"`.
        by: labels that stay apart.
    """
    buckets = total(rate(f"{histogram}_bucket{{{matchers}}}"), "le", *by)
    return f"histogram_quantile({share:g}, {buckets})"


def mean(histogram: str, matchers: str, *by: str) -> str:
    """Return the mean of all observations."""
    return share(
        rate(f"{histogram}_sum{{{matchers}}}"), rate(f"{histogram}_count{{{matchers}}}"), *by
    )


def share(part: str, whole: str, *by: str) -> str:
    """Return what part of the whole something is, 0 to 1; nothing where there is no whole."""
    return f"{total(part, *by)} / {total(whole, *by)}"


def memory_of(namespace: str, matchers: str) -> str:
    """Return the memory that the kernel holds containers to, as the kubelet sees it."""
    return (
        'container_memory_working_set_bytes{job="kubelet", metrics_path="/metrics/cadvisor",'
        f' namespace="{namespace}", container!="", {matchers}}}'
    )
