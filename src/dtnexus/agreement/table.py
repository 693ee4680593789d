"""RatingsTable: who said what of which unit on which criterion, before adjudication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

import numpy as np

from dtnexus.agreement.grid import MISSING, FloatArray, Grid, IntArray
from dtnexus.errors import InputError
from dtnexus.rating import CoderKind, CoderRef

NOT_OBSERVABLE: Final = -2
"""The code of "not observable": an answer of its own, neither a score nor missing."""
LeftOut = Literal["adjudicated", "missing", "not applicable", "failed", "counted fact", "coder not asked for"]
"""Why a line of the file does not enter; each is counted and told."""


class Answer(NamedTuple):
    """One line of the file: what a coder said of a unit on a criterion."""

    unit: str
    interaction: str
    coder: str
    criterion: str
    score: int | None
    """A point of the scale; None: not observable."""
    line: int


class Apart(NamedTuple):
    """A line that does not enter the agreement of coders, kept for who asks for it."""

    reason: LeftOut
    answer: Answer


class Stated(NamedTuple):
    """What the columns `origin` and `language` say of a unit; empty where they say nothing."""

    origin: str = ""
    language: str = ""


class Coder(NamedTuple):
    """Somebody or something that rates."""

    name: str
    kind: CoderKind | None
    """None: the file does not say."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What a file holds, line by line."""

    path: str
    answers: tuple[Answer, ...]
    coders: tuple[Coder, ...]
    left_out: Mapping[LeftOut, int]
    by_interaction: bool
    """Whether the file says which interaction a unit belongs to; if not, each unit is its own."""
    unused_columns: tuple[str, ...] = ()
    apart: tuple[Apart, ...] = ()
    """Where asked for: decisions after the coding, and what is no answer, each with its reason."""
    stated: Mapping[str, Stated] = field(default_factory=dict)
    """Unit -> what the file states of it; units of which it states nothing are absent."""
    refs: Mapping[str, CoderRef] = field(default_factory=dict)
    """Name of a coder -> its reference, where the file holds one (rating records do, tables do not)."""


@dataclass(frozen=True, slots=True)
class RatingsTable:
    """All answers as one array; units, interactions and coders in the order of their names."""

    units: tuple[str, ...]
    interactions: tuple[str, ...]
    clusters: IntArray
    """(units,): the position of each unit's interaction."""
    coders: tuple[Coder, ...]
    criteria: tuple[str, ...]
    points: FloatArray
    codes: IntArray
    """(criteria, units, coders): the position in `points`, `NOT_OBSERVABLE`, or `MISSING`."""
    by_interaction: bool
    left_out: Mapping[LeftOut, int] = field(default_factory=dict)
    unused_columns: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the coders."""
        return tuple(coder.name for coder in self.coders)

    @property
    def any_not_observable(self) -> bool:
        """Whether any coder said "not observable" of anything."""
        return bool((self.codes == NOT_OBSERVABLE).any())

    def scores(self, criterion: str) -> Grid:
        """The scores on a criterion; "not observable" is no score and counts as missing here."""
        codes = self.codes[self.criteria.index(criterion)]
        return Grid(np.where(codes >= 0, codes, MISSING), self.points, self.clusters, self.names)

    def observable(self, criterion: str) -> Grid:
        """1 where the coder gave a score, 0 where they said "not observable"."""
        codes = self.codes[self.criteria.index(criterion)]
        seen = np.where(codes == MISSING, MISSING, (codes >= 0).astype(np.int64))
        words = "not observable", "observable"
        return Grid(seen, np.array([0.0, 1.0]), self.clusters, self.names, words)


def tabulated(lines: Lines, scale: tuple[int, int], criteria_order: Sequence[str] = ()) -> RatingsTable:
    """The table of these lines; criteria in the given order, others after them by name.

    The order of the lines does not matter.

    Raises:
        InputError: no answers; a coder answered twice; a unit stands under two interactions. Names the lines.
    """
    if not lines.answers:
        raise InputError(lines.path, _emptiness(lines), "ratings of two or more coders before adjudication")
    interaction_of = _interactions(lines)
    units = tuple(sorted(interaction_of))
    interactions = tuple(sorted(set(interaction_of.values())))
    place = {name: number for number, name in enumerate(interactions)}
    kinds = {coder.name: coder for coder in lines.coders}
    coders = tuple(kinds[name] for name in sorted({answer.coder for answer in lines.answers}))
    criteria = _ordered({answer.criterion for answer in lines.answers}, criteria_order)
    return RatingsTable(
        units=units,
        interactions=interactions,
        clusters=np.array([place[interaction_of[unit]] for unit in units], dtype=np.int64),
        coders=coders,
        criteria=criteria,
        points=np.arange(scale[0], scale[1] + 1, dtype=np.float64),
        codes=_codes(lines, units, [coder.name for coder in coders], criteria, scale[0]),
        by_interaction=lines.by_interaction,
        left_out=lines.left_out,
        unused_columns=lines.unused_columns,
    )


def _emptiness(lines: Lines) -> str:
    told = ", ".join(f"{count} {reason}" for reason, count in sorted(lines.left_out.items()))
    return f"no ratings stand in it (left out: {told})" if told else "no ratings stand in it"


def _interactions(lines: Lines) -> dict[str, str]:
    """Unit -> its interaction."""
    found: dict[str, tuple[str, int]] = {}
    for answer in lines.answers:
        known, line = found.setdefault(answer.unit, (answer.interaction, answer.line))
        if known != answer.interaction:
            raise InputError(
                lines.path,
                f"unit {answer.unit!r} stands under interaction {answer.interaction!r}, in line {line} under {known!r}",
                "a name for each unit that no other interaction uses, for instance INTERACTION:UNIT",
                answer.line,
            )
    return {unit: interaction for unit, (interaction, _) in found.items()}


def _codes(lines: Lines, units: Sequence[str], coders: Sequence[str], criteria: Sequence[str], lowest: int) -> IntArray:
    unit_at, coder_at, criterion_at = (
        {name: number for number, name in enumerate(names)} for names in (units, coders, criteria)
    )
    codes = np.full((len(criteria), len(units), len(coders)), MISSING, dtype=np.int64)
    line_of: dict[tuple[int, int, int], int] = {}
    for answer in lines.answers:
        where = criterion_at[answer.criterion], unit_at[answer.unit], coder_at[answer.coder]
        before = line_of.setdefault(where, answer.line)
        if before != answer.line:
            raise InputError(
                lines.path,
                f"coder {answer.coder!r} rated unit {answer.unit!r} on {answer.criterion!r} before, in line {before}",
                "one answer of a coder for a unit and criterion; remove one of the lines",
                answer.line,
            )
        codes[where] = NOT_OBSERVABLE if answer.score is None else answer.score - lowest
    return codes


def _ordered(found: set[str], first: Sequence[str]) -> tuple[str, ...]:
    known = [name for name in first if name in found]
    return (*known, *sorted(found - set(known)))
