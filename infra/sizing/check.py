"""Predicted against measured: one row a start-up, and what the errors add up to.

Owns the comparison. What is predicted comes from `samples`, which never sees what was measured.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TypeAlias

from infra.catalog.units import BYTES_PER_GIB
from infra.sizing.samples import NEEDED, Prediction, number, predict
from infra.spec.mistakes import Mistake, MistakesError

Cell: TypeAlias = "str | float | int | None"
KIND = "memory"
REFUSALS = ("refuses", "OOM")
OUTCOMES = ("serves", *REFUSALS)


@dataclass(frozen=True, kw_only=True)
class CheckedRow:
    """One row with what is said about it."""

    row: Mapping[str, str]
    prediction: Prediction

    def as_dict(self) -> dict[str, Cell]:
        """Return the row's own columns and the predicted ones."""
        said = self.prediction.estimate
        weights = self.prediction.weights_bytes
        return {
            **self.row,
            "predicted_weights_gib_per_gpu": _gib(weights),
            "predicted_kv_cache_available_gib_per_gpu": _gib(said.cache_bytes if said else None),
            "predicted_kv_cache_tokens": said.tokens if said else None,
            "predicted_outcome": self.prediction.outcome,
            "not_predicted": self.prediction.not_predicted or None,
        }

    @property
    def is_named(self) -> bool:
        """Whether the row names model, GPU and tensor parallel."""
        return all((self.row.get(column) or "").strip() for column in NEEDED)

    def measured(self, column: str) -> float | None:
        """Return what was measured."""
        return number(self.row, column)

    @property
    def tokens_error(self) -> float | None:
        """Relative error of tokens worked out from the measured GiB; None where not both are."""
        gib = self.measured("kv_cache_available_gib_per_gpu")
        tokens = self.measured("kv_cache_tokens")
        said = self.prediction.estimate
        if not gib or not tokens or said is None or gib <= 0:
            return None
        return said.plan.tokens(gib * BYTES_PER_GIB) / tokens - 1

    @property
    def weights_error(self) -> float | None:
        """Relative error of the weights."""
        gib, said = self.measured("weights_gib_per_gpu"), self.prediction.weights_bytes
        return None if not gib or said is None else said / BYTES_PER_GIB / gib - 1

    @property
    def cache_error_gib(self) -> float | None:
        """Error of the memory for the cache, end to end, in GiB."""
        gib, said = self.measured("kv_cache_available_gib_per_gpu"), self.prediction.estimate
        return None if gib is None or said is None else said.cache_bytes / BYTES_PER_GIB - gib

    @property
    def is_text_with_its_share(self) -> bool:
        """Whether the model only reads text, and the row says what share of the GPU it may take."""
        said = self.prediction.estimate
        return (
            said is not None
            and said.model.vision is None
            and bool((self.row.get("gpu_memory_utilization") or "").strip())
        )

    @property
    def outcome_is_right(self) -> bool | None:
        """Whether serving or refusing was foreseen; None for other outcomes."""
        outcome, said = self.row.get("outcome"), self.prediction.outcome
        if outcome not in OUTCOMES or said is None:
            return None
        return (said == "refuses") == (outcome in REFUSALS)


def checked_kind(word: str) -> None:
    """Check what the rows are said to have measured.

    Raises:
        MistakesError: Nothing that can be checked.
    """
    if word != KIND:
        mistake = Mistake(
            setting="--kind",
            problem="is not a kind of measurement that is built",
            got=word,
            allowed=KIND,
            next_step=f"write --kind {KIND}",
        )
        raise MistakesError(word, [mistake])


def read_samples(path: Path) -> list[dict[str, str]]:
    """Return the rows of a file.

    Raises:
        MistakesError: It cannot be read, or lacks a column.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            columns = reader.fieldnames or []
            rows = [{key: value or "" for key, value in row.items() if key} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise MistakesError(str(path), [_mistake("file", "cannot be read", str(error))]) from error
    missing = [column for column in NEEDED if column not in columns]
    if missing:
        raise MistakesError(
            str(path),
            [
                _mistake(column, "is no column of the file", ", ".join(columns))
                for column in missing
            ],
        )
    return rows


def check(rows: Sequence[Mapping[str, str]]) -> list[CheckedRow]:
    """Return every row with its prediction."""
    return [CheckedRow(row=row, prediction=predict(row)) for row in rows]


def summary(checked: Sequence[CheckedRow]) -> dict[str, Cell]:
    """Return counts and errors over all rows; None where nothing could be compared."""
    named = [one for one in checked if one.is_named]
    cache = _kept(one.cache_error_gib for one in checked)
    told = _kept(one.cache_error_gib for one in checked if one.is_text_with_its_share)
    outcomes = [one for one in checked if one.outcome_is_right is not None]
    refusals = [one for one in outcomes if one.row["outcome"] in REFUSALS]
    tokens = _kept(one.tokens_error for one in checked)
    plain, quantized = _weights(checked, quantized=False), _weights(checked, quantized=True)
    return {
        "rows": len(checked),
        "rows_named": len(named),
        "rows_named_and_predicted": sum(one.prediction.estimate is not None for one in named),
        "tokens_compared": len(tokens),
        "tokens_within_1_percent": _share(abs(error) <= 0.01 for error in tokens),  # noqa: PLR2004 - its name
        "weights_16_bit_compared": len(plain),
        "weights_16_bit_within_3_percent": _share(abs(error) <= 0.03 for error in plain),  # noqa: PLR2004 - its name
        "weights_quantized_compared": len(quantized),
        "weights_quantized_within_6_percent": _share(abs(error) <= 0.06 for error in quantized),  # noqa: PLR2004 - its name
        "kv_cache_compared": len(cache),
        "kv_cache_median_error_gib": _median(cache),
        "kv_cache_within_1_gib": _share(abs(error) <= 1.0 for error in cache),
        "kv_cache_text_utilization_said_compared": len(told),
        "kv_cache_text_utilization_said_median_error_gib": _median(told),
        "kv_cache_text_utilization_said_within_1_gib": _share(abs(error) <= 1.0 for error in told),
        "outcomes_compared": len(outcomes),
        "outcomes_right": _share(bool(one.outcome_is_right) for one in outcomes),
        "refusals_compared": len(refusals),
        "refusals_right": _share(bool(one.outcome_is_right) for one in refusals),
    }


def _weights(checked: Sequence[CheckedRow], *, quantized: bool) -> list[float]:
    return _kept(
        one.weights_error
        for one in checked
        if bool(one.prediction.weights_are_quantized) is quantized
    )


def _kept(errors: Iterable[float | None]) -> list[float]:
    return [error for error in errors if error is not None]


def _median(errors: Sequence[float]) -> float | None:
    return round(median(map(abs, errors)), 3) if errors else None


def _share(right: Iterable[bool]) -> float | None:
    counted = list(right)
    return round(sum(counted) / len(counted), 3) if counted else None


def _gib(size: int | None) -> float | None:
    return None if size is None else round(size / BYTES_PER_GIB, 3)


def _mistake(setting: str, problem: str, got: str) -> Mistake:
    return Mistake(
        setting=setting,
        problem=problem,
        got=got,
        allowed=f"a CSV file with the columns {', '.join(NEEDED)} at least",
        next_step="docs/sizing.md names every column",
    )


def table(checked: Sequence[CheckedRow]) -> str:
    """Return rows and summary for a person."""
    lines = [
        f"{'model':<44} {'weights GiB':>17} {'KV cache GiB':>19} {'outcome':>18}",
        *map(_line, checked),
        "",
        *(f"{name:<36} {_cell(value)}" for name, value in summary(checked).items()),
    ]
    return "\n".join(lines)


def _line(one: CheckedRow) -> str:
    said = one.as_dict()
    weights = _pair(one, said, "weights_gib_per_gpu")
    cache = _pair(one, said, "kv_cache_available_gib_per_gpu")
    outcome = f"{one.row.get('outcome') or '?'} / {_cell(said['predicted_outcome'])}"
    reason = f"  {one.prediction.not_predicted}" if one.prediction.not_predicted else ""
    return f"{one.row.get('model', '')[:44]:<44} {weights:>17} {cache:>19} {outcome:>18}{reason}"


def _pair(one: CheckedRow, said: Mapping[str, Cell], column: str) -> str:
    return f"{one.row.get(column) or '?'} / {_cell(said[f'predicted_{column}'])}"


def _cell(value: Cell) -> str:
    return "?" if value is None else str(value)
