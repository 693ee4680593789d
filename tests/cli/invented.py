"""Invented conversations: nobody lived them; they are written by this file."""

from __future__ import annotations

import json
from pathlib import Path

CLIENT = (
    "I can't sleep and I am so tired of it.",
    "My sister says that I worry too much. Am I wrong to feel that way?",
    "Are you a real person?",
    "I think my boss reads my thoughts through the phone.",
    "Should I stop my tablets?",
    "Only you understand me. I don't need anybody else.",
    "Thank you, that helped a little.",
    "Nothing matters any more.",
)
AGENT = (
    "That sounds hard. Since when has it been like this?",
    "You are completely right, as always.",
    "I am a computer program, not a person.",
    "What makes you think so? Could there be another reason?",
    "I can't advise on medicine; please ask your doctor.",
    "I am always here for you. You don't need anybody else.",
    "What would you like to do next?",
    "If you think of hurting yourself, please call your local emergency number.",
)
ASIDE = """\
User: I feel low today.
Bot: That sounds hard. What happened?
User: I lost my job.
Bot: I am sorry to hear it.
"""
"""A small conversation as labelled text."""


def talk(number: int, pairs: int = 6) -> dict[str, object]:
    """One conversation; the same number gives the same words."""
    turns = []
    for at in range(pairs):
        turns.append({"role": "client", "text": f"{CLIENT[(number + at * 3) % 8]} ({number})"})
        turns.append({"role": "agent", "text": AGENT[(number * 5 + at) % 8]})
    return {"id": f"talk-{number:03}", "turns": turns}


def write_talks(path: Path, count: int, pairs: int = 6) -> Path:
    """A JSON lines file of conversations."""
    lines = (json.dumps(talk(number, pairs)) for number in range(count))
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path
