"""Gold units and coders who answer them, without a browser; every conversation is synthetic."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from dtnexus.rating import CoderRef, Episode, NotObservable, Rating
from dtnexus.sheet import Round, UnitKind
from dtnexus.storage import assignments, coding, projects, units
from dtnexus.storage.database import Connection
from dtnexus.storage.rows import Assignment
from dtnexus.storage.units import GoldAnswer, NewUnit
from dtnexus.transcript import Interaction
from tests.studio.coding_scene import conversation
from tests.studio.house import House

CODER = CoderRef(kind="human", name="coder-a", version="dtn-op@0.1")
GOLD = CoderRef(kind="consensus", name="owner", version="dtn-op@0.1")
SECRET = "the-gold-reason-nobody-may-read-before"


def rating(words: Interaction, criterion: str, score: int, coder: CoderRef = GOLD) -> Rating:
    turn = words.sessions[0].turns[1]
    episode = Episode(
        transcript_id=words.sessions[0].id,
        session=0,
        turn=1,
        start=0,
        end=4,
        quote=turn.text[:4],
        criterion=criterion,
        agent_turn=1,
        score=score,
        expected=float(score),
        confidence=1.0,
    )
    return Rating(
        interaction_id=words.id,
        criterion=criterion,
        coder=coder,
        score=score,
        expected=float(score),
        confidence=1.0,
        episodes=(episode,),
        why="as I see it",
    )


def add_gold(
    connection: Connection, house: House, kind: UnitKind, right: Mapping[str, Mapping[str, int]], first: int = 1
) -> dict[str, str]:
    """Name of each conversation -> id of the unit; `right` is name -> criterion -> gold score."""
    words = {name: conversation(name) for name in right}
    letter = {"practice": "P", "gold": "G"}.get(kind, "U9")
    new = [NewUnit(one, f"{letter}{number:03d}", kind) for number, one in enumerate(words.values(), start=first)]
    added = units.add_units(connection, house.demo.project_id, new, house.at)
    for name, scores in right.items():
        gold = [GoldAnswer(c, rating(words[name], c, score), SECRET) for c, score in scores.items()]
        units.set_gold(connection, added[words[name].id], gold)
    return {name: added[one.id] for name, one in words.items()}


def member_id(connection: Connection, house: House, code: str) -> str:
    return next(m.person_id for m in projects.members(connection, house.demo.project_id) if m.code == code)


def submit(connection: Connection, house: House, one: Assignment, scores: Mapping[str, int | None]) -> None:
    """Submit an assignment with these scores; None is "not observable"."""
    words = units.interaction_of(connection, one.unit_id)
    said = [
        NotObservable(interaction_id=words.id, criterion=name, coder=CODER, reason="none")
        if score is None
        else rating(words, name, score, CODER)
        for name, score in scores.items()
    ]
    done = coding.submit(connection, one, uuid.uuid4().hex, one.version, house.at, lambda _: said)
    assert isinstance(done, coding.Done)


def queue_of(connection: Connection, house: House, person_id: str, round_: Round) -> list[Assignment]:
    return assignments.queue(connection, house.demo.project_id, person_id, (round_,))
