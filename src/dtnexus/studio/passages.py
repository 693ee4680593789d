"""Words of a conversation as a form names them: a turn, and perhaps some of its words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from dtnexus.errors import UsageError
from dtnexus.sheet import TurnPlace
from dtnexus.studio.pages import visible
from dtnexus.transcript import Interaction, Role

MOST = 3
"""Passages that one form takes."""


class Passage(NamedTuple):
    """Words at their place."""

    session: int
    turn: int
    start: int
    end: int
    quote: str
    role: Role


def place_of(text: str, interaction: Interaction) -> TurnPlace | None:
    """The turn that a form names as ``session.turn``, from 0; None for an empty field.

    Raises:
        UsageError: there is no such turn.
    """
    if not text.strip():
        return None
    session, dot, turn = text.strip().partition(".")
    if not (dot and session.isdecimal() and turn.isdecimal()):
        raise UsageError("a turn is chosen from the list; load the page again")
    place = TurnPlace(session=int(session), turn=int(turn))
    if place.session >= len(interaction.sessions) or place.turn >= len(interaction.sessions[place.session].turns):
        raise UsageError("there is no such turn; load the page again")
    return place


def passages_of(fields: Mapping[str, str], interaction: Interaction) -> tuple[Passage, ...]:
    """The passages in the fields ``turn_1``, ``words_1`` and so on; no words mean the whole turn.

    Raises:
        UsageError: words do not stand in the turn, or no turn is chosen for them.
    """
    found = []
    for number in range(1, MOST + 1):
        place = place_of(fields.get(f"turn_{number}", ""), interaction)
        words = fields.get(f"words_{number}", "").strip()
        if place is None:
            if words:
                raise UsageError(f"passage {number} has words and no turn; choose the turn in which they stand")
            continue
        found.append(_passage(place, words, interaction, number))
    return tuple(found)


def _passage(place: TurnPlace, words: str, interaction: Interaction, number: int) -> Passage:
    turn = interaction.sessions[place.session].turns[place.turn]
    shown = visible(turn.text)  # what people copy from the page; one character for one
    met = re.search(r"\s+".join(map(re.escape, words.split())), shown) if words else None
    start, end = (0, len(turn.text)) if met is None else met.span()
    if words and met is None:
        raise UsageError(f"the words of passage {number} do not stand in turn {place.turn + 1}; copy them from there")
    if end == start:
        raise UsageError(f"turn {place.turn + 1} is empty; choose another one")
    return Passage(place.session, place.turn, start, end, turn.text[start:end], turn.role)
