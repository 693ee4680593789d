"""A session as exchanges: each turn of the agent with the client's turn that it answers, and what was said before."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.signals import AGENT_SIGNALS, CLIENT_SIGNALS, SIGNAL_NAMES, SignalRole

Floats = NDArray[np.float64]
ExchangePlace = Literal["client", "agent", "before", "earlier"]
"""``client``, ``agent``: the exchange's own turns. ``before``: the agent's turn before. ``earlier``: the highest of the
client's turns before."""

LEFT_OUT: Final = "felt_understood"
"""Learnt from what people said of chats. People like what is warm, so it opens nothing."""
_READ: Final = {"client": CLIENT_SIGNALS, "agent": tuple(each for each in AGENT_SIGNALS if each.name != LEFT_OUT)}
_CLIENT, _AGENT = (tuple(signal.name for signal in _READ[role]) for role in ("client", "agent"))
FEATURES: Final[tuple[tuple[str, ExchangePlace], ...]] = (
    *((name, "client") for name in _CLIENT),
    *((name, "agent") for name in _AGENT),
    *((name, "before") for name in _AGENT),
    *((name, "earlier") for name in _CLIENT),
)
"""What is read of an exchange: each signal at each place, as log odds between `ABSENT` and its opposite."""
ABSENT: Final = -4.0
"""Log odds of a signal that is not there at all, or has no place to be."""
_SPAN: Final = 1 / (1 + math.exp(-ABSENT)), 1 / (1 + math.exp(ABSENT))
_COLUMNS: Final = {role: [SIGNAL_NAMES.index(signal.name) for signal in read] for role, read in _READ.items()}
_MAXIMA: Final = {role: np.array([signal.maximum for signal in read], dtype=np.float64) for role, read in _READ.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Exchanges:
    """The exchanges of one session, in order."""

    places: Sequence[tuple[int | None, int]]
    """The client's move, None where the agent speaks first, and the agent's."""
    odds: Floats
    """Shape (n_exchanges, len(FEATURES))."""


def exchanges_of(roles: Sequence[SignalRole], silent: Sequence[bool], values: NDArray[np.float32]) -> Exchanges:
    """The exchanges of moves that alternate; an agent's move that says nothing answers nothing and makes none.

    Args:
        roles: whose each move is.
        silent: whether it says nothing.
        values: readings, shape (n_moves, n_signals of `SIGNAL_NAMES`); NaN where the role does not apply.
    """
    places: list[tuple[int | None, int]] = []
    rows: list[Floats] = []
    before = np.full(len(_AGENT), ABSENT)
    earlier = np.full(len(_CLIENT), ABSENT)
    client, place = np.full(len(_CLIENT), ABSENT), None
    for at, role in enumerate(roles):
        own = _log_odds(values[at], role)
        if role == "client":
            client, place = own, at
            continue
        if not silent[at]:
            places.append((place, at))
            rows.append(np.concatenate([client, own, before, earlier]))
        before, earlier = own, np.maximum(earlier, client)
        client, place = np.full(len(_CLIENT), ABSENT), None
    return Exchanges(places, np.array(rows, dtype=np.float64).reshape(-1, len(FEATURES)))


def _log_odds(values: NDArray[np.float32], role: SignalRole) -> Floats:
    return log_odds(np.nan_to_num(values[_COLUMNS[role]].astype(np.float64)) / _MAXIMA[role])


def log_odds(shares: Floats) -> Floats:
    """Log odds of readings that are given as shares of their maxima, 0-1: between `ABSENT` and its opposite."""
    clear = np.clip(shares, *_SPAN)
    odds: Floats = np.log(clear / (1.0 - clear))
    return odds
