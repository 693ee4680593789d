"""The result of each row: a value with its interval beside what people reach, what is published and what is wanted."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from dtnexus.rating import CoderRef
from dtnexus.record import FrozenMap, Record
from dtnexus.validation.finding import Finding
from dtnexus.validation.rows import mapping
from dtnexus.validation.targets import Figure, Target

Result = Literal["pass", "short", "no floor", "not present", "not measurable by this coder"]


class Row(Record):
    """One row of the table."""

    id: str
    set: str
    what: str
    metric: str
    units: str
    result: Result
    because: str = ""
    """Why there is no value, or why a value above the floor does not pass."""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    """Ends of the 95 % bootstrap interval; None where it cannot be had."""
    n: int = Field(default=0, ge=0)
    """Units in the value."""
    asked: int = Field(default=0, ge=0)
    """Units that have a label; the coder gave no score for the others."""
    groups: int = Field(default=0, ge=0)
    """What the bootstrap draws: conversations, persons, posts or stimuli."""
    floor: float | None = None
    aim: float | None = None
    aim_reached: bool | None = None
    lower_is_better: bool = False
    ceiling: Figure | None = None
    published: Figure | None = None
    details: FrozenMap[str, float] = Field(default_factory=dict)
    rule: str = ""
    """How what the coder says becomes the label of the set."""
    note: str = ""


class Validation(Record):
    """What a coder reached on the sets that are present."""

    dtnexus: str
    """Version of the program."""
    framework: str
    framework_digest: str
    coder: CoderRef
    rows: tuple[Row, ...]

    @property
    def short(self) -> tuple[Row, ...]:
        """The rows whose floor is not reached."""
        return tuple(row for row in self.rows if row.result == "short")


def without_value(name: str, target: Target, result: Result, because: str) -> Row:
    """A row that could not be measured, and why."""
    return _row(name, target, Finding.none(name), result, because)


def judged(name: str, target: Target, finding: Finding, least_scored: float) -> Row:
    """A measured row with its result.

    A row passes where its value reaches the floor and the coder scored enough of the labelled units.
    """
    value, scored, asked = finding.estimate.value, finding.estimate.rows, finding.asked
    if asked == 0:
        return without_value(name, target, "not present", f"no {target.units} of this kind are in the set's files")
    if value is None:
        because = f"{scored} of {asked} {target.units} scored: too few, or all alike"
        return _row(name, target, finding, "not measurable by this coder", because)
    if target.floor is None:
        return _row(name, target, finding, "no floor")
    few = f"only {scored} of {asked} {target.units} scored" if scored < least_scored * asked else ""
    passes = target.reaches(value, target.floor) and not few
    return _row(name, target, finding, "pass" if passes else "short", few)


def _row(name: str, target: Target, finding: Finding, result: Result, because: str = "") -> Row:
    found = finding.estimate
    reached = None if found.value is None or target.aim is None else target.reaches(found.value, target.aim)
    return Row(
        id=name,
        set=target.set,
        what=target.what,
        metric=target.metric,
        units=target.units,
        result=result,
        because=because,
        value=found.value,
        low=found.low,
        high=found.high,
        n=found.rows,
        asked=finding.asked,
        groups=found.groups,
        floor=target.floor,
        aim=target.aim,
        aim_reached=reached,
        lower_is_better=target.lower_is_better,
        ceiling=target.ceiling,
        published=target.published,
        details=finding.details,
        rule=mapping(name),
        note=target.note,
    )
