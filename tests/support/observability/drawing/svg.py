"""The little of SVG that a dashboard needs."""

from collections.abc import Iterable, Sequence
from html import escape

INK = "#ccccdc"
FAINT = "#8e8e99"
GRID = "#2b2e36"
CARD = "#181b1f"
EDGE = "#2c3036"
PAGE = "#111217"
SERIES = (
    *("#73bf69", "#f2cc0c", "#5794f2", "#ff9830", "#b877d9", "#8ab8ff"),
    *("#f2495c", "#37872d", "#fade2a", "#1f60c4", "#fa6400", "#8f3bb8"),
)
"""Grafana's classic colours, in its order but for red, which means bad."""
LEVEL = {"green": "#73bf69", "orange": "#ff9830", "red": "#f2495c"}
WIDTH_OF_LETTER = 0.54
"""Of the size of the font, on average; a browser's own is a little wider or narrower."""
Point = tuple[float, float]


def text(  # noqa: PLR0913 - what a text is, each named where it is drawn
    at: Point,
    words: str,
    *,
    size: float = 11,
    fill: str = INK,
    anchor: str = "start",
    weight: int = 400,
) -> str:
    """Return a line of text from a point on its baseline."""
    bold = f' font-weight="{weight}"' if weight != 400 else ""
    where = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return (
        f'<text x="{short(at[0])}" y="{short(at[1])}" font-size="{short(size)}" fill="{fill}"'
        f"{where}{bold}>{escape(words)}</text>"
    )


def box(  # noqa: PLR0913 - as above
    left: float,
    top: float,
    width: float,
    height: float,
    fill: str,
    *,
    radius: float = 0,
    edge: str = "",
) -> str:
    """Return a filled rectangle."""
    rounded = f' rx="{short(radius)}"' if radius else ""
    stroke = f' stroke="{edge}"' if edge else ""
    return (
        f'<rect x="{short(left)}" y="{short(top)}" width="{short(width)}"'
        f' height="{short(height)}" fill="{fill}"{rounded}{stroke}/>'
    )


def line(one: Point, other: Point, stroke: str, *, dashed: bool = False) -> str:
    """Return a straight line."""
    dashes = ' stroke-dasharray="6 4"' if dashed else ""
    return (
        f'<path d="M{short(one[0])} {short(one[1])}L{short(other[0])} {short(other[1])}"'
        f' stroke="{stroke}" fill="none"{dashes}/>'
    )


def curve(parts: Iterable[Sequence[Point]], stroke: str, *, width: float = 1.4) -> str:
    """Return a line with gaps."""
    drawn = "".join(f"M{_path(part)}" for part in parts if part)
    return f'<path d="{drawn}" stroke="{stroke}" stroke-width="{width}" fill="none"/>'


def area(above: Sequence[Point], below: Sequence[Point], fill: str, opacity: float) -> str:
    """Return what is between two lines."""
    drawn = _path([*above, *reversed(below)])
    return f'<path d="M{drawn}Z" fill="{fill}" fill-opacity="{opacity}"/>'


def cut(words: str, width: float, size: float) -> str:
    """Return words that fit into a width, with `…` for what does not."""
    letters = int(width / (size * WIDTH_OF_LETTER))
    return words if len(words) <= letters else words[: max(1, letters - 1)] + "…"


def width_of(words: str, size: float) -> float:
    """Return how wide words are, about."""
    return len(words) * size * WIDTH_OF_LETTER


def short(value: float) -> str:
    """Return a length without digits that nobody sees."""
    return f"{value:.1f}".removesuffix(".0")


def _path(points: Sequence[Point]) -> str:
    return "L".join(f"{short(x)} {short(y)}" for x, y in points)
