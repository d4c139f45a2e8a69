"""What can be wrong with a release: a chart that is not known, or a value that it does not take."""


class UnknownChartError(ValueError):
    """No placeholder exists for this chart or this version of it."""


class ChartValueError(ValueError):
    """The chart has no such value, or does not take what was set."""
