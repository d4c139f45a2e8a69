"""Panels of one query, which most are."""

from components.observability.dashboards.board import Kind, Limits, Panel, Target, Unit

STAT_WIDTH = 4
STAT_HEIGHT = 4


def stat(  # noqa: PLR0913 - the parts of a panel, each named where it is made
    title: str,
    description: str,
    unit: Unit,
    expr: str,
    *,
    limits: Limits | None = None,
    alerts: tuple[str, ...] = (),
    decimals: int | None = None,
    more: str = "",
) -> Panel:
    """Return one number, with how it went behind it."""
    return Panel(
        title,
        description,
        unit,
        (Target(expr, title),),
        kind=Kind.STAT,
        limits=limits,
        alerts=alerts,
        width=STAT_WIDTH,
        height=STAT_HEIGHT,
        decimals=decimals,
        more=more,
    )


def graph(  # noqa: PLR0913 - as above
    title: str,
    description: str,
    unit: Unit,
    expr: str,
    legend: str,
    *,
    limits: Limits | None = None,
    alerts: tuple[str, ...] = (),
    stacked: bool = False,
    most: float | None = None,
    width: int = 8,
    nothing: str = "no data",
    more: str = "",
) -> Panel:
    """Return the lines of one query."""
    return Panel(
        title,
        description,
        unit,
        (Target(expr, legend),),
        limits=limits,
        alerts=alerts,
        stacked=stacked,
        most=most,
        width=width,
        nothing=nothing,
        more=more,
    )
