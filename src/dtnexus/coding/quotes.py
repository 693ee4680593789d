"""Exact words behind a finding: the sentence of a turn that shows a signal."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.outputs import column_of
from dtnexus.coding.sentences import sentence_spans
from dtnexus.coding.session_reading import SessionReading, SignalReader, signal_named
from dtnexus.coding.signals import SignalRole
from dtnexus.rating import Evidence

_Span = tuple[int, int]


class SentenceReader(Protocol):
    """What reads sentences by themselves; `dtnexus.coding.linear_model.LinearModel` does."""

    def read_alone(self, role: SignalRole, texts: Sequence[str], signals: Sequence[str]) -> NDArray[np.float32]:
        """Some signals of texts that are each the only turn of a conversation, shape (n_texts, n_signals)."""
        ...


@dataclass(frozen=True, slots=True)
class WholeReader:
    """Reads sentences with any reader of signals."""

    reader: SignalReader

    def read_alone(self, role: SignalRole, texts: Sequence[str], signals: Sequence[str]) -> NDArray[np.float32]:
        """Every signal is read, and these are given."""
        columns = [column_of(name) for name in signals]
        read = self.reader.read_many([([role], [text]) for text in texts])
        return np.array([matrix.values[0, columns] for matrix in read], dtype=np.float32)


def _best_sentences(
    reader: SentenceReader, reading: SessionReading, wanted: Mapping[int, Collection[str]]
) -> dict[tuple[int, str], _Span]:
    """For turns with signals of theirs: the sentence that shows each signal most when it is read by itself.

    Turns without words have none. A sentence that has no rival in its turn is not read.
    """
    texts = {turn: reading.transcript.turns[turn].text for turn in wanted}
    cut = {turn: sentence_spans(text) for turn, text in texts.items()}
    best = {(turn, signal): cut[turn][0] for turn, signals in wanted.items() if cut[turn] for signal in signals}
    for role in ("client", "agent"):
        rivals = [(turn, signal) for turn, signal in best if len(cut[turn]) > 1 and signal_named(signal).role == role]
        turns = list(dict.fromkeys(turn for turn, _ in rivals))
        signals = sorted({signal for _, signal in rivals})
        if not rivals:
            continue
        sentences = [texts[turn][start:end] for turn in turns for start, end in cut[turn]]
        values = iter(reader.read_alone(role, sentences, signals))
        read = {turn: np.stack([next(values) for _ in cut[turn]]) for turn in turns}
        for turn, signal in rivals:
            place = int(np.argmax(read[turn][:, signals.index(signal)]))
            best[turn, signal] = _with_next(texts[turn], cut[turn], place)
    return best


def _with_next(text: str, spans: Sequence[_Span], place: int) -> _Span:
    """A sentence; one of one or two words with the one after it."""
    start, end = spans[place]
    short = len(text[start:end].split()) < 3 and place + 1 < len(spans)
    return (start, spans[place + 1][1]) if short else (start, end)


@dataclass(slots=True)
class Quoter:
    """Finds quotes for one interaction.

    Reading sentences is most of the work. So say with `want` what will be quoted, as far as it is known:
    the sentences of all wanted turns of a session are read together when the first of them is asked for.
    """

    reader: SentenceReader
    _wanted: dict[int, dict[int, set[str]]] = field(default_factory=dict)
    """Session -> turn -> signals that will be quoted, of turns whose sentences are not yet read."""
    _best: dict[int, dict[tuple[int, str], _Span]] = field(default_factory=dict)
    """Session -> turn and signal -> the sentence that shows it."""

    def want(self, reading: SessionReading, move: int, signal: str | None) -> None:
        """Say that `span` or `evidence` will be asked for this."""
        role = reading.moves[move].role
        if signal is not None and signal_named(signal).role == role:
            turns = self._wanted.setdefault(reading.session, {})
            turns.setdefault(reading.turn_of(move, signal), set()).add(signal)

    def span(self, reading: SessionReading, move: int, signal: str | None) -> tuple[int, int, int]:
        """Turn, start and end of the sentence of a move that shows a signal.

        The whole turn where the signal belongs to the other side, none is given, or the turn
        has no words. A sentence of one or two words is given with the one after it.
        """
        turn = reading.turn_of(move, signal)
        text = reading.transcript.turns[turn].text
        if signal is None or signal_named(signal).role != reading.moves[move].role:
            return turn, 0, len(text)
        known = self._best.setdefault(reading.session, {})
        if (turn, signal) not in known:
            wanted = self._wanted.pop(reading.session, {})
            wanted.setdefault(turn, set()).add(signal)
            known |= _best_sentences(self.reader, reading, wanted)
        return turn, *known.get((turn, signal), (0, len(text)))

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
