"""Exact words behind a finding: the sentence of a turn that shows a signal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.outputs import column_of
from dtnexus.coding.sentences import sentence_spans
from dtnexus.coding.session_reading import SessionReading, SignalReader, signal_named
from dtnexus.coding.signals import SIGNAL_NAMES, SignalRole
from dtnexus.rating import Evidence

_Sentences = tuple[list[tuple[int, int]], NDArray[np.float32]]
"""Spans of the sentences of a turn, and their readings of shape (n_sentences, n_signals)."""


def _read_sentences(
    reader: SignalReader, reading: SessionReading, turns: Iterable[tuple[int, SignalRole]]
) -> dict[int, _Sentences]:
    """Every sentence of the turns read by itself; a sentence that has no rival in its turn is not read."""
    conversations: list[tuple[list[SignalRole], list[str]]] = []
    spans: dict[int, list[tuple[int, int]]] = {}
    for turn, role in turns:
        text = reading.transcript.turns[turn].text
        spans[turn] = sentence_spans(text)
        if len(spans[turn]) > 1:
            conversations += [([role], [text[start:end]]) for start, end in spans[turn]]
    rows = iter([matrix.values[0] for matrix in reader.read_many(conversations)])
    empty = np.zeros((1, len(SIGNAL_NAMES)), dtype=np.float32)
    return {turn: (cut, np.stack([next(rows) for _ in cut]) if len(cut) > 1 else empty) for turn, cut in spans.items()}


@dataclass(slots=True)
class Quoter:
    """Finds quotes for one interaction.

    Reading sentences is most of the work. So say with `want` what will be quoted, as far as it is known:
    the sentences of all wanted turns of a session are read together when the first of them is asked for.
    """

    reader: SignalReader
    _wanted: dict[int, dict[int, SignalRole]] = field(default_factory=dict)
    """Session -> turn -> who speaks, of turns whose sentences are not yet read."""
    _sentences: dict[int, dict[int, _Sentences]] = field(default_factory=dict)
    """Session -> turn -> its sentences."""

    def want(self, reading: SessionReading, move: int, signal: str | None) -> None:
        """Say that `span` or `evidence` will be asked for this."""
        role = reading.moves[move].role
        if signal is not None and signal_named(signal).role == role:
            self._wanted.setdefault(reading.session, {})[reading.turn_of(move, signal)] = role

    def span(self, reading: SessionReading, move: int, signal: str | None) -> tuple[int, int, int]:
        """Turn, start and end of the sentence of a move that shows a signal.

        The whole turn where the signal belongs to the other side, none is given, or the turn
        has no words. A sentence of one or two words is given with the one after it.
        """
        turn = reading.turn_of(move, signal)
        text = reading.transcript.turns[turn].text
        if signal is None or signal_named(signal).role != reading.moves[move].role:
            return turn, 0, len(text)
        spans, values = self._read(reading, move, turn)
        if not spans:
            return turn, 0, len(text)
        best = int(np.argmax(values[:, column_of(signal)]))
        start, end = spans[best]
        if len(text[start:end].split()) < 3 and best + 1 < len(spans):
            end = spans[best + 1][1]
        return turn, start, end

    def _read(self, reading: SessionReading, move: int, turn: int) -> _Sentences:
        """The sentences of a turn, read with those of all other turns that are wanted."""
        read = self._sentences.setdefault(reading.session, {})
        if turn not in read:
            wanted = self._wanted.pop(reading.session, {}) | {turn: reading.moves[move].role}
            read |= _read_sentences(self.reader, reading, ((at, wanted[at]) for at in wanted if at not in read))
        return read[turn]

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
