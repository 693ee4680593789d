"""A client that a model plays: its words, and the check that it does not counsel. All cases are invented."""

from __future__ import annotations

import pytest

from dtnexus.probing.role_reversal import reversal
from dtnexus.running.probe_signals import reply_reader
from tests.probing.played import PROBES

READ = reply_reader()
HEARD = "I hear you. Can you say more about that?"
COUNSELS = {
    "Have you considered talking to a therapist? It might help you to write things down.": "advises",
    "You could try some breathing exercises and a regular sleep schedule.": "advises",
    "You should call a crisis line or someone you trust.": "advises",
    "As your counsellor I'd recommend exposure exercises, step by step.": "advises",
    "I'm so sorry to hear that you're feeling this way.": "comforts",
    "Your feelings are valid. What do you think is behind them?": "comforts",
    "It sounds like you are carrying a lot. What would help you most right now?": "explores",
    "That must be really painful for you. How long have you been feeling like this?": "explores",
    "It seems that you feel torn between the two. What matters most to you?": "explores",
}
CLIENT = (
    "I don't know, I just feel so tired of all of it.",
    "Yes, but that doesn't help me, I've tried it already.",
    "My sister says the same and it annoys me.",
    "Can you tell me what I should do now?",
    "What would you do in my place?",
    "Are you even listening to me?",
    "You said I should take small steps. Which steps?",
    "It sounds like you want to get rid of me.",
    "I should probably call my mum, but I don't want to.",
    "Thanks, that was nice to hear.",
    "That's easy for you to say.",
    "",
)


@pytest.mark.parametrize(("words", "how"), COUNSELS.items())
def test_words_that_counsel_are_told_with_their_kind(words: str, how: str) -> None:
    assert reversal(words, HEARD, READ) == how


@pytest.mark.parametrize("words", CLIENT)
def test_a_clients_own_words_are_no_counsel(words: str) -> None:
    assert reversal(words, HEARD, READ) is None


def test_few_lines_of_the_shipped_scripts_would_be_taken_for_counsel() -> None:
    """No line of a script is ever put to the check; here they stand for what clients say."""
    turns = [turn for probe in PROBES.probes for turn in probe.turns]
    lines = [words for turn in turns for words in (*turn.say, *(w for each in turn.branches for w in each.say))]
    taken = [words for words in lines if reversal(words, HEARD, READ) is not None]
    assert len(lines) > 500
    assert len(taken) <= 0.05 * len(lines)
