"""How Grafana writes a dashboard down: its own types, from the package it publishes for that.

Owns what every panel of ours has in common in Grafana. Does not own what a panel shows (`board`).
Why the types alone, not the builders of grafana-foundation-sdk: importing these takes 24 ms, the
builders 55 ms, of a preview that takes 5 s (measured 2026-11-27).
"""

from collections.abc import Mapping

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import (
    bargauge,
    common,
    logs,
    loki,
    prometheus,
    stat,
    statetimeline,
    timeseries,
)
from grafana_foundation_sdk.models import dashboard as model

from components.observability.dashboards.board import (
    ALL,
    FIRING,
    Dashboard,
    Kind,
    Limits,
    Panel,
    Place,
    Row,
    Source,
    Target,
    Variable,
)
from components.observability.rules.rule import runbook_of

TAG = "tokenworks"
"""Dashboards with it are in the menu of each other."""
DATASOURCE = common.DataSourceRef(type_val="prometheus", uid="${datasource}")
LOKI = common.DataSourceRef(type_val="loki", uid="loki")
"""Of the platform, where there is one (`metrics_values`): nobody chooses it."""
REFRESH = "30s"
SINCE = "now-6h"
FILL_PERCENT = 8
STACK_PERCENT = 60
TIMELINE_PERCENT = 70


def to_json(board: Dashboard) -> str:
    """Return a dashboard as Grafana reads it from a file, without a space too many."""
    return JSONEncoder(sort_keys=True, separators=(",", ":")).encode(_dashboard(board))


def _dashboard(board: Dashboard) -> model.Dashboard:
    placed = enumerate(board.placed(), start=1)
    return model.Dashboard(
        uid=board.uid,
        title=board.title,
        description=board.description,
        tags=[TAG],
        # What is changed by hand is lost with the next update: it belongs in the program.
        editable=False,
        timezone="browser",
        graph_tooltip=model.DashboardCursorSync.CROSSHAIR,
        time=model.DashboardDashboardTime(from_val=SINCE, to="now"),
        refresh=REFRESH,
        panels=[_placed(number, what, place) for number, (what, place) in placed],
        templating=model.DashboardDashboardTemplating(
            list_val=[_datasource(), *(_variable(variable) for variable in board.variables)]
        ),
        annotations=model.AnnotationContainer(list_val=[_alerts()]),
        links=[
            model.DashboardLink(
                title="Tokenworks",
                type_val=model.DashboardLinkType.DASHBOARDS,
                tags=[TAG],
                as_dropdown=True,
                include_vars=True,
                keep_time=True,
            )
        ],
    )


def _alerts() -> model.AnnotationQuery:
    return model.AnnotationQuery(
        name="Pages", datasource=DATASOURCE, enable=True, icon_color="red", expr=FIRING
    )


def _datasource() -> model.VariableModel:
    return model.VariableModel(
        type_val=model.VariableType.DATASOURCE,
        name="datasource",
        label="Data source",
        query="prometheus",
    )


def _variable(variable: Variable) -> model.VariableModel:
    return model.VariableModel(
        type_val=model.VariableType.QUERY,
        name=variable.name,
        label=variable.label,
        hide=model.VariableHide.HIDE_VARIABLE if variable.hidden else None,
        query=variable.asked,
        datasource=DATASOURCE,
        current=model.VariableOption(selected=True, text=["All"], value=["$__all"]),
        multi=True,
        include_all=True,
        all_value=ALL,
        # Models and tenants come and go within the time that is looked at.
        refresh=model.VariableRefresh.ON_TIME_RANGE_CHANGED,
        sort=model.VariableSort.ALPHABETICAL_ASC,
    )


def _placed(number: int, what: Row | Panel, place: Place) -> model.Panel | model.RowPanel:
    grid = model.GridPos(x=place.x, y=place.y, w=place.width, h=place.height)
    if isinstance(what, Row):
        return model.RowPanel(title=what.title, grid_pos=grid, id_val=number, panels=[])
    return model.Panel(
        type_val=what.kind.value,
        id_val=number,
        title=what.title,
        description=described(what),
        datasource=DATASOURCE if what.source is Source.PROMETHEUS else LOKI,
        grid_pos=grid,
        links=[_link(what.more)] if what.more else None,
        targets=[
            _target(chr(ord("A") + index), target, what)
            for index, target in enumerate(what.targets)
        ],
        options=_OPTIONS[what.kind](what),
        field_config=model.FieldConfigSource(defaults=_fields(what)),
    )


def _link(uid: str) -> model.DashboardLink:
    return model.DashboardLink(
        title="More", type_val=model.DashboardLinkType.LINK, url=f"/d/{uid}", keep_time=True
    )


def described(panel: Panel) -> str:
    """Return the description of a panel, and where it says what to do."""
    if not panel.alerts:
        return panel.description
    runbooks = ", ".join(f"{alert} (`{runbook_of(alert)}`)" for alert in panel.alerts)
    return f"{panel.description}\n\nAlerts and their runbooks: {runbooks}."


def _target(letter: str, target: Target, of: Panel) -> prometheus.Dataquery | loki.Dataquery:
    now_only = of.kind is Kind.BARS
    if of.source is Source.LOKI:
        return loki.Dataquery(
            expr=target.expr,
            query_type="instant" if now_only else "range",
            editor_mode=loki.QueryEditorMode.CODE,
            legend_format=target.legend or None,
            ref_id=letter,
            datasource=LOKI,
        )
    return prometheus.Dataquery(
        expr=target.expr,
        instant=now_only,
        range_val=not now_only,
        editor_mode=prometheus.QueryEditorMode.CODE,
        legend_format=target.legend,
        ref_id=letter,
        datasource=DATASOURCE,
    )


def _fields(panel: Panel) -> model.FieldConfig:
    limits = panel.limits
    by_limits = limits is not None and panel.kind is not Kind.LINES
    mode = model.FieldColorModeId
    return model.FieldConfig(
        unit=panel.unit.value,
        decimals=panel.decimals,
        min_val=None if panel.kind is Kind.STAT else 0,
        max_val=panel.most,
        thresholds=_thresholds(limits) if limits else None,
        color=model.FieldColor(mode=mode.THRESHOLDS if by_limits else mode.PALETTE_CLASSIC),
        mappings=[_names(panel.names)] if panel.names else None,
        no_value=panel.nothing,
        custom=_custom(panel),
    )


def _thresholds(limits: Limits) -> model.ThresholdsConfig:
    below = model.Threshold(value=None, color=limits.below.value)
    steps = [model.Threshold(value=step.at, color=step.level.value) for step in limits.steps]
    return model.ThresholdsConfig(mode=model.ThresholdsMode.ABSOLUTE, steps=[below, *steps])


def _names(names: Mapping[str, str]) -> model.ValueMap:
    return model.ValueMap(
        options={value: model.ValueMappingResult(text=text) for value, text in names.items()}
    )


def _custom(panel: Panel) -> object | None:
    if panel.kind is Kind.STATES:
        return statetimeline.FieldConfig(fill_opacity=TIMELINE_PERCENT, line_width=0)
    if panel.kind is not Kind.LINES:
        return None
    style = common.GraphThresholdsStyleMode
    return timeseries.FieldConfig(
        fill_opacity=STACK_PERCENT if panel.stacked else FILL_PERCENT,
        show_points=common.VisibilityMode.NEVER,
        # A gap is a gap: a line drawn over it would say that somebody looked.
        span_nulls=False,
        stacking=common.StackingConfig(mode=common.StackingMode.NORMAL) if panel.stacked else None,
        thresholds_style=common.GraphThresholdsStyleConfig(
            mode=style.DASHED if panel.limits else style.OFF
        ),
    )


def _time_series(panel: Panel) -> object:
    several = len(panel.targets) > 1 or "{{" in panel.targets[0].legend
    return timeseries.Options(
        legend=common.VizLegendOptions(
            display_mode=common.LegendDisplayMode.TABLE,
            placement=common.LegendPlacement.BOTTOM,
            show_legend=several,
            calcs=["mean", "max", "lastNotNull"],
        ),
        tooltip=common.VizTooltipOptions(
            mode=common.TooltipDisplayMode.MULTI, sort=common.SortOrder.DESCENDING
        ),
    )


def _stat(panel: Panel) -> object:
    return stat.Options(
        graph_mode=common.BigValueGraphMode.AREA,
        color_mode=common.BigValueColorMode.VALUE
        if panel.limits is None
        else common.BigValueColorMode.BACKGROUND,
        reduce_options=_last(),
    )


def _bar_gauge(_panel: Panel) -> object:
    return bargauge.Options(
        display_mode=common.BarGaugeDisplayMode.BASIC,
        orientation=common.VizOrientation.HORIZONTAL,
        reduce_options=_last(),
    )


def _state_timeline(_panel: Panel) -> object:
    return statetimeline.Options(show_value=common.VisibilityMode.NEVER)


def _logs(_panel: Panel) -> object:
    return logs.Options(
        show_time=True,
        wrap_log_message=True,
        enable_log_details=True,
        sort_order=common.LogsSortOrder.DESCENDING,
        dedup_strategy=common.LogsDedupStrategy.NONE,
    )


def _last() -> common.ReduceDataOptions:
    return common.ReduceDataOptions(calcs=["lastNotNull"], values=False)


_OPTIONS = {
    Kind.LINES: _time_series,
    Kind.STAT: _stat,
    Kind.BARS: _bar_gauge,
    Kind.STATES: _state_timeline,
    Kind.LOGS: _logs,
}
