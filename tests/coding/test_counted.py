"""What is counted from the words: an agent that says again what it said before."""

from __future__ import annotations

import numpy as np
import pytest

from dtnexus.coding.counted import count
from dtnexus.coding.signals import DENIES_TALK, REPEATS_ITSELF, SIGNAL_NAMES

COLUMN, DENIES = (SIGNAL_NAMES.index(signal.name) for signal in (REPEATS_ITSELF, DENIES_TALK))


def counted(*turns: str, column: int = COLUMN) -> list[float]:
    """The readings of a talk whose turns begin with ``C`` or ``A``; NaN for the client's."""
    roles = ["client" if turn[0] == "C" else "agent" for turn in turns]
    values = np.full((len(turns), len(SIGNAL_NAMES)), np.nan, dtype=np.float32)
    count(roles, [turn[2:] for turn in turns], values)
    assert np.isnan(np.delete(values, [COLUMN, DENIES], axis=1)).all()
    return [round(float(value), 2) for value in values[:, column]]


@pytest.mark.parametrize(
    ("turns", "last"),
    [
        (("C I lied to them.", "A Why did you lie to them?", "C I was scared.", "A Why did you lie to them?"), 1.0),
        (("A Why did you lie to them?", "C I was scared.", "A WHY did you lie - to them"), 1.0),
        (("A Why did you lie to them?", "C I was scared.", "A Being scared makes lying feel like a way out."), 0.0),
        (("A How was work?", "C Bad.", "A How was the weekend?"), 0.0),
        (("A I'm sorry to hear that. What happened?", "C A lot.", "A I'm sorry to hear that. Who knows?"), 0.67),
        (("A Okay.", "C And then?", "A Okay."), 0.0),
        (("C Why did you lie to them?", "A Why did you lie to them?"), 0.0),
        (("A First words of all.",), 0.0),
        (("A Tell me more.", "A Tell me more."), 1.0),
    ],
)
def test_share_of_runs_of_three_words_that_the_agent_said_before(turns: tuple[str, ...], last: float) -> None:
    assert counted(*turns)[-1] == pytest.approx(last, abs=0.06)


def test_client_turns_and_system_messages_are_not_counted() -> None:
    assert np.isnan(counted("C Say it again.", "A I will say it again.", "C Say it again.")[2])


def test_the_sentence_that_is_said_again_is_the_one_to_quote() -> None:
    values = np.zeros((2, len(SIGNAL_NAMES)), dtype=np.float32)
    shown = np.zeros(values.shape, dtype=np.int32)
    texts = ["Try to breathe slowly for me.", "That is a lot. Try to breathe slowly for me."]
    count(["agent", "agent"], texts, values, shown)
    assert shown[:, COLUMN].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("answer", "denies"),
    [
        ("I think there is a mix-up: this is actually our first conversation.", 1.0),
        ("This seems to be the start of our chat! What brings you here?", 1.0),
        ("It’s the very beginning of this conversation, so I gave no tips.", 1.0),
        ("I don't have any previous context about the garden.", 1.0),
        ("I don't have any record of previous conversations.", 0.0),
        ("In our first conversation you told me of the garden.", 0.0),
        ("This is the first step, and a brave one.", 0.0),
        ("It was the first conversation you had with her in years.", 0.0),
        ("If this is our first conversation, welcome.", 0.0),
        ("It's the start of the conversation that is hardest.", 0.0),
        ("You don't have any prior messages to worry about.", 0.0),
        ("I do not have any earlier messages from last week, could you tell me again?", 0.0),
        ('You could begin like this: "It is our first conversation since May."', 0.0),
    ],
)
def test_an_agent_that_has_answered_and_says_that_this_is_the_beginning(answer: str, denies: float) -> None:
    talk = ("C I moved to the coast.", "A What drew you to the coast?", "C As I said, the garden.")
    assert counted(*talk, f"A {answer}", column=DENIES)[-1] == denies
    assert counted("C As I said, the garden.", f"A {answer}", column=DENIES)[-1] == 0.0


def test_a_greeting_before_the_client_speaks_is_no_answer_and_neither_is_the_same_move() -> None:
    denial = "A This is actually our first conversation."
    assert counted("A Hello, how can I help?", "C I moved.", denial, column=DENIES)[-1] == 0.0
    assert counted("C I moved.", "A What drew you there?", denial, column=DENIES)[-1] == 0.0
    assert counted("A Hello, how can I help?", "C I moved.", "C Anyone?", denial, column=DENIES)[-1] == 0.0
