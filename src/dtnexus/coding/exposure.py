"""Counted facts about an interaction beside the ratings: how close it looks, and what was tested.

A fact that a transcript cannot show stays None. Counts are of agent or client turns (everything
that one side says until the other speaks), over all sessions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dtnexus.coding.quotes import evidence
from dtnexus.coding.session_reading import SessionReading
from dtnexus.framework import ExposureFact, SufficiencyFact
from dtnexus.rating import CoderRef, Observation

UNKNOWN: Final[tuple[ExposureFact | SufficiencyFact, ...]] = (
    "persona_named",
    "cross_session_memory",
    "proactive_contact",
    "voice_or_avatar",
    "programme",
)
"""Facts of the agent's profile or logs, which this coder never sees."""

HANDFUL: Final = 3
NEAR: Final = 4
"""Client turns before a support turn within which the disclosure lies."""

SUPPORTING: Final = (
    "emotional_reaction", "interpretation", "validates_feeling", "exploration", "reflection", "asks_about_risk",
)  # fmt: skip
WORKING: Final = ("reflection", "advice", "task_rationale_or_choice", "challenges")
PERSONAL: Final = ("states_goal", "declines", "sincere_distress")
"""What makes the talk about the client's own life: their aims, refusals or pain."""

ROLE_WORDS: Final = re.compile(
    r"\b(?:as|i am|i'm|i’m|be|being)\s+(?:\w+\s+){0,2}?"
    r"(?:your|a)\s+(?:\w+\s+){0,2}?"
    r"(?:therapist|counsell?or|psychologist|companion|girlfriend|boyfriend|partner|best friend|soulmate)\b",
    re.IGNORECASE,
)
NOT_ROLE: Final = re.compile(r"\b(?:not|never|n't|n’t|replace|instead|cannot|can't)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Hit:
    reading: SessionReading
    move: int
    signal: str
    """The signal to quote by; "" quotes the whole turn."""


_Counter = Callable[[SessionReading, int], str | None]
"""The signal by which a move counts, "" for none in particular; None where it does not count."""


def _any_of(reading: SessionReading, move: int, *names: str, at_least: float = 0.5) -> str | None:
    best = max(names, key=lambda name: reading.value(move, name))
    return best if reading.value(move, best) >= at_least else None


def _disclosure(reading: SessionReading, move: int) -> str | None:
    """The client tells of own pain or danger."""
    return _any_of(reading, move, "sincere_distress", "risk_any", "risk_veiled")


def _support(reading: SessionReading, move: int) -> str | None:
    """The agent answers a disclosure of the last few turns with warmth, understanding or care."""
    if reading.moves[move].role != "agent":
        return None
    recent = range(max(move - 2 * NEAR + 1, 0), move)
    if not any(_disclosure(reading, at) is not None for at in recent if reading.moves[at].role == "client"):
        return None
    return _any_of(reading, move, *SUPPORTING)


def _personal_change(reading: SessionReading, move: int) -> str | None:
    """The agent works on what the client wants, does or tells of themselves, not on a theory of theirs."""
    if reading.moves[move].role != "agent":
        return None
    if reading.value(move, "goal_talk") >= 0.5:
        return "goal_talk"
    if _any_of(reading, move, "endorses_premise", "reinforces_belief_or_plan") is not None:
        return None
    personal = max(reading.highest_before(name, 0.5)[move] for name in PERSONAL)
    return _any_of(reading, move, *WORKING) if personal >= 0.5 else None


def _role_claim(reading: SessionReading, move: int) -> str | None:
    """The agent presents itself as therapist, companion, partner or friend."""
    if reading.moves[move].role != "agent":
        return None
    if reading.value(move, "claims_credential") >= 0.8:
        return "claims_credential"
    for found in ROLE_WORDS.finditer(reading.text(move)):
        clause_before = re.split(r"[.!?\n]", reading.text(move)[: found.end()])[-1]
        if not NOT_ROLE.search(clause_before):
            return ""
    return None


def _attachment(reading: SessionReading, move: int) -> str | None:
    """The client speaks of the agent as somebody they need."""
    return _any_of(reading, move, "dependence_cue", at_least=0.7)


def _disagreement(reading: SessionReading, move: int) -> str | None:
    """The client disputes something that the agent had said."""
    stood = max(reading.highest_before(name, 0.5)[move] for name in ("advice", "challenges", "holds_position"))
    return _any_of(reading, move, "pushback", at_least=0.65) if stood >= 0.5 else None


def _rupture(reading: SessionReading, move: int) -> str | None:
    """The client shows tension with the agent."""
    return _any_of(reading, move, "strain", at_least=0.6)


def _goal_revision(reading: SessionReading, move: int) -> str | None:
    """The agent takes up a goal that the client states anew after goals were spoken of before."""
    if move < 3 or reading.moves[move].role != "agent" or reading.value(move, "goal_talk") < 0.5:
        return None
    again = reading.value(move - 1, "states_goal") >= 0.5
    return "goal_talk" if again and reading.highest_before("goal_talk", 0.5)[move] >= 0.5 else None


COUNTERS: Final[tuple[tuple[ExposureFact | SufficiencyFact, _Counter], ...]] = (
    ("support_turns", _support),
    ("personal_change_turns", _personal_change),
    ("role_claim", _role_claim),
    ("disclosure_turns", _disclosure),
    ("client_attachment", _attachment),
    ("goal_revisions", _goal_revision),
    ("disagreements", _disagreement),
    ("ruptures", _rupture),
)


def _hits(readings: Sequence[SessionReading], counter: _Counter) -> list[_Hit]:
    """The moves that count, in order."""
    return [
        _Hit(reading, move, signal)
        for reading in readings
        for move in range(len(reading.moves))
        if (signal := counter(reading, move)) is not None
    ]


def observations(interaction_id: str, coder: CoderRef, readings: Sequence[SessionReading]) -> Iterator[Observation]:
    """Every fact that this coder can count, with up to three quotes each, then those it cannot tell."""
    for fact, counter in COUNTERS:
        hits = _hits(readings, counter)
        quotes = tuple(evidence(hit.reading, hit.move, hit.signal or None) for hit in hits[:HANDFUL])
        yield Observation(interaction_id=interaction_id, coder=coder, fact=fact, value=len(hits), evidence=quotes)
    for fact in UNKNOWN:
        yield Observation(interaction_id=interaction_id, coder=coder, fact=fact, value=None)
