"""A transcript with the passages that somebody marked: pieces of text, each with what covers it and what ends there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from dtnexus.rating import Episode, NotObservable, Rating, Said
from dtnexus.reporting.marks import Mark, Segment, cut
from dtnexus.transcript import Interaction, Role

By = Literal["coder", "adjudicator", "machine"]


@dataclass(frozen=True)
class Passage:
    """Words that somebody marked, and what for."""

    number: int
    """Its place on the page; names its anchor."""
    by: By
    who: str
    """Pseudonym, or the machine's name."""
    criterion: str
    episode: Episode
    rated: bool
    """False: the words were pointed to and not scored."""
    letter: str
    """Stands for who, where there is little room."""


class ShownTurn(NamedTuple):
    """One turn with its pieces."""

    number: int
    """Its place in the session, from 0."""
    role: Role
    pieces: tuple[Segment, ...]
    passages: tuple[Passage, ...]
    """What the numbers in the pieces mean."""


def passages_of(said: Sequence[tuple[By, str, Said]], criteria: Sequence[str] | None = None) -> list[Passage]:
    """Every marked passage of these statements, numbered in the order of the conversation; of some criteria only."""
    found = [
        (by, who, one.criterion, episode, isinstance(one, Rating))
        for by, who, one in said
        if isinstance(one, Rating | NotObservable) and (criteria is None or one.criterion in criteria)
        for episode in one.episodes
    ]
    found.sort(key=lambda each: (each[3].session, each[3].turn, each[3].start, each[3].end, each[2], each[1]))
    known = letters((by, who) for by, who, _ in said)
    return [Passage(number, *each, known[each[:2]]) for number, each in enumerate(found, start=1)]


def letters(people: Iterable[tuple[By, str]]) -> dict[tuple[By, str], str]:
    """A letter for each coder by pseudonym, ``adj`` for adjudicators, ``m`` (``m2`` and so on) for machines."""
    coders, machines = 0, 0
    found: dict[tuple[By, str], str] = {}
    for by, who in sorted(set(people)):
        match by:
            case "coder":
                found[by, who] = chr(ord("a") + coders % 26)
                coders += 1
            case "adjudicator":
                found[by, who] = "adj"
            case "machine":
                machines += 1
                found[by, who] = "m" if machines == 1 else f"m{machines}"
    return found


def shown(interaction: Interaction, passages: Sequence[Passage]) -> list[list[ShownTurn]]:
    """The sessions of the unit, turn by turn; nothing that tells the product but what somebody says."""
    sessions = []
    for at, session in enumerate(interaction.sessions):
        turns = []
        for turn in session.turns:
            here = tuple(p for p in passages if (p.episode.session, p.episode.turn) == (at, turn.index))
            marks = [Mark(p.episode.start, p.episode.end, p.criterion) for p in here]
            turns.append(ShownTurn(turn.index, turn.role, cut(turn.text, marks), here))
        sessions.append(turns)
    return sessions
