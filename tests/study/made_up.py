"""An invented conversation, and sheets about it. Synthetic: nobody said any of this."""

from __future__ import annotations

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.signals import MAXIMA
from dtnexus.framework import Framework
from dtnexus.rating import CoderRef
from dtnexus.sheet import Action, Change, CriterionSheet, Mark, NoOpportunity, ScoreAnswer, Sheet, TurnPlace
from dtnexus.study.acceptance import rated_by_people
from dtnexus.transcript import Agent, Interaction, Role, Transcript, Turn

SAID = (
    (Role.CLIENT, "I sleep badly and worry about it all day."),
    (Role.AGENT, "That sounds tiring. What would you like to change first?"),
    (Role.CLIENT, "<script>alert(1)</script> I feel 😀 and nobody noticed."),
    (Role.AGENT, "Drink less coffee."),
)


def framework() -> Framework:
    return load_framework("dtn-op@0.1", MAXIMA)


def interaction(name: str = "talk-1", agent: str = "product-x") -> Interaction:
    turns = tuple(Turn(index=at, role=role, text=text, speaker="Somebody") for at, (role, text) in enumerate(SAID))
    who = Agent(id=agent, kind="digital", version="9.9")
    transcript = Transcript(id=f"file-of-{name}", turns=turns, agent=who, language="en", synthetic=True)
    return Interaction(id=name, agent=who, client_id=None, sessions=(transcript,))


def mark(criterion: str = "B1", turn: int = 1, words: str = "That sounds tiring.", name: str = "mark-0001") -> Mark:
    start = SAID[turn][1].index(words)
    return Mark(id=name, criterion=criterion, session=0, turn=turn, start=start, end=start + len(words), quote=words)


def action(change: Change, criterion: str = "B1", seen: int = 0, name: str = "action-0001") -> Action:
    return Action(id=name, criterion=criterion, seen_version=seen, change=change)


def complete(known: Framework) -> Sheet:
    """B1 at 3, D1 at 1 with its missed opportunity, all others not observable."""
    criteria = {c.id: CriterionSheet(version=1, answer=NoOpportunity()) for c in rated_by_people(known)}
    criteria["B1"] = CriterionSheet(
        version=2, answer=ScoreAnswer(score=3, rationale="names the feeling", sure="sure"), marks=(mark(),)
    )
    missed = ScoreAnswer(score=1, missed=TurnPlace(session=0, turn=2))
    criteria["D1"] = CriterionSheet(version=2, answer=missed, marks=(mark("D1", 3, "Drink less coffee.", "mark-0002"),))
    return Sheet(criteria=criteria)


CODER = CoderRef(kind="human", name="coder-a", version="dtn-op@0.1")
