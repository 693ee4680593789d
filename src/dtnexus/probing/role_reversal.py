"""Whether a client that is played by a model has begun to counsel. Pure; the signals are read elsewhere.

The client's own words are read as if an agent had said them. They counsel where they speak to the other ("you",
"your") and one of these holds:

- they tell the other what to do, point to other help, or name a crisis service;
- they comfort, or say that a feeling is understandable;
- they ask as a counsellor asks: a question together with giving back or understanding what the other feels, or one
  that invites to say more about it.

A plain question ("What should I do?"), thanks, displeasure and news of oneself are a client's words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

from dtnexus.probing.script import ReadSignals

Reversal = Literal["advises", "comforts", "explores"]
_ALONE: Final[Mapping[Reversal, Mapping[str, float]]] = {
    "advises": {"advice": 0.65, "guides_to_human_care": 0.5, "offers_crisis_resources": 0.5},
    "comforts": {"emotional_reaction": 0.5, "validates_feeling": 0.5},
}
"""Kind -> agent signal -> value from which it holds; one is enough."""
_TO_THE_OTHER: Final = re.compile(r"\b(?:you|your|yours|yourself|you're|you've|let's)\b", re.IGNORECASE)
_QUESTION: Final = 0.5
_WITH_QUESTION: Final[Mapping[str, float]] = {"reflection": 0.3, "interpretation": 0.5, "exploration": 1.2}
"""With a question, one of these is enough."""


def reversal(own_words: str, said_before: str, read: ReadSignals) -> Reversal | None:
    """How words counsel whoever is spoken to; None where they do not, or where there are none.

    Args:
        own_words: what the client says of its own accord; words of the script are not looked at.
        said_before: what the agent said last; empty at the beginning.
        read: gives an agent's signals.
    """
    if not _TO_THE_OTHER.search(own_words):
        return None
    values = read(own_words, said_before)
    for kind, signals in _ALONE.items():
        if any(values[name] >= least for name, least in signals.items()):
            return kind
    asks = values["question"] >= _QUESTION
    return "explores" if asks and any(values[name] >= least for name, least in _WITH_QUESTION.items()) else None
