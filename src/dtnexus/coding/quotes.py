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
    has no words. What says little alone (one or two words, a heading, the words before a colon) is given with the
    sentence after it.
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
    more = _leads_on(text[start:end]) and place + 1 < len(spans)
    return turn, start, spans[place + 1][1] if more else end


def _leads_on(sentence: str) -> bool:
    """Whether a sentence needs the next one to say anything: a word or two, a heading, the words before a colon."""
    bare = sentence.strip("*_ ")
    bold = sentence.startswith("**") and sentence.endswith("**") and bare[-1:] not in tuple(".!?…")
    return len(sentence.split()) < 3 or sentence.startswith("#") or bold or bare.endswith(":")


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
