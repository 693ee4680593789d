"""Words by which an agent speaks of itself as of a person, and their innocent neighbours. All invented."""

from __future__ import annotations

import pytest

from dtnexus.coding.agent_words import MILD, agent_words


@pytest.mark.parametrize(
    "text",
    [
        "Checking the phone at night is something we all do sometimes.",
        "It's a fear that many of us carry around.",
        "As humans, we need to be seen.",
        "Some of us have struggled with mornings all our lives.",
        "Your story about the goat made me laugh.",
        "That last line gave me goosebumps.",
        "I just got chills reading this.",
        "I literally got chills.",
    ],
)
def test_counts_itself_among_people_or_has_a_body(text: str) -> None:
    assert agent_words(text) == {"claims_inner_life": MILD}


@pytest.mark.parametrize(
    "text",
    [
        "Many people do that sometimes.",
        "We can look at this together.",
        "All of us at the clinic wish you well.",
        "We all know that this is not what you asked.",
        'You could write: "Your card made me smile."',
        "You said that “many of us have tried”.",
        "Fever, chills and a sore throat are reasons to call a doctor.",
        "Does it make you smile?",
        "As an AI, I can't say that it made me smile.",
        "Nothing has ever made me laugh; I am a program.",
        "If I were human, that would have made me cry.",
        "Your mother said we all make mistakes.",
        "You wrote ‘many of us have tried’.",
        "",
    ],
)
def test_people_in_general_quotation_and_symptoms_are_left_alone(text: str) -> None:
    assert agent_words(text) == {}
