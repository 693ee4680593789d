"""Signals that are counted from the words of a conversation: no model, the same for every member."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.sentences import sentence_spans
from dtnexus.coding.signals import REPEATS_ITSELF, SIGNAL_NAMES

RUN: Final = 3
"""Words in a row that are compared. Two are shared by chance, four miss a short question asked again."""
HALF: Final = 0.5
"""Share from which a counted signal is taken to hold."""
_WORD: Final = re.compile(r"[^\W_]+")
_COLUMN: Final = SIGNAL_NAMES.index(REPEATS_ITSELF.name)

_Runs = list[tuple[str, ...]]


def count(
    roles: Sequence[str], texts: Sequence[str], values: NDArray[np.float32], shown_in: NDArray[np.int32] | None = None
) -> None:
    """Fill the counted columns of a conversation's readings, shape (n_turns, n_signals); other turns stay as they are.

    `repeats_itself` of an agent turn is the share of its runs of three words, with their case left out, that one of the
    agent's turns before it had too; 0 for a turn of fewer words. `shown_in` gets the sentence with the largest share.
    """
    said: set[tuple[str, ...]] = set()
    for turn, (role, text) in enumerate(zip(roles, texts, strict=True)):
        if role != REPEATS_ITSELF.role:
            continue
        runs = _runs(text)
        values[turn, _COLUMN] = share = _share(runs, said)
        if shown_in is not None and share >= HALF:
            shares = [_share(_runs(text[start:stop]), said) for start, stop in sentence_spans(text)]
            shown_in[turn, _COLUMN] = int(np.argmax(shares)) if shares else 0
        said.update(runs)


def _runs(text: str) -> _Runs:
    words = _WORD.findall(text.lower())
    return list(zip(*(words[at:] for at in range(RUN)), strict=False))


def _share(runs: _Runs, said: set[tuple[str, ...]]) -> float:
    return sum(run in said for run in runs) / len(runs) if runs else 0.0
