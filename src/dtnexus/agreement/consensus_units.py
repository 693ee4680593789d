"""Units on which people agreed on a score, with what a machine coder said of the same units.

The consensus is that of the rules of deciding: an adjudicator's score where there is one, else the median of two or
more people, rounded down; on safety-critical criteria the lowest where they are two or more points apart. One person
alone is no consensus.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, get_args

from dtnexus.admission import Origin
from dtnexus.aggregation import CONTESTED_FROM, median_down
from dtnexus.agreement.table import Answer, Apart, Lines, Stated
from dtnexus.errors import InputError
from dtnexus.language import primary
from dtnexus.rating import CoderRef

_MACHINES: Final = frozenset({"embedded", "judge"})


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an interaction beside its ratings; None and "not stated": nothing."""

    language: str | None = None
    origin: Origin = "not stated"


@dataclass(frozen=True, slots=True)
class Machine:
    """The coder that is to be admitted: who it is, and under which name each file holds it."""

    ref: CoderRef
    names: Mapping[str, Collection[str]]
    """Path of a file -> the names that it has in it."""


@dataclass(slots=True)
class Unit:
    """One unit on one criterion."""

    name: str
    interaction: str
    language: str | None
    origin: Origin
    people: dict[str, int] = field(default_factory=dict)
    """Person -> score, before adjudication."""
    settled: list[int] = field(default_factory=list)
    """Scores of adjudicators."""
    machine: int | None = None
    asked: bool = False
    """Whether the machine said anything of it, be it "not observable" or a failure."""

    def contested(self) -> bool:
        """Whether people are two or more points apart and nobody settled it."""
        return not self.settled and _spread(list(self.people.values())) >= CONTESTED_FROM

    def consensus(self, star: bool) -> int | None:
        """The score that people agreed on; None where there is no consensus."""
        scores = self.settled or (list(self.people.values()) if len(self.people) > 1 else [])
        if not scores:
            return None
        return min(scores) if star and _spread(scores) >= CONTESTED_FROM else median_down(scores)


@dataclass(slots=True)
class Gathered:
    """All units by criterion, and whose they are."""

    units: dict[str, dict[str, Unit]] = field(default_factory=dict)
    """Criterion -> name of a unit -> the unit."""
    people: set[str] = field(default_factory=set)
    other_machines: set[str] = field(default_factory=set)


def gathered(files: Sequence[Lines], machine: Machine, known: Mapping[str, Known], language: str | None) -> Gathered:
    """The units of all files together. The order of files and lines is irrelevant.

    `known` tells of interactions, columns of the files of units; `language` stands for units of which neither does.

    Raises:
        InputError: somebody rated a unit twice, or an origin is none; names file and line.
    """
    into = Gathered()
    for lines in files:
        own = _Reader(lines, machine, known, into)
        for answer in lines.answers:
            own.add(answer)
        for apart in lines.apart:
            own.add_apart(apart)
    for unit in (unit for units in into.units.values() for unit in units.values()):
        unit.language = unit.language or language
    return into


@dataclass(frozen=True, slots=True)
class _Reader:
    """Adds the lines of one file."""

    lines: Lines
    machine: Machine
    known: Mapping[str, Known]
    into: Gathered

    def add(self, answer: Answer) -> None:
        if answer.coder in self.machine.names.get(self.lines.path, ()):
            self._add_machine(answer)
            return
        if self._is_machine(answer.coder):
            self.into.other_machines.add(answer.coder)
            return
        name = self._name(answer.coder)
        self.into.people.add(name)
        unit = self._unit(answer)
        if answer.score is None:
            return
        if name in unit.people:
            self._refuse(answer)
        unit.people[name] = answer.score

    def add_apart(self, apart: Apart) -> None:
        answer = apart.answer
        if apart.reason == "adjudicated":
            if answer.score is not None:
                self._unit(answer).settled.append(answer.score)
        elif answer.coder in self.machine.names.get(self.lines.path, ()):
            self._add_machine(answer._replace(score=None))

    def _add_machine(self, answer: Answer) -> None:
        unit = self._unit(answer)
        if unit.asked:
            self._refuse(answer)
        unit.asked, unit.machine = True, answer.score

    def _is_machine(self, name: str) -> bool:
        return any(coder.name == name and coder.kind in _MACHINES for coder in self.lines.coders)

    def _name(self, coder: str) -> str:
        """A person by name alone: another version of the codebook makes nobody another person."""
        ref = self.lines.refs.get(coder)
        return coder if ref is None else ref.name

    def _unit(self, answer: Answer) -> Unit:
        units = self.into.units.setdefault(answer.criterion, {})
        unit = units.setdefault(answer.unit, Unit(answer.unit, answer.interaction, None, "not stated"))
        stated = self.lines.stated.get(answer.unit, Stated())
        known = self.known.get(answer.interaction, Known())
        if stated.origin and stated.origin not in get_args(Origin):
            wanted = "recorded, synthetic, probe, or nothing"
            raise InputError(self.lines.path, f"column 'origin' has {stated.origin[:40]!r}", wanted, answer.line)
        if unit.origin == "not stated":
            unit.origin = stated.origin or known.origin  # type: ignore[assignment]
        unit.language = unit.language or primary(stated.language) or known.language
        return unit

    def _refuse(self, answer: Answer) -> None:
        raise InputError(
            self.lines.path,
            f"coder {answer.coder!r} rated unit {answer.unit!r} on {answer.criterion!r} before",
            "one answer of a coder for a unit and criterion; remove one of the lines, or one of the files",
            answer.line,
        )


def _spread(scores: Sequence[int]) -> int:
    return max(scores) - min(scores) if scores else 0


def languages(units: Iterable[Unit]) -> list[str]:
    """The languages of these units, in order; units of an unknown language are not among them."""
    return sorted({unit.language for unit in units if unit.language is not None})
