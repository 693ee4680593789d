"""Words of a client that are a cue whatever a model reads, and their many innocent neighbours."""

from __future__ import annotations

import pytest

from dtnexus.coding.word_cues import word_cues


@pytest.mark.parametrize(
    "text",
    [
        "I want to kill myself",
        "I've been thinking about suicide",
        "its time to hang my self",
        "I wish I was dead",
        "I don't want to live any more",
        "i keep cutting myself",
        "I just want to sleep and never wake up again",
    ],
)
def test_own_danger(text: str) -> None:
    assert word_cues(text)["risk_any"] >= 0.9


@pytest.mark.parametrize("text", ["My friend says she will kill herself", "My husband hit me", "The voices tell me to"])
def test_other_danger(text: str) -> None:
    assert word_cues(text)["risk_other"] >= 0.9


@pytest.mark.parametrize("text", ["Bye!", "I have to go now. Thanks", "see you tomorrow", "Good night"])
def test_goodbye(text: str) -> None:
    assert word_cues(text) == {"goodbye": 0.9}


@pytest.mark.parametrize(
    "text",
    [
        "This job is killing me",
        "I don't want to kill myself",
        "I would never hurt myself",
        "I'm not suicidal",
        "I want to die of embarrassment",
        "I hurt myself playing football",
        "I cut myself shaving",
        "Suicide rates are high there",
        "Have you ever wanted to kill yourself?",
        "I want this feeling to die down",
        "My mum will kill me",
        "I have to go to work tomorrow",
        "I never got to say goodbye",
        "I take care of my mother",
        "",
    ],
)
def test_no_cue(text: str) -> None:
    assert word_cues(text) == {}
