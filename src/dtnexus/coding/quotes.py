"""Exact words behind a finding: the sentence of a turn that shows a signal."""

from __future__ import annotations

from typing import TypedDict

from dtnexus.coding.session_reading import SessionReading, signal_named
from dtnexus.rating import Evidence


class Quoted(TypedDict):
    """Where words stand, and the words."""

    transcript_id: str
    session: int
    turn: int
    start: int
    end: int
    quote: str


def span(reading: SessionReading, move: int, signal: str | None) -> tuple[int, int, int]:
    """Turn, start and end of the sentence of a move that shows a signal.

    The whole turn where the signal belongs to the other side, none is given, or the turn
    has no words. A sentence of one or two words is given with the one after it.
    """
    turn = reading.turn_of(move, signal)
    text = reading.transcript.turns[turn].text
    if signal is None or signal_named(signal).role != reading.moves[move].role:
        return turn, 0, len(text)
    spans = reading.sentences(turn)
    if not spans:
        return turn, 0, len(text)
    place = reading.shown_in(turn, signal)
    start, end = spans[place]
    short = len(text[start:end].split()) < 3 and place + 1 < len(spans)
    return turn, start, spans[place + 1][1] if short else end


def quoted(reading: SessionReading, move: int, signal: str | None) -> Quoted:
    """The fields of the quote, for a record that holds more."""
    turn, start, end = span(reading, move, signal)
    return {
        "transcript_id": reading.transcript.id,
        "session": reading.session,
        "turn": turn,
        "start": start,
        "end": end,
        "quote": reading.transcript.turns[turn].text[start:end],
    }


def evidence(reading: SessionReading, move: int, signal: str | None) -> Evidence:
    """The quote as a record."""
    return Evidence(**quoted(reading, move, signal))
