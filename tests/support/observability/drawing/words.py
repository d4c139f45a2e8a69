"""Values as words: what a number with a unit looks like, and where an axis has its marks."""

import math
from collections.abc import Callable, Mapping

from components.observability.dashboards.board import Unit

_THOUSANDS = ("", " K", " Mil", " Bil")
_BYTES = (" B", " KiB", " MiB", " GiB", " TiB")
_SUFFIX = {
    Unit.REQUESTS_PER_SECOND: " req/s",
    Unit.OPERATIONS_PER_SECOND: " ops/s",
    Unit.TOKENS_PER_SECOND: " tok/s",
    Unit.TOKENS: " tok",
    Unit.CELSIUS: " °C",
    Unit.DAYS: " days",
    Unit.USD_PER_HOUR: " $/h",
}
_KILO = 1000.0
_KIBI = 1024.0
_MINUTE = 60
_SMALL = 0.1
"""Below it two decimals say too little."""


def said(unit: Unit, value: float, decimals: int | None = None) -> str:
    """Return a value as a person reads it."""
    write = _WRITTEN.get(unit)
    if write is not None:
        return write(value, decimals)
    size, power = _scaled(value, _KILO, len(_THOUSANDS))
    return f"{_short(size, decimals)}{_THOUSANDS[power]}{_SUFFIX.get(unit, '')}"


def legend(pattern: str, labels: Mapping[str, str]) -> str:
    """Return the name of a series."""
    name = pattern
    for label, value in labels.items():
        name = name.replace("{{" + label + "}}", value)
    # A label that a series does not have is nothing, in Grafana, too.
    while "{{" in name:
        before, _, rest = name.partition("{{")
        name = before + "none" + rest.partition("}}")[2]
    return name


def marks(low: float, high: float, unit: Unit, most: int = 4) -> list[float]:
    """Return round values between two, at equal distances."""
    if high <= low:
        return [low]
    rough = (high - low) / most
    if unit in {Unit.BYTES, Unit.BYTES_PER_SECOND}:
        step = 2 ** math.ceil(math.log2(rough))
    else:
        power = 10 ** math.floor(math.log10(rough))
        step = next(each * power for each in (1, 2, 2.5, 5, 10) if each * power >= rough)
    first = math.ceil(low / step - 1e-9) * step
    return [
        first + index * step for index in range(most + 2) if first + index * step <= high * 1.0001
    ]


def _time(seconds: float) -> str:
    size = abs(seconds)
    if size == 0:
        return "0 s"
    for below, factor, name in ((1e-3, 1e6, "µs"), (1, 1e3, "ms"), (_MINUTE, 1, "s")):
        if size < below:
            return f"{_short(seconds * factor)} {name}"
    return f"{_short(seconds / _MINUTE)} min"


def _scaled(value: float, base: float, names: int) -> tuple[float, int]:
    power = 0
    while abs(value) >= base and power < names - 1:
        value, power = value / base, power + 1
    return value, power


def _short(value: float, decimals: int | None = None) -> str:
    size = abs(value)
    if decimals is None and 0 < size < _SMALL:
        return f"{value:.2g}"
    if decimals is None:
        decimals = 0 if size >= _KILO / 10 or value == round(value) else 1 if size >= 10 else 2
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _bytes(value: float) -> str:
    size, power = _scaled(value, _KIBI, len(_BYTES))
    return f"{_short(size)}{_BYTES[power]}"


def _watts(value: float) -> str:
    size, power = _scaled(value, _KILO, 2)
    return f"{_short(size)} {'kW' if power else 'W'}"


def _grouped(value: float, decimals: int | None) -> str:
    return f"{value:,.{2 if decimals is None else decimals}f}"


_WRITTEN: Mapping[Unit, Callable[[float, int | None], str]] = {
    Unit.SECONDS: lambda value, _: _time(value),
    Unit.MILLISECONDS: lambda value, _: _time(value / _KILO),
    Unit.RATIO: lambda value, decimals: f"{_short(value * 100, decimals)}%",
    Unit.BYTES: lambda value, _: _bytes(value),
    Unit.MEBIBYTES: lambda value, _: _bytes(value * _KIBI**2),
    Unit.BYTES_PER_SECOND: lambda value, _: f"{_bytes(value)}/s",
    Unit.USD: lambda value, decimals: f"${_grouped(value, decimals)}",
    Unit.YES_NO: lambda value, _: "yes" if value else "no",
    Unit.WATTS: lambda value, _: _watts(value),
    Unit.MEGAHERTZ: lambda value, _: f"{_short(value)} MHz",
}
