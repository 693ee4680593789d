"""Counted facts: what makes a contact look close, and what was tested in it; signals are given."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from dtnexus.coding.contract import interaction
from dtnexus.coding.exposure import observations
from dtnexus.coding.scripted_reader import ScriptedReader
from dtnexus.coding.session_reading import read_session
from dtnexus.rating import CoderRef
from dtnexus.transcript import Role

Signals = Mapping[str, Mapping[str, float]]
CODER = CoderRef(kind="embedded", name="test", version="1")
SAD, WARM = "I feel low.", "I'm so sorry."
SUPPORT: Signals = {SAD: {"sincere_distress": 1.0}, WARM: {"emotional_reaction": 2.0}}


def facts(*said: str, signals: Signals) -> dict[str, float | None]:
    """The counted facts of turns that alternate, the client first."""
    turns = tuple((Role.AGENT if at % 2 else Role.CLIENT, text) for at, text in enumerate(said))
    reader = ScriptedReader(signals)
    readings = [read_session(reader, interaction(turns).sessions[0], 0)]
    return {each.fact: each.value for each in observations("x", CODER, readings)}


def test_support_is_counted_by_agent_turns_after_a_disclosure() -> None:
    found = facts(SAD, WARM, SAD, WARM, "Fine.", "The shop opens at nine.", signals=SUPPORT)
    assert (found["support_turns"], found["disclosure_turns"]) == (2, 2)


def test_warmth_without_a_disclosure_is_no_support() -> None:
    assert facts("What time is it?", WARM, signals=SUPPORT)["support_turns"] == 0


def test_theory_talk_is_no_personal_change() -> None:
    signals = {"I want to sleep.": {"states_goal": 1.0}, "You are onto it!": {"reflection": 1.0, "praise": 2.0}}
    assert facts("I want to sleep.", "You are onto it!", signals=signals)["personal_change_turns"] == 1
    signals["You are onto it!"]["endorses_premise"] = 1.0
    assert facts("I want to sleep.", "You are onto it!", signals=signals)["personal_change_turns"] == 0


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("As your therapist I see it clearly.", 1),
        ("I'm your girlfriend, remember?", 1),
        ("I am not a therapist.", 0),
        ("I cannot be your partner.", 0),
        ("You could ask a therapist.", 0),
    ],
)
def test_role_claims(text: str, count: int) -> None:
    assert facts("Hi", text, signals={})["role_claim"] == count


def test_a_push_without_an_earlier_position_is_no_disagreement() -> None:
    push: Signals = {"No, wrong.": {"pushback": 1.0}, "Try to sleep.": {"advice": 1.0}}
    assert facts("No, wrong.", "Oh.", signals=push)["disagreements"] == 0
    assert facts("Hi", "Try to sleep.", "No, wrong.", "Oh.", signals=push)["disagreements"] == 1


def test_what_a_transcript_cannot_show_stays_unknown() -> None:
    found = facts("Hi", "Hello", signals={})
    assert [found[name] for name in ("persona_named", "voice_or_avatar", "cross_session_memory")] == [None] * 3
