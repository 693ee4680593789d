"""The project's own reference coding: whole conversations rated on every criterion by contexts of a language model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dtnexus.transcript import Interaction
from dtnexus.validation.sets.tables import lines, wanted
from dtnexus.validation.sets.talks import talk

TRANSCRIPTS: Final = "transcripts.jsonl"
CODING: Final = "coding.jsonl"
FITTED: Final = frozenset({"vera_mh", "spiral_bench"})
"""The sources whose conversations may train weights; the others only measure."""
_ROLES: Final = {"user": "client", "assistant": "agent"}


@dataclass(frozen=True, slots=True)
class Settled:
    """A settled episode of a conversation."""

    criterion: str
    cue_turn: int | None
    agent_turn: int
    score: int


@dataclass(frozen=True, slots=True)
class Reference:
    """One conversation with its settled coding."""

    interaction: Interaction
    source: str
    ratings: Mapping[str, int | None]
    """Criterion -> score; None where it was not observable."""
    episodes: tuple[Settled, ...]
    presented: int

    @property
    def fitted(self) -> bool:
        """Whether weights may have been fitted on it."""
        return self.source in FITTED


def references(folder: Path) -> list[Reference]:
    """The conversations with their settled coding.

    Raises:
        InputError: a file is not the set's.
    """
    coding = folder / CODING
    settled = {each["id"]: each for each in (wanted(line, ("id",), coding) for line in lines(coding))}
    out = []
    for line in lines(folder / TRANSCRIPTS):
        record = wanted(line, ("id", "set", "agent", "messages"), folder / TRANSCRIPTS)
        coded = wanted(settled.get(record["id"]), ("ratings", "episodes", "presented"), coding)
        turns = [(_ROLES[message["role"]], str(message["content"])) for message in record["messages"]]
        episodes = tuple(
            Settled(each["criterion"], each["cue_turn"], each["agent_turn"], each["score"])
            for each in coded["episodes"]
            if each["agent_turn"] is not None
        )
        ratings = {name: each["score"] for name, each in coded["ratings"].items()}
        interaction = talk(record["id"], turns, record["agent"])
        out.append(Reference(interaction, record["set"], ratings, episodes, coded["presented"]))
    return out
