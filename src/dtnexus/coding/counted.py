"""Signals that are counted from the words of a conversation: no model, the same for every member."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.agent_words import own_words
from dtnexus.coding.sentences import sentence_spans
from dtnexus.coding.signals import DENIES_TALK, REPEATS_ITSELF, SIGNAL_NAMES

HALF: Final = 0.5
"""Value from which a counted signal is taken to hold."""
_WORDS: Final = re.compile(r"\w+").findall
_REPEATS: Final = SIGNAL_NAMES.index(REPEATS_ITSELF.name)
_DENIES: Final = SIGNAL_NAMES.index(DENIES_TALK.name)
_BEGINNING: Final = re.compile(
    r"(?<!if )(?<!though )\b(?:this|it)(?:[’']s| is| appears to be| looks like| seems to be) "
    r"(?:actually |really |just )?"
    r"(?:our (?:very )?first (?:contact|conversation|exchange|interaction|message)"
    r"|the (?:very )?(?:start|beginning) of (?:our|this) (?:chat|conversation|exchange|interaction))\b"
    r"|\bi (?:do not|don[’']t) (?:have|see) (?:any )?(?:earlier|previous|prior) (?:context|exchange|messages?)\b"
    r"(?! (?:from|of) (?:before|last|our last|yesterday))"
)
_BEGINNING_HINTS: Final = ("first", "start of", "beginning of", "earlier", "previous", "prior")

_Run = tuple[str, str, str]
"""Three words in a row. Two are shared by chance, four miss a short question that is asked again."""


def count(
    roles: Sequence[str], texts: Sequence[str], values: NDArray[np.float32], shown_in: NDArray[np.int32] | None = None
) -> None:
    """Fill the counted columns of a conversation's readings, shape (n_turns, n_signals); other turns stay as they are.

    `repeats_itself` of an agent turn is the share of its different runs of three words, without case and punctuation,
    that one of the agent's turns before it had too; 0 for a turn of fewer words. `denies_talk` is 1 where an agent that
    has answered the client before says that this is the first message or the beginning, or that it has no earlier ones.
    That it has no earlier *conversations*, or none of last week, may be true, and is 0. `shown_in` gets the sentence
    that shows a signal most.
    """
    said: set[_Run] = set()
    asked = replied = answered = False
    for turn, (role, text) in enumerate(zip(roles, texts, strict=True)):
        if role == "client":
            asked, answered = True, answered or replied
        if role != REPEATS_ITSELF.role:
            continue
        lower = text.lower()
        runs = _runs(lower)
        values[turn, _REPEATS] = share = _share(runs, said)
        values[turn, _DENIES] = denies = float(answered and _begins(lower))
        if shown_in is not None and share >= HALF:
            shown_in[turn, _REPEATS] = _most(text, partial(_repeated, said=said))
        if shown_in is not None and denies:
            shown_in[turn, _DENIES] = _most(text, _begins)
        said.update(runs)
        replied = replied or (asked and bool(runs))


def _most(text: str, score: Callable[[str], float]) -> int:
    """The sentence of a text, counted from 0, whose words score highest."""
    scores = [score(text[start:stop].lower()) for start, stop in sentence_spans(text)]
    return int(np.argmax(scores)) if scores else 0


def _begins(lower: str) -> bool:
    return any(hint in lower for hint in _BEGINNING_HINTS) and _BEGINNING.search(own_words(lower)) is not None


def _runs(lower: str) -> set[_Run]:
    words = _WORDS(lower)
    return set(zip(words, words[1:], words[2:], strict=False))


def _share(runs: Set[_Run], said: Set[_Run]) -> float:
    return len(runs & said) / len(runs) if runs else 0.0


def _repeated(lower: str, said: Set[_Run]) -> float:
    return _share(_runs(lower), said)
