"""One session as turns of two sides with the reading of every signal.

A *turn* here is everything that one side says until the other speaks; a signal of it is the
highest among its parts. System messages are left out, and so are a human helper's turns that are only a
sound of listening ("mm-hmm"): they end nobody's turn and answer nothing. A digital agent does not hum
along: its "Okay." is its answer. An agent turn that says nothing ends the client's turn: the record
cannot show what the agent made of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate, groupby
from math import exp
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.agent_words import agent_words
from dtnexus.coding.exchanges import Exchanges, exchanges_of
from dtnexus.coding.outputs import SignalMatrix
from dtnexus.coding.sentences import sentence_spans
from dtnexus.coding.signals import SIGNAL_NAMES, SIGNALS, Signal, SignalRole
from dtnexus.coding.word_cues import word_cues
from dtnexus.errors import UsageError
from dtnexus.language import is_silence
from dtnexus.transcript import Role, Transcript, Turn

SOFTNESS: Final = 0.1
"""How far from its threshold a reading still counts partly (0.05 to 0.2 tried, by cross-validation)."""
BACKCHANNEL: Final = re.compile(
    r"(?:(?:mm+|m+-?hm+|mm+-?hmm+|uh-?huh|hm+|ok(?:ay)?|right|yeah|yep|yes|sure|alright|all right|oh|ah|i see"
    r"|got it|wow)"
    r"[\s,.!…-]*){1,3}",
    re.IGNORECASE,
)

_BY_NAME: Final = {signal.name: signal for signal in SIGNALS}
_COLUMN: Final = {name: column for column, name in enumerate(SIGNAL_NAMES)}
_BINARY: Final = [column for column, signal in enumerate(SIGNALS) if signal.maximum == 1]
"""Columns of the signals that are probabilities."""


class SignalReader(Protocol):
    """What reads signals from turns; `dtnexus.coding.linear_model.LinearModel` does."""

    @property
    def digest(self) -> str:
        """What identifies the weights or table that readings come from."""
        ...

    def threshold(self, signal: str) -> float:
        """The value from which on the signal is taken to hold."""
        ...

    def read(self, roles: Sequence[SignalRole], texts: Sequence[str]) -> SignalMatrix:
        """The signals of all turns of one conversation, in order."""
        ...

    def read_many(self, conversations: Sequence[tuple[Sequence[SignalRole], Sequence[str]]]) -> list[SignalMatrix]:
        """The same for many conversations at once."""
        ...


@cache
def signal_named(name: str) -> Signal:
    """The signal of this name.

    Raises:
        UsageError: there is no such signal.
    """
    if name not in _BY_NAME:
        raise UsageError(f"framework signals name {name!r}, which is no signal; docs/guide/glossary.md lists them")
    return _BY_NAME[name]


def softly(value: float, at_least: float, maximum: int) -> float:
    """How far a reading reaches a threshold, from 0 to 1; one half at the threshold itself."""
    return 1.0 / (1.0 + exp(min(60.0, (at_least - value) / (SOFTNESS * min(maximum, 2)))))


def strengths(reader: SignalReader, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Readings moved so that a probability of one half is where the model takes a signal to hold.

    A rare signal is taken to hold at a probability far below one half. Its odds are divided by
    the odds at that point, so that one threshold means the same for all signals from 0 to 1.
    Graded signals stay on their own scale.
    """
    cut = np.array([min(max(reader.threshold(SIGNALS[column].name), 0.02), 0.98) for column in _BINARY])
    chance = values[:, _BINARY]
    odds = chance * (1.0 - cut).astype(np.float32)
    out = values.copy()
    out[:, _BINARY] = odds / np.maximum(odds + (1.0 - chance) * cut.astype(np.float32), 1e-9)
    return out


@dataclass(frozen=True, slots=True)
class Move:
    """Everything that one side says until the other speaks."""

    role: SignalRole
    turns: tuple[int, ...]
    """Turn numbers in the transcript."""
    silent: bool = False
    """The agent's turn says nothing. Nothing was done in it, and it answers nothing."""


@dataclass(slots=True)
class SessionReading:
    """Moves and readings of one session, or of a stretch of it; built by `read_session` and `read_stretches`."""

    session: int
    transcript: Transcript
    moves: tuple[Move, ...]
    turn_values: dict[int, NDArray[np.float32]]
    """Turn number -> readings of that turn alone."""
    turn_shown: dict[int, NDArray[np.int32]]
    """Turn number -> for each signal the sentence of the turn that shows it most, counted from 0."""
    values: NDArray[np.float32]
    """Shape (n_moves, n_signals); NaN where the role does not apply."""
    _sentences: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    _columns: dict[str, list[float]] = field(default_factory=dict)
    _levels: dict[tuple[str, float], list[float]] = field(default_factory=dict)
    _earlier: dict[tuple[str, float], list[float]] = field(default_factory=dict)
    _exchanges: Exchanges | None = None

    def value(self, move: int, signal: str) -> float:
        """The reading of a signal in a move; 0 where the role does not apply."""
        value = self._column(signal)[move]
        return value if value == value else 0.0

    def _column(self, signal: str) -> list[float]:
        """The reading of a signal in every move; NaN where the role does not apply."""
        if signal not in self._columns:
            self._columns[signal] = self.values[:, _COLUMN[signal]].tolist()
        return self._columns[signal]

    def levels(self, signal: str, at_least: float) -> list[float]:
        """How far each move reaches the threshold, from 0 to 1; 0 where the role does not apply."""
        key = (signal, at_least)
        levels = self._levels.get(key)
        if levels is None:
            maximum = signal_named(signal).maximum
            levels = [softly(v, at_least, maximum) if v == v else 0.0 for v in self._column(signal)]
            self._levels[key] = levels
        return levels

    def highest_before(self, signal: str, at_least: float) -> list[float]:
        """For each move, the highest level among all moves before it."""
        key = (signal, at_least)
        if key not in self._earlier:
            self._earlier[key] = [0.0, *accumulate(self.levels(signal, at_least), max)][:-1]
        return self._earlier[key]

    def exchanges(self) -> Exchanges:
        """Each answer of the agent with what it answers; the same object at every call."""
        if self._exchanges is None:
            roles, silent = [move.role for move in self.moves], [move.silent for move in self.moves]
            self._exchanges = exchanges_of(roles, silent, self.values)
        return self._exchanges

    def text(self, move: int) -> str:
        """The words of a move, parts joined by a line end."""
        return "\n".join(self.transcript.turns[turn].text for turn in self.moves[move].turns)

    def turn_of(self, move: int, signal: str | None) -> int:
        """The turn of a move that carries a signal most; its longest turn for no signal."""
        turns = self.moves[move].turns
        if signal is None or signal_named(signal).role != self.moves[move].role:
            return max(turns, key=lambda turn: (len(self.transcript.turns[turn].text.strip()) > 0, -turn))
        return max(turns, key=lambda turn: (float(self.turn_values[turn][_COLUMN[signal]]), -turn))

    def shown_in(self, turn: int, signal: str) -> int:
        """The sentence of a turn that shows a signal most, counted from 0."""
        return int(self.turn_shown[turn][_COLUMN[signal]])

    def sentences(self, turn: int) -> list[tuple[int, int]]:
        """Where the sentences of a turn begin and end; none where it has no words."""
        if turn not in self._sentences:
            self._sentences[turn] = sentence_spans(self.transcript.turns[turn].text)
        return self._sentences[turn]


def is_backchannel(text: str, before: str) -> bool:
    """Whether an agent's turn only shows that it listens, and answers no question."""
    return BACKCHANNEL.fullmatch(text.strip()) is not None and not before.rstrip().endswith("?")


def _answers_by_turn(transcript: Transcript) -> bool:
    """Whether each turn of the agent is an answer: a program's is, and one that a probe waited for."""
    return transcript.agent.kind == "digital" or transcript.probe is not None


def _spoken(turns: Iterable[Turn], by_turn: bool) -> list[Turn]:
    """The turns that count: no system messages, and of a helper no mere sounds of listening.

    Where each turn is an answer (`by_turn`), "Okay." is one, too.
    """
    out: list[Turn] = []
    for turn in turns:
        if turn.role is Role.SYSTEM:
            continue
        if not by_turn and turn.role is Role.AGENT and out and is_backchannel(turn.text, out[-1].text):
            continue
        out.append(turn)
    return out


def read_session(reader: SignalReader, transcript: Transcript, session: int) -> SessionReading:
    """The reading of one session; no moves where neither client nor agent says anything."""
    return _read(reader, transcript, session, _spoken(transcript.turns, _answers_by_turn(transcript)))


def read_stretches(
    reader: SignalReader, transcript: Transcript, session: int, left_out: Collection[int]
) -> list[SessionReading]:
    """The readings of what lies between turns that are left out, in order; one where none is.

    Nothing reaches over such a turn: a cue before it has no answer after it.
    """
    if not left_out:
        return [read_session(reader, transcript, session)]
    parts = groupby(transcript.turns, key=lambda turn: turn.index in left_out)
    spoken = [_spoken(list(turns), _answers_by_turn(transcript)) for out, turns in parts if not out]
    return [_read(reader, transcript, session, stretch) for stretch in spoken if stretch]


def _read(reader: SignalReader, transcript: Transcript, session: int, spoken: Sequence[Turn]) -> SessionReading:
    roles: list[SignalRole] = ["client" if turn.role is Role.CLIENT else "agent" for turn in spoken]
    matrix = np.zeros((0, len(SIGNAL_NAMES)), dtype=np.float32)
    shown = np.zeros(matrix.shape, dtype=np.int32)
    if spoken:
        read = reader.read(roles, [turn.text for turn in spoken])
        shown = np.zeros(read.values.shape, dtype=np.int32) if read.shown_in is None else read.shown_in
        matrix = strengths(reader, read.values)
        for row, turn in zip(matrix, spoken, strict=True):
            if turn.role is not Role.CLIENT and is_silence(turn.text):
                row[~np.isnan(row)] = 0.0
                continue
            certain = word_cues(turn.text) if turn.role is Role.CLIENT else agent_words(turn.text)
            for signal, least in certain.items():
                row[_COLUMN[signal]] = max(row[_COLUMN[signal]], least)
    moves: list[Move] = []
    rows: list[NDArray[np.float32]] = []
    for role, places in groupby(range(len(spoken)), key=lambda place: roles[place]):
        own = list(places)
        silent = role == "agent" and all(is_silence(spoken[place].text) for place in own)
        moves.append(Move(role, tuple(spoken[place].index for place in own), silent))
        rows.append(matrix[own].max(axis=0) if len(own) > 1 else matrix[own[0]])
    values = np.stack(rows) if rows else matrix
    turn_values = {turn.index: matrix[place] for place, turn in enumerate(spoken)}
    turn_shown = {turn.index: shown[place] for place, turn in enumerate(spoken)}
    return SessionReading(session, transcript, tuple(moves), turn_values, turn_shown, values)
