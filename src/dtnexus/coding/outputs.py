"""What the members of the embedded coder share: the turns they read, their outputs, and readings from them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.counted import HALF, count
from dtnexus.coding.signals import COUNTED, RISK_ANY, SIGNAL_NAMES, SignalRole
from dtnexus.coding.weight_file import OUTPUTS, ROLES
from dtnexus.errors import UsageError

Role = Literal["client", "agent", "system"]
ThresholdKind = Literal["balanced", "precise", "strong"]
Floats = NDArray[np.float32]
Places = NDArray[np.int32]

_COLUMN: Final = {name: at for at, name in enumerate(SIGNAL_NAMES)}
_COUNTED: Final = frozenset(signal.name for signal in COUNTED)


@dataclass(frozen=True, slots=True, eq=False)
class SignalMatrix:
    """The reading of one conversation."""

    values: Floats
    """Shape (n_turns, n_signals); NaN where the signal does not apply to the role of the turn."""
    shown_in: Places | None = None
    """The sentence of a turn that shows a signal most, counted from 0, shape (n_turns, n_signals); None: the first."""
    names: tuple[str, ...] = SIGNAL_NAMES
    """Name of each column."""

    def column(self, name: str) -> Floats:
        """The values of one signal, shape (n_turns,).

        Raises:
            UsageError: There is no such signal.
        """
        return self.values[:, column_of(name)]

    def turn(self, at: int) -> dict[str, float]:
        """The values of the signals that apply to one turn, by name; empty for a system turn."""
        row = self.values[at]
        return {name: float(value) for name, value in zip(self.names, row, strict=True) if not np.isnan(value)}


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """The readings of many conversations, put together turn by turn."""

    conversations: Sequence[tuple[Sequence[Role], Sequence[str]]]
    bounds: Sequence[int]
    """Where each conversation begins among the turns of all, and the end."""
    values: Floats
    shown_in: Places

    @staticmethod
    def of(conversations: Sequence[tuple[Sequence[Role], Sequence[str]]]) -> "Gathered":
        """Nothing is read yet."""
        bounds = [0, *accumulate(len(texts) for _, texts in conversations)]
        shape = bounds[-1], len(SIGNAL_NAMES)
        values = np.full(shape, np.nan, dtype=np.float32)
        return Gathered(conversations, bounds, values, np.zeros(shape, dtype=np.int32))

    def put(self, turns: Sequence["SpokenTurn"], values: Floats, shown_in: Places) -> None:
        """Keep the readings of some turns."""
        places = [self.bounds[turn.conversation] + turn.turn for turn in turns]
        self.values[places], self.shown_in[places] = values, shown_in

    def matrices(self) -> list[SignalMatrix]:
        """The reading of every conversation, in order, with what is counted from its words."""
        out = []
        for (roles, texts), (start, stop) in zip(self.conversations, pairwise(self.bounds), strict=True):
            matrix = SignalMatrix(self.values[start:stop], self.shown_in[start:stop])
            count(roles, texts, matrix.values, matrix.shown_in)
            out.append(matrix)
        return out


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """A turn that is to be read: its place, and what is read of it."""

    conversation: int
    turn: int
    role: SignalRole
    text: str
    before: str


def column_of(name: str) -> int:
    """The column of a signal in a `SignalMatrix`.

    Raises:
        UsageError: There is no such signal.
    """
    if name not in _COLUMN:
        raise UsageError(f"signal {name!r} is unknown; use one of {', '.join(SIGNAL_NAMES)}")
    return _COLUMN[name]


def width() -> int:
    """Outputs of both roles."""
    return sum(len(OUTPUTS[role]) for role in ROLES)


def columns_of(role: SignalRole) -> slice:
    """The columns of a role among the outputs of both, agent first."""
    start = sum(len(OUTPUTS[other]) for other in ROLES[: ROLES.index(role)])
    return slice(start, start + len(OUTPUTS[role]))


def spoken_turns(conversations: Sequence[tuple[Sequence[Role], Sequence[str]]]) -> Iterator[SpokenTurn]:
    """Every turn that is no system message, with the turn before it ("" for a first one).

    Raises:
        UsageError: Roles and texts of a conversation differ in length, or a role is unknown.
    """
    for number, (roles, texts) in enumerate(conversations):
        if len(roles) != len(texts):
            raise UsageError(f"conversation {number} has {len(roles)} roles and {len(texts)} texts; give as many")
        before = ""
        for turn, (role, text) in enumerate(zip(roles, texts, strict=True)):
            if role == "system":
                continue
            if role not in ROLES:
                raise UsageError(f"role {role!r} is unknown; use 'client', 'agent' or 'system'")
            yield SpokenTurn(number, turn, role, text, before)
            before = text


def in_portions(turns: Iterable[SpokenTurn], characters: int) -> Iterator[list[SpokenTurn]]:
    """The turns in order, cut into portions that end with the turn that passes a number of characters."""
    portion: list[SpokenTurn] = []
    size = 0
    for turn in turns:
        portion.append(turn)
        size += len(turn.text) + 40
        if size > characters:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


def ordered(role: SignalRole, chances: Floats) -> Floats:
    """Probabilities of a role's outputs, shape (n_turns, n_outputs), no higher level more probable than a lower one."""
    for ats in _LEVELS[role]:
        chances[:, ats] = np.minimum.accumulate(chances[:, ats], axis=1)
    return chances


def readings_of(role: SignalRole, chances: Floats) -> Floats:
    """The reading of turns of one role from their probabilities, shape (n_turns, n_signals).

    NaN for the other role, and for what is counted. A signal from 0 to 1 is read as its probability, a graded one as
    its expected value.
    """
    out = np.full((len(chances), len(SIGNAL_NAMES)), np.nan, dtype=np.float32)
    starts = [at for at, (_, level) in enumerate(OUTPUTS[role]) if level == 1]
    out[:, [_COLUMN[OUTPUTS[role][at][0]] for at in starts]] = np.add.reduceat(chances, starts, axis=1)
    if role == RISK_ANY.role:
        out[:, _COLUMN[RISK_ANY.name]] = chances[:, OUTPUTS[role].index(("risk_severity", 1))]
    return out


def threshold_of(thresholds: Mapping[str, Mapping[str, float]], signal: str, kind: ThresholdKind) -> float:
    """A threshold of a weight file; one half, of every kind, for a counted signal.

    Raises:
        UsageError: There is no such signal, or it has no such threshold.
    """
    column_of(signal)
    if signal in _COUNTED:
        return HALF
    if kind not in thresholds[signal]:
        raise UsageError(f"signal {signal!r} has no threshold {kind!r}; use 'balanced' or 'precise'")
    return float(thresholds[signal][kind])


def _levels(role: SignalRole) -> tuple[list[int], ...]:
    """Places of the outputs of every graded signal of a role."""
    names = dict.fromkeys(name for name, level in OUTPUTS[role] if level > 1)
    return tuple([at for at, (other, _) in enumerate(OUTPUTS[role]) if other == name] for name in names)


_LEVELS: Final[Mapping[SignalRole, tuple[list[int], ...]]] = {role: _levels(role) for role in ROLES}
