"""An interaction as one text for an annotation program, and the way back from places in it to turns."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from dtnexus.exchanging.entry import Spot
from dtnexus.transcript import Interaction

_UNSHOWN: Final = {code: " " for code in (*range(9), 11, 12, *range(13, 32), 127)}
"""Control characters, which browsers drop or join: a space stands for each, so that places stay where they are."""


class Piece(NamedTuple):
    """Where the words of a turn stand in the text."""

    start: int
    end: int
    session: int
    turn: int


@dataclass(frozen=True, slots=True)
class Display:
    """The text and its pieces, in order. Everything outside of pieces is a heading or a speaker."""

    text: str
    pieces: tuple[Piece, ...]

    def spots(self, start: int, end: int) -> tuple[Spot, ...]:
        """The words of turns between two places of the text, one spot for each turn; empty where there are none."""
        return tuple(self._spots(start, end))

    def _spots(self, start: int, end: int) -> Iterator[Spot]:
        first = max(0, bisect_right(self.pieces, start, key=lambda piece: piece.start) - 1)
        for piece in self.pieces[first:]:
            if piece.start >= end:
                return
            low, high = max(start, piece.start), min(end, piece.end)
            if low < high:
                yield Spot(piece.session, piece.turn, low - piece.start, high - piece.start)


def display(interaction: Interaction) -> Display:
    """The interaction as text: a heading for each session where there are several, then turn by turn.

    A pure function of the interaction, so that places in it can be found again when the answers come back.
    """
    parts: list[str] = []
    pieces: list[Piece] = []
    at = 0

    def add(text: str) -> None:
        nonlocal at
        parts.append(text)
        at += len(text)

    several = len(interaction.sessions) > 1
    for number, session in enumerate(interaction.sessions):
        if several:
            add(f"{chr(10) if number else ''}--- session {number + 1} of {len(interaction.sessions)} ---\n\n")
        for turn in session.turns:
            add(f"[{turn.index}] {turn.role.value}: ")
            pieces.append(Piece(at, at + len(turn.text), number, turn.index))
            add(f"{turn.text.translate(_UNSHOWN)}\n\n")
    return Display("".join(parts).rstrip("\n"), tuple(pieces))


def from_utf16(text: str, offset: int) -> int:
    """A place counted in JavaScript's UTF-16 units as one counted in characters; past the end stays past it."""
    units = 0
    for at, character in enumerate(text):
        if units >= offset:
            return at
        units += 2 if ord(character) > 0xFFFF else 1
    return len(text) + max(0, offset - units)
