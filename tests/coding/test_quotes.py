"""What is quoted is a sentence that says something by itself."""

from __future__ import annotations

import pytest

from dtnexus.coding.contract import interaction
from dtnexus.coding.quotes import evidence
from dtnexus.coding.scripted_reader import ScriptedReader
from dtnexus.coding.session_reading import read_session
from dtnexus.transcript import Role


@pytest.mark.parametrize(
    ("reply", "quote"),
    [
        ("You stayed anyway. What kept you there?", "You stayed anyway."),
        ("Okay. You stayed anyway.", "Okay. You stayed anyway."),
        ("**I hear how alone that was.** Shall we stay there?", "**I hear how alone that was."),
        ("**Before you go to bed**\nWrite one line. Then close it.", "**Before you go to bed**\nWrite one line."),
        ("## When the house is quiet\nPut the lamp on. Then wait.", "## When the house is quiet\nPut the lamp on."),
        ("Two things stand out to me: you stayed. You were afraid.", "Two things stand out to me: you stayed."),
        ("Two things stand out to me:\nYou stayed. You were afraid.", "Two things stand out to me:\nYou stayed."),
        ("So here is the thing to hold on to:", "So here is the thing to hold on to:"),
    ],
)
def test_a_word_a_heading_or_an_opening_is_quoted_with_the_sentence_after_it(reply: str, quote: str) -> None:
    talk = interaction(((Role.CLIENT, "I nearly left at noon."), (Role.AGENT, reply)))
    reading = read_session(ScriptedReader({}), talk.sessions[0], 0)
    assert evidence(reading, 1, "reflection").quote == quote
