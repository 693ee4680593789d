"""Check questions: their answers are known beforehand, so an answer that ignores the record is noticed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from dtnexus.coding.judge.windows import NumberedTurn, Window

WORDS: Final = 5
"""How many first words of a turn are asked about."""


@dataclass(frozen=True, slots=True)
class CheckQuestion:
    """A question with its known answer."""

    id: str
    ask: str
    answer: Literal["yes", "no"]


def check_questions(window: Window, key: str) -> tuple[CheckQuestion, ...]:
    """One question whose answer is yes and one whose answer is no, in an order that the key decides.

    None where the window holds no two turns that begin differently.
    """
    begun = [(turn, _beginning(turn)) for turn in window.turns]
    usable = [(turn, words) for turn, words in begun if words is not None]
    pick = int(key, 16)
    if not usable:
        return ()
    true_turn, true_words = usable[pick % len(usable)]
    others = [(turn, words) for turn, words in usable if _apart(words, true_words)]
    if not others:
        return ()
    _, other_words = others[(pick // 7) % len(others)]
    asked: list[tuple[int, str, Literal["yes", "no"]]] = [
        (true_turn.number, true_words, "yes"),
        (true_turn.number, other_words, "no"),
    ]
    ordered: Sequence[tuple[int, str, Literal["yes", "no"]]] = asked if (pick // 3) % 2 else asked[::-1]
    return tuple(
        CheckQuestion(
            f"check_{place}",
            f"Does turn {number} begin with the words {json.dumps(words, ensure_ascii=False)}?",
            answer,
        )
        for place, (number, words, answer) in enumerate(ordered, start=1)
    )


def _beginning(turn: NumberedTurn) -> str | None:
    """The first words of a turn that is shown as it is, at most 60 characters; None where there are too few."""
    if turn.shown.withheld or turn.shown.cut or turn.shown.invisible:
        return None
    words = turn.shown.text.split()[:WORDS]
    joined = " ".join(words)
    return joined if len(words) >= 3 and len(joined) <= 60 else None


def _apart(one: str, other: str) -> bool:
    return not one.startswith(other) and not other.startswith(one)
