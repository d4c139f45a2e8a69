"""Prices that `tokenworks prices refresh --write` wrote: they come before those of `prices`.

Owns the form of the file. A machine or a way of buying that is not in it keeps the older price.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("refreshed_prices.yaml")
Key = tuple[str, str, str, str]
"""Cloud, region, machine type, way of buying."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One price, US dollars an hour."""

    low: float
    median: float
    """On demand all three are one."""
    high: float
    source: str
    source_date: str


def read(file: Path = FILE) -> Mapping[Key, Row]:
    """Return every price of the file; none where there is no file."""
    if not file.is_file():
        return {}
    rows = yaml.safe_load(file.read_text(encoding="utf-8")) or []
    return {
        (row["cloud"], row["region"], row["machine"], row["buying"]): Row(
            low=row["usdPerHour"][0],
            median=row["usdPerHour"][1],
            high=row["usdPerHour"][2],
            source=row["source"],
            source_date=row["date"],
        )
        for row in rows
    }


def written(rows: Mapping[Key, Row]) -> str:
    """Return the file's text: one line a price, sorted, so that a diff reads as what changed."""
    lines = [
        "# Written by `tokenworks prices refresh --write`. Review the diff; never edit by hand."
    ]
    for (cloud, region, machine, buying), row in sorted(rows.items()):
        usd = f"[{row.low}, {row.median}, {row.high}]"
        lines.append(
            f"- {{cloud: {cloud}, region: {region}, machine: {machine}, buying: {buying}, "
            f'usdPerHour: {usd}, date: "{row.source_date}", source: "{row.source}"}}'
        )
    return "\n".join(lines) + "\n"


@cache
def refreshed() -> Mapping[Key, Row]:
    """Return the prices of the catalogue's own file."""
    return read()
