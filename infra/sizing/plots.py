"""Predicted against measured, as pictures for the docs.

Owns scales and points; the picture's form is `templates/scatter.svg.j2`. Both axes are logarithmic,
as models have from one to several hundred GiB.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from infra.catalog.units import BYTES_PER_GIB
from infra.sizing.check import CheckedRow

_LOW_GIB, _HIGH_GIB = 1.0, 256.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 70.0, 450.0, 40.0, 400.0
_TICKS = (1, 4, 16, 64, 256)
FILES = ("sizing-weights.svg", "sizing-kv-cache.svg")


def write_plots(checked: Sequence[CheckedRow], folder: Path) -> list[Path]:
    """Write the pictures of weights and of the cache into a folder; return the files."""
    weights = [_point(one, one.prediction.weights_bytes, "weights_gib_per_gpu") for one in checked]
    cache = [
        _point(one, one.prediction.estimate.cache_bytes, "kv_cache_available_gib_per_gpu")
        for one in checked
        if one.prediction.estimate is not None
    ]
    pictures = (("Weights", weights), ("Memory for the KV cache", cache))
    written = []
    for name, (title, points) in zip(FILES, pictures, strict=True):
        shown = [point for point in points if point is not None]
        file = folder / name
        file.write_text(_picture(f"{title}: {len(shown)} starts", shown), encoding="utf-8")
        written.append(file)
    return written


def _point(one: CheckedRow, predicted: int | None, column: str) -> Mapping[str, object] | None:
    measured = one.measured(column)
    if measured is None or predicted is None or measured <= 0 or predicted <= 0:
        return None
    name, said = one.row.get("model", ""), predicted / BYTES_PER_GIB
    return {
        "x": _x(measured),
        "y": _y(said),
        "quantized": one.prediction.weights_are_quantized,
        "label": f"{name}: {measured:g} measured, {said:.2f} predicted",
    }


def _picture(title: str, points: Sequence[Mapping[str, object]]) -> str:
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(["svg", "j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    ticks = [{"x": _x(gib), "y": _y(gib), "label": str(gib)} for gib in _TICKS]
    return templates.get_template("scatter.svg.j2").render(title=title, points=points, ticks=ticks)


def _share(gib: float) -> float:
    inside = min(max(gib, _LOW_GIB), _HIGH_GIB)
    return math.log(inside / _LOW_GIB) / math.log(_HIGH_GIB / _LOW_GIB)


def _x(gib: float) -> float:
    return round(_LEFT + _share(gib) * (_RIGHT - _LEFT), 1)


def _y(gib: float) -> float:
    return round(_BOTTOM - _share(gib) * (_BOTTOM - _TOP), 1)
