"""Entry: one answer of a person or machine as another program or a table holds it, before it becomes a record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from dtnexus.rating import CoderKind

Answer = int | Literal["not observable", "not applicable"]
"""A score from 0 to 4, or why there is none."""


class Spot(NamedTuple):
    """Words of one turn: session and turn in the interaction, characters in the turn (half-open)."""

    session: int
    turn: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Entry:
    """What a coder says of one criterion of one interaction."""

    interaction: str
    coder: str
    criterion: str
    answer: Answer
    spots: tuple[Spot, ...] = ()
    """The words that the answer rests on."""
    confidence: float | None = None
    """The coder's own, 0-1; None: it was not asked or not given."""
    why: str = ""
    kind: CoderKind | None = None
    """None: a person."""
    place: str = ""
    """Where it stands, for messages: ``file:line`` or the like."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that could not be taken over, and why; never with words of a transcript."""

    place: str
    reason: str

    def __str__(self) -> str:
        """Place and reason in one line."""
        return f"{self.place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file holds."""

    entries: tuple[Entry, ...]
    refused: tuple[Refusal, ...] = field(default=())
