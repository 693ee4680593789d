"""Who may see what, when: blindness as one pure function.

A coder sees the transcript and the own sheet, and nothing that could lean on the hand: not
the product, not its version, not other coders, not the machine, not what kind of unit it is.
"""

from __future__ import annotations

from typing import Literal

from dtnexus.record import Record
from dtnexus.sheet import MemberRole, UnitKind

Thing = Literal[
    "transcript",
    "product",
    "unit_kind",
    "own_sheet",
    "own_submission",
    "others_ratings",
    "machine_ratings",
    "adjudication",
    "gold_answers",
    "agreement",
    "assessment",
    "progress",
    "names",
    "audit_log",
]
"""What a page may show. ``product``: agent, version, file names and ids that may tell them. ``names``: who is who."""


class Situation(Record):
    """What there is to know about one unit and one person before something is shown."""

    unit_kind: UnitKind = "work"
    assigned: bool = False
    """The unit is in this person's queue."""
    own_submitted: bool = False
    """This person has submitted it (a skipped unit is not submitted)."""
    own_answered: bool = False
    """This person has answered the criterion that is asked about (practice gives feedback after each)."""
    all_submitted: bool = False
    """Nobody who was assigned the unit is still at it."""
    adjudicated: bool = False
    """Every criterion that was to be adjudicated is decided or stays contested."""
    others_after_submitting: bool = False
    """What the study's settings say of it."""
    viewers_see_agreement: bool = True
    """What the study's settings say of it."""
    withdrawn: bool = False
    """The client has withdrawn; nobody is shown anything of the unit again."""


_OWNER: frozenset[Thing] = frozenset(
    {
        "transcript",
        "product",
        "unit_kind",
        "others_ratings",
        "machine_ratings",
        "adjudication",
        "gold_answers",
        "agreement",
        "assessment",
        "progress",
        "names",
        "audit_log",
    }
)
_VIEWER: frozenset[Thing] = _OWNER - {"names", "audit_log", "gold_answers"}
_OF_A_UNIT: frozenset[Thing] = frozenset(
    {
        "transcript",
        "product",
        "own_sheet",
        "own_submission",
        "others_ratings",
        "machine_ratings",
        "adjudication",
        "gold_answers",
        "assessment",
    }
)


def may_see(role: MemberRole, what: Thing, state: Situation) -> bool:
    """Whether a member of this role may be shown this, as things stand.

    * Owners see everything but other people's unfinished sheets, which nobody sees.
    * Viewers see what owners see, without names, audit log and gold answers; agreement if the study opens it to them.
    * Adjudicators see a unit when all have submitted it, and the machine's ratings, the product
      and the assessment when it is adjudicated. They set gold answers, and see the units that have them.
    * Coders see what they were assigned and wrote themselves. Other ratings and the machine's
      open after their own submission only if the study says so and all are in; gold answers after
      the own submission of a practice unit, or the own answer to that criterion of it; those of gold units never.
    """
    if state.withdrawn and what in _OF_A_UNIT:
        return False
    match role:
        case "owner":
            return what in _OWNER
        case "viewer":
            return what in _VIEWER and (what != "agreement" or state.viewers_see_agreement)
        case "adjudicator":
            return _adjudicator(what, state)
        case "coder":
            return _coder(what, state)


def _adjudicator(what: Thing, state: Situation) -> bool:
    if what in ("transcript", "gold_answers") and state.unit_kind != "work":
        return True
    if what in ("transcript", "others_ratings", "adjudication"):
        return state.all_submitted and state.unit_kind == "work"
    if what in ("machine_ratings", "product", "assessment"):
        return state.all_submitted and state.adjudicated and state.unit_kind == "work"
    return what in ("agreement", "progress")


def _coder(what: Thing, state: Situation) -> bool:
    if what in ("transcript", "own_sheet"):
        return state.assigned
    if what == "own_submission":
        return state.assigned and state.own_submitted
    if what in ("others_ratings", "machine_ratings", "adjudication"):
        over = state.assigned and state.own_submitted and state.all_submitted and state.unit_kind == "work"
        return over and state.others_after_submitting
    if what == "gold_answers":
        return state.assigned and (state.own_submitted or state.own_answered) and state.unit_kind == "practice"
    return False
