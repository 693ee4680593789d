"""Exact words behind a finding: the sentence of a turn that shows a signal."""

from __future__ import annotations

from dataclasses import dataclass, field

from dtnexus.coding.session_reading import SessionReading, SignalReader, signal_named
from dtnexus.rating import Evidence


@dataclass(slots=True)
class Quoter:
    """Finds quotes for one interaction; each turn and signal is looked up once."""

    reader: SignalReader
    _found: dict[tuple[int, int, str], tuple[int, int]] = field(default_factory=dict)

    def span(self, reading: SessionReading, move: int, signal: str | None) -> tuple[int, int, int]:
        """Turn, start and end of the sentence of a move that shows a signal.

        The whole turn where the signal belongs to the other side or none is given.
        """
        turn = reading.turn_of(move, signal)
        text = reading.transcript.turns[turn].text
        role = reading.moves[move].role
        if signal is None or signal_named(signal).role != role:
            return turn, 0, len(text)
        key = (reading.session, turn, signal)
        if key not in self._found:
            start, end = self.reader.locate(role, text, reading.before(turn), signal)
            self._found[key] = (max(0, start), min(len(text), end))
        return turn, *self._found[key]

    def evidence(self, reading: SessionReading, move: int, signal: str | None) -> Evidence:
        """The quote as a record."""
        turn, start, end = self.span(reading, move, signal)
        return Evidence(
            transcript_id=reading.transcript.id,
            session=reading.session,
            turn=turn,
            start=start,
            end=end,
            quote=reading.transcript.turns[turn].text[start:end],
        )
