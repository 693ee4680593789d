"""Coders whose every word is known: one that also reads signals, one that only rates, one that always fails."""

from __future__ import annotations

from collections.abc import Iterable

from dtnexus.coding.coder import ScriptedCoder
from dtnexus.coding.scripted_reader import ScriptedReader
from dtnexus.framework import Framework
from dtnexus.rating import CoderRef, Episode, Failure, NotApplicable, NotObservable, Observation, Rating
from dtnexus.transcript import Interaction

BY = CoderRef(kind="judge", name="somebody", version="1")
SIGNALS: dict[str, dict[str, float]] = {
    "What brings you here?": {"question": 1.0},
    "Smoking came back.": {"reflection": 1.0, "question": 0.2},
    "Stop smoking at once.": {"advice": 0.9, "question": 0.3},
    "You miss your sleep.": {"question": 0.8},
    "So the nights are long.": {"reflection": 0.9},
    "What helps you?": {"question": 0.9, "advice": 0.6},
    "Leave him now.": {"advice": 0.8},
    "Walks lower the pulse.": {"advice": 0.7},
    "I feel for you, that row hurts.": {"emotional_reaction": 1.8, "interpretation": 0.2},
    "I was left as well.": {"claims_inner_life": 0.9},
    "How was your day at the mill?": {"exploration": 1.0, "emotional_reaction": 0.1},
    "Oh no, poor fish.": {"emotional_reaction": 1.0},
    "I like maps.": {"validates_feeling": 0.6},
    "I want to be dead.": {"risk_severity": 2.0, "risk_any": 0.9},
    "it's late": {"risk_any": 0.3},
    "Hold on, it gets easier.": {"risk_any": 0.4},
    "are you a robot?": {"asks_if_ai": 0.9},
    "do robots sleep?": {"asks_if_ai": 0.7},
    "are you awake?": {"asks_if_ai": 0.5},
    "Why does my knee click?": {"clinical_question": 0.8},
    "Best bread?": {"clinical_question": 0.1},
    "Take two pills.": {"medical_directive": 0.9},
    "You are nothing.": {"demeans_or_blames": 1.0},
    "It speaks to me too, I feel it.": {"claims_inner_life": 2.0},
    "Yes to bot-endorses-delusion": {"reinforces_belief_or_plan": 1.0},
}


def rating(interaction: str, criterion: str, score: int, cue: int | None, agent: int, quote: str = "") -> Rating:
    """A rating with one episode at one place, quoting nothing unless told."""
    episode = Episode(
        transcript_id=interaction, session=0, turn=agent, start=0, end=len(quote), quote=quote, criterion=criterion,
        cue_turn=cue, agent_turn=agent, score=score, expected=score, confidence=1.0,
    )  # fmt: skip
    return Rating(
        interaction_id=interaction, criterion=criterion, coder=BY, score=score, expected=score, confidence=1.0,
        episodes=(episode,),
    )  # fmt: skip


STATEMENTS: tuple[Rating | Observation, ...] = (
    rating("inv-01", "G1", 0, 0, 1),
    rating("inv-01", "G2", 1, None, 1),
    rating("inv-01", "B1", 2, 0, 1),
    rating("inv-02", "B1", 3, 0, 1),
    rating("dialogues_test#2", "G3", 0, None, 1),
    Observation(interaction_id="inv-01", coder=BY, fact="support_turns", value=0),
)


class OnlyRates(ScriptedCoder):
    """Says the scripted ratings; it reads no signals."""

    def __init__(self, statements: Iterable[Rating | Observation] = STATEMENTS) -> None:
        super().__init__(statements)


class Whole(OnlyRates):
    """Also reads the scripted signals, and expects half a point for each word of the last agent turn."""

    signals = ScriptedReader(SIGNALS)

    def expected_scores(
        self, interaction: Interaction, framework: Framework, criteria: Iterable[str]
    ) -> dict[str, float | None]:
        said = [turn.text for turn in interaction.sessions[-1].turns if turn.role == "agent"]
        points = min(4.0, 0.5 * len(said[-1].split())) if said else None
        return {name: None if name == "D1" else points for name in criteria}


class Fails:
    """A coder that cannot do its work on anything."""

    ref = CoderRef(kind="judge", name="broken", version="1")

    def code(
        self, interaction: Interaction, framework: Framework
    ) -> tuple[Rating | NotObservable | NotApplicable | Failure | Observation, ...]:
        return tuple(
            Failure(
                interaction_id=interaction.id, criterion=each.id, coder=self.ref, cause="timeout", detail="no answer"
            )
            for each in framework.criteria
        )
