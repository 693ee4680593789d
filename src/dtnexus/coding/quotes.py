"""Exact words behind a finding: the sentence of a turn that shows a signal."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.linear_model import column_of
from dtnexus.coding.sentences import sentence_spans
from dtnexus.coding.session_reading import SessionReading, SignalReader, signal_named
from dtnexus.coding.signals import SIGNAL_NAMES, SignalRole
from dtnexus.rating import Evidence

_Sentences = tuple[list[tuple[int, int]], NDArray[np.float32]]
"""Spans of the sentences of a turn, and their readings of shape (n_sentences, n_signals)."""


def _read_sentences(reader: SignalReader, reading: SessionReading) -> dict[int, _Sentences]:
    """Every sentence of a session read by itself."""
    conversations: list[tuple[list[SignalRole], list[str]]] = []
    spans: dict[int, list[tuple[int, int]]] = {}
    for move in reading.moves:
        for turn in move.turns:
            text = reading.transcript.turns[turn].text
            spans[turn] = sentence_spans(text)
            conversations += [([move.role], [text[start:end]]) for start, end in spans[turn]]
    rows = [matrix.values[0] for matrix in reader.read_many(conversations)]
    out: dict[int, _Sentences] = {}
    at = 0
    for turn, cut in spans.items():
        own = rows[at : at + len(cut)]
        out[turn] = (cut, np.stack(own) if own else np.zeros((0, len(SIGNAL_NAMES)), dtype=np.float32))
        at += len(cut)
    return out


@dataclass(slots=True)
class Quoter:
    """Finds quotes for one interaction; the sentences of a session are read once, when the first is asked for."""

    reader: SignalReader
    _sentences: dict[int, dict[int, _Sentences]] = field(default_factory=dict)
    """Session -> turn -> its sentences."""

    def span(self, reading: SessionReading, move: int, signal: str | None) -> tuple[int, int, int]:
        """Turn, start and end of the sentence of a move that shows a signal.

        The whole turn where the signal belongs to the other side, none is given, or the turn
        has no words. A sentence of one or two words is given with the one after it.
        """
        turn = reading.turn_of(move, signal)
        text = reading.transcript.turns[turn].text
        if signal is None or signal_named(signal).role != reading.moves[move].role:
            return turn, 0, len(text)
        if reading.session not in self._sentences:
            self._sentences[reading.session] = _read_sentences(self.reader, reading)
        spans, values = self._sentences[reading.session][turn]
        if not spans:
            return turn, 0, len(text)
        best = int(np.argmax(values[:, column_of(signal)]))
        start, end = spans[best]
        if len(text[start:end].split()) < 3 and best + 1 < len(spans):
            end = spans[best + 1][1]
        return turn, start, end

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
