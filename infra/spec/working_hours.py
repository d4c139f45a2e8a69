"""Working hours: when the models of a stack run, so that nobody pays for GPUs of a night.

Owns the words, what they mean for a week, and their checks. Who opens and closes is in
`components/serving/working_hours.py`; what is quiet meanwhile, in the rules of alerts.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import time
from decimal import Decimal
from zoneinfo import ZoneInfo

from infra.spec.draft import Draft
from infra.spec.environment import Environment, Layer
from infra.spec.pools import GpuPoolSpec
from infra.spec.report import Report
from infra.spec.section import Section
from infra.spec.week_day import WeekDay

SECTION = "workingHours"
"""Its name in a stack file."""
EXAMPLE = "08:00-19:00"
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_MINUTES_A_WEEK = 7 * 24 * 60
_A_PAIR = 2


class WorkingHoursSpec(Section):
    """When models run. A stack without `hours` runs them day and night."""

    hours: str | None
    """From when until when on one day, `08:00-19:00`. In `dev` and `staging` alone."""
    days: tuple[WeekDay, ...]
    """Days on which models are opened. They are closed every evening, whoever opened them."""
    time_zone: str
    """Whose clock that is, by its name in the IANA database: `Europe/Berlin`."""

    @property
    def are_kept(self) -> bool:
        """Whether models are closed at all."""
        return self.hours is not None

    @property
    def opens(self) -> time:
        """When models are opened.

        Raises:
            ValueError: they are never closed.
        """
        return self._ends()[0]

    @property
    def closes(self) -> time:
        """When they are closed.

        Raises:
            ValueError: they never are.
        """
        return self._ends()[1]

    @property
    def share(self) -> Decimal:
        """Share of all hours in which models run, 0 to 1."""
        if not self.are_kept:
            return Decimal(1)
        minutes = _minutes(self.closes) - _minutes(self.opens)
        return Decimal(minutes * len(self.days)) / _MINUTES_A_WEEK

    @property
    def text(self) -> str:
        """When they run, in words: `08:00-19:00 monday to friday, Europe/Berlin`."""
        return f"{self.hours} {_days_text(self.days)}, {self.time_zone}"

    def _ends(self) -> tuple[time, time]:
        ends = ends_of(self.hours or "")
        if ends is None:
            message = f"workingHours.hours: there are none, got {self.hours!r}"
            raise ValueError(message)
        return ends


def ends_of(written: str) -> tuple[time, time] | None:
    """Return both ends of hours that are written as `08:00-19:00`; None where they are none."""
    found = _HOURS.fullmatch(written)
    if found is None:
        return None
    hour, minute, last_hour, last_minute = map(int, found.groups())
    opens, closes = time(hour, minute), time(last_hour, last_minute)
    return (opens, closes) if opens < closes else None


def check_working_hours(
    hours: Draft[WorkingHoursSpec],
    pools: Sequence[Draft[GpuPoolSpec]],
    environment: Environment,
    layers: Sequence[Layer],
    report: Report,
) -> None:
    """Check that they can be kept, where there are any, and that they save something."""
    if not hours.good("hours"):
        return
    if not hours.spec.are_kept:
        _refuse_words_without_hours(hours, report)
        return
    _check_words(hours, report)
    _check_stack(hours, environment, layers, report)
    for pool in pools:
        _check_floor(pool, report)


def _refuse_words_without_hours(hours: Draft[WorkingHoursSpec], report: Report) -> None:
    written = report.source(SECTION).section(SECTION)
    for setting in ("days", "timeZone"):
        if isinstance(written, Mapping) and setting in written:
            report.add(
                hours.at(setting),
                "says nothing: without hours models run day and night",
                written[setting],
                allowed="beside workingHours.hours",
                next_step=f"write for example hours: {EXAMPLE}, or remove it",
            )


def _check_words(hours: Draft[WorkingHoursSpec], report: Report) -> None:
    spec = hours.spec
    if ends_of(spec.hours or "") is None:
        report.add(
            hours.at("hours"),
            "are no hours of a day",
            spec.hours,
            allowed="two times of one day on a clock of 24 hours, the earlier one first",
            next_step=f"write for example hours: {EXAMPLE}",
        )
    if hours.good("days") and (not spec.days or len(set(spec.days)) < len(spec.days)):
        report.add(
            hours.at("days"),
            "name a day twice" if spec.days else "are none: models would never be opened",
            list(map(str, spec.days)),
            allowed="one to seven days of the week, each once",
            next_step="write for example days: [monday, friday]",
        )
    if hours.good("timeZone") and not _is_time_zone(spec.time_zone):
        report.add(
            hours.at("timeZone"),
            "is no time zone",
            spec.time_zone,
            allowed="a name of the IANA database",
            next_step="write for example timeZone: Europe/Berlin",
        )


def _check_stack(
    hours: Draft[WorkingHoursSpec],
    environment: Environment,
    layers: Sequence[Layer],
    report: Report,
) -> None:
    if environment is Environment.PROD:
        report.add(
            hours.at("hours"),
            "would close production",
            hours.spec.hours,
            allowed="stacks of dev and staging",
            next_step="remove it",
        )
    elif layers and not {Layer.PLATFORM, Layer.MODELS} <= set(layers):
        report.add(
            hours.at("hours"),
            "need the alerts and the models in one stack: the ones are quiet while the others are "
            "closed",
            hours.spec.hours,
            allowed="a stack with the layers platform and models",
            next_step="remove it, or bring both layers into one stack",
        )


def _check_floor(pool: Draft[GpuPoolSpec], report: Report) -> None:
    spec = pool.spec
    ways = {"onDemand": spec.on_demand, "spot": spec.spot, "flexStart": spec.flex_start}
    for way, floor in ways.items():
        if floor is not None and floor.min and pool.good(f"{way}.min"):
            report.add(
                pool.at(f"{way}.min"),
                "keeps nodes that workingHours would have gone at night",
                floor.min,
                allowed="0 where models have working hours",
                next_step=f"write {way}: {{min: 0, max: {floor.max}}}, or remove workingHours",
            )


def _is_time_zone(name: str) -> bool:
    try:
        return ZoneInfo(name).key != "localtime"  # whatever the machine that asks is set to
    except (KeyError, ValueError, OSError):  # no such name, or one that leads out of the database
        return False


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _days_text(days: Sequence[WeekDay]) -> str:
    week = list(WeekDay)
    ordered = sorted(days, key=week.index)
    first, last = week.index(ordered[0]), week.index(ordered[-1])
    if len(ordered) > _A_PAIR and ordered == week[first : last + 1]:
        return f"{ordered[0]} to {ordered[-1]}"
    return ", ".join(ordered)
