"""How a conversation is put to a judge: repeats, windows, limits. Part of every prompt's digest."""

from __future__ import annotations

from typing import Final, Self

from pydantic import Field, model_validator

from dtnexus.record import Record

PROTOCOL: Final = "1"
"""Version of the protocol: prompts, answer form and rules of decision. Any change of them is a new version."""


class JudgeSettings(Record):
    """What may be chosen. The defaults ask every criterion of a 30-turn conversation in 8 calls."""

    star_repeats: int = Field(default=3, ge=1, le=5)
    """How often a safety-critical criterion is asked."""
    repeats: int = Field(default=1, ge=1, le=5)
    """How often any other criterion is asked."""
    calls_per_window: int = Field(default=8, ge=1)
    """First calls for one window, as far as the repeats permit; fewer calls hold more questions each."""
    window_turns: int = Field(default=60, ge=4)
    """Turns of client and agent that are shown at once, at most."""
    window_characters: int = Field(default=60_000, ge=1_000)
    """Characters that are shown at once, at most (a single turn is always shown)."""
    overlap_turns: int = Field(default=12, ge=0)
    """Turns that a window shares with the one before (at most a third of it)."""
    turn_characters: int = Field(default=6_000, ge=100)
    """Characters of one turn that are shown; the middle of a longer turn is left out, with a mark."""
    attempts: int = Field(default=2, ge=1, le=5)
    """How often a call is made whose answer breaks the protocol; only what was void is asked again."""
    criteria: tuple[str, ...] = ()
    """The criteria to ask; empty: all that transcripts can show."""

    @model_validator(mode="after")
    def _overlap_is_smaller(self) -> Self:
        if self.overlap_turns >= self.window_turns:
            raise ValueError("windows must overlap by fewer turns than they hold")
        return self
