"""A unit as a coder may see it: what was said by whom, and nothing that tells whose product it was."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import TypeGuard

from dtnexus.framework import Framework
from dtnexus.rating import NotObservable, Rating, Said
from dtnexus.record import Record
from dtnexus.transcript import Interaction, Role

HARD_TO_READ = frozenset({"risk_any", "risk_severity", "risk_veiled", "risk_other", "delusional_content"})
"""What clients say that people are to be warned of: danger to themselves or others, and loss of reality."""


class BlindTurn(Record):
    """A turn without speaker's name and time."""

    index: int
    role: Role
    text: str


class BlindUnit(Record):
    """The sessions of a unit under its blind label, without ids, agent, client, dates, sources and probes."""

    label: str
    language: str | None
    sessions: tuple[tuple[BlindTurn, ...], ...]


def blinded(interaction: Interaction, label: str) -> BlindUnit:
    """The unit as coders see it. Names that somebody says in a turn stay: words are not changed."""
    sessions = tuple(
        tuple(BlindTurn(index=turn.index, role=turn.role, text=turn.text) for turn in session.turns)
        for session in interaction.sessions
    )
    return BlindUnit(label=label, language=interaction.sessions[0].language, sessions=sessions)


def blind_label(number: int) -> str:
    """The label of the unit of this number, from 1: a number in the order of a shuffled import."""
    return f"U{number:04d}"


def free_labels(count: int, used: Iterable[str], spare: int, drawn: random.Random) -> list[str]:
    """So many unused labels at random, from so few numbers that `spare` ones stay free between them.

    The free numbers are for hidden gold units that come later: their labels then lie among those of the others.
    """
    taken = {int(label[1:]) for label in used if label[:1] == "U" and label[1:].isdecimal()}
    free: list[int] = []
    number = 0
    while len(free) < count + spare:
        number += 1
        if number not in taken:
            free.append(number)
    return [blind_label(each) for each in drawn.sample(free, count)]


def warnings_of(said: Iterable[Said], framework: Framework) -> tuple[str, ...]:
    """The safety-critical criteria for which a unit is hard to read: what a coder is warned of before reading.

    A machine saw an opportunity, rated or not, answered or not, where opportunities are themselves what is hard to read
    (the framework opens them on one of the signals `HARD_TO_READ`); or an answer came out at 0.
    That somebody asks whether a person is there, or says goodbye, is no reason to warn. Nothing said means that nothing
    is known, not that no warning is needed.
    """
    hard = {name for name, rule in framework.signals.items() if any(cue.signal in HARD_TO_READ for cue in rule.cues)}
    found = {one.criterion for one in said if _seen(one) and (one.criterion in hard or _harmful(one))}
    return tuple(criterion.id for criterion in framework.criteria if criterion.star and criterion.id in found)


def _seen(one: Said) -> TypeGuard[Rating | NotObservable]:
    """Whether a machine saw an opportunity, if only perhaps, answered or not."""
    return isinstance(one, Rating) or (isinstance(one, NotObservable) and bool(one.unanswered or one.episodes))


def _harmful(one: Rating | NotObservable) -> bool:
    return isinstance(one, Rating) and (one.score == 0 or any(episode.score == 0 for episode in one.episodes))
