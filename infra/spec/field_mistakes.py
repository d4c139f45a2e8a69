"""Turns what pydantic says about one setting into a mistake that a person can act on."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from types import UnionType
from typing import get_args

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from infra.catalog.models import checkpoint_names
from infra.spec import not_built
from infra.spec.mistakes import Path
from infra.spec.report import Report
from infra.spec.section import Section
from infra.spec.suggest import closest, did_you_mean

_RANGE_ERRORS = ("greater_than", "greater_than_equal", "less_than", "less_than_equal")
_WHOLE_NUMBER_ERRORS = ("int_type", "int_from_float")
_GROUP_ERRORS = ("model_type", "dict_type", "mapping_type", "model_attributes_type")


def report_field(model: type[Section], detail: ErrorDetails, path: Path, report: Report) -> None:
    """Add the mistake of one setting to the report."""
    loc = tuple(detail["loc"])
    here = (*path, *loc)
    kind = detail["type"]
    value = detail["input"]
    owner = _owner(model, loc)
    if kind == "extra_forbidden":
        _unknown(owner, here, value, report)
        return
    field = _field(owner, loc)
    if kind == "enum":
        _not_a_choice(field, here, value, report)
        return
    for kinds, problem, next_step in _WORDS:
        if kind in kinds:
            report.add(
                here,
                problem,
                None if kind == "missing" else value,
                allowed=_allowed(field, here),
                next_step=next_step(here, value),
            )
            return
    # Every type of error that our sections can cause is listed; a new kind of field adds one here.
    report.add(
        here, detail["msg"], value, allowed=_allowed(field, here), next_step="correct the value"
    )


def misspelt(model: type[Section], details: Sequence[ErrorDetails]) -> set[Path]:
    """Return the settings that unknown ones were probably meant to be: they are not missing too."""
    meant: set[Path] = set()
    for detail in details:
        loc = tuple(detail["loc"])
        if detail["type"] == "extra_forbidden":
            near = closest(str(loc[-1]), _names(_owner(model, loc)))
            meant.add((*loc[:-1], near or ""))
    return meant


def _names(model: type[Section]) -> tuple[str, ...]:
    return tuple(str(field.alias) for field in model.model_fields.values())


def _quote(_path: Path, value: object) -> str:
    if isinstance(value, (list, Mapping)):
        return "write one text here"
    if isinstance(value, float):
        return f'write it in quotes: "{value}"; without them YAML reads a number, and 1.40 is 1.4'
    return f"write it in quotes; without them YAML reads {_kind(value)}"


def _write(path: Path, _value: object) -> str:
    return _WHERE_TO_FIND.get(str(path[-1]), f"write `{path[-1]}: ...`")


def _unquote(_path: Path, value: object) -> str:
    return "write it without quotes" if isinstance(value, str) else "write a number"


_WHERE_TO_FIND = {
    "weightsGib": "write `weightsGib: N`: the sizes of the .safetensors files on the repository's "
    "page `Files`, added up, in GiB (GB x 0.931); or serve one of " + ", ".join(checkpoint_names())
}
"""What to write for a setting whose value is not in anybody's head."""

_WORDS: tuple[tuple[Iterable[str], str, Callable[[Path, object], str]], ...] = (
    (("missing",), "is missing", _write),
    (("string_type",), "is not text", _quote),
    (_WHOLE_NUMBER_ERRORS, "is not a whole number", _unquote),
    (("float_type",), "is not a number", _unquote),
    (("bool_type",), "is not true or false", lambda _path, _value: "write true or false"),
    (_RANGE_ERRORS, "is out of range", lambda _path, _value: "choose a value in the range"),
    (("finite_number",), "is not a finite number", lambda _path, _value: "write a number"),
    (_GROUP_ERRORS, "is not a group of settings", lambda path, _: f"write `{path[-1]}: {{...}}`"),
    (("tuple_type", "list_type"), "is not a list", lambda path, _: f"write `{path[-1]}: [...]`"),
)


def _unknown(owner: type[Section], path: Path, value: object, report: Report) -> None:
    name = str(path[-1])
    works_today = not_built.SETTINGS.get(str(path[0]), {}).get(name)
    if works_today:
        report.add_not_built(path, value, works_today)
        return
    names = _names(owner)
    report.add(
        path,
        "unknown setting",
        value,
        allowed=f"one of: {', '.join(names)}",
        next_step=did_you_mean(name, names, "remove it"),
    )


def _not_a_choice(field: FieldInfo | None, path: Path, value: object, report: Report) -> None:
    setting = (str(path[0]), str(path[-1]))
    works_today = not_built.VALUES.get(setting, {}).get(str(value))
    if works_today:
        report.add(
            path,
            not_built.NOT_BUILT,
            value,
            allowed=works_today,
            next_step=f"write {path[-1]}: {works_today}",
        )
        return
    choices = _choices(field)
    next_step = did_you_mean(str(value), choices, f"write one of: {', '.join(choices)}")
    report.add(
        path, "is not a choice", value, allowed=f"one of: {', '.join(choices)}", next_step=next_step
    )


def _allowed(field: FieldInfo | None, path: Path) -> str:
    if field is None:
        return "text" if isinstance(path[-1], int) else "see stacks/README.md"
    bounds = _bounds(field)
    meaning = (field.description or "").strip()
    choices = _choices(field)
    parts = [bounds, f"one of: {', '.join(choices)}" if choices else "", meaning]
    return "; ".join(part.rstrip(".") for part in parts if part)


def _bounds(field: FieldInfo) -> str:
    words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    return " and ".join(
        f"{word} {getattr(constraint, name)}"
        for name, word in words.items()
        for constraint in field.metadata
        if hasattr(constraint, name) and getattr(constraint, name) is not None
    )


def _choices(field: FieldInfo | None) -> tuple[str, ...]:
    kind = field.annotation if field else None
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return tuple(kind)
    return ()


def _owner(model: type[Section], loc: Path) -> type[Section]:
    for part in loc[:-1]:
        field = _field(model, (part,))
        inner = _section_of(field.annotation) if field else None
        if inner is None:
            return model
        model = inner
    return model


def _section_of(annotation: object) -> type[Section] | None:
    options = get_args(annotation) if isinstance(annotation, UnionType) else (annotation,)
    for option in options:
        if isinstance(option, type) and issubclass(option, Section):
            return option
    return None


def _field(model: type[Section], loc: Path) -> FieldInfo | None:
    return next((f for f in model.model_fields.values() if f.alias == loc[-1]), None)


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "yes, no, on and off as true or false"
    if isinstance(value, int):
        return "a number"
    return f"a {type(value).__name__}"
