"""Results that follow what is submitted and decided: made when somebody looks, a few at a time."""

from __future__ import annotations

import time

from dtnexus import __version__
from dtnexus.assessment import Assessment
from dtnexus.deciding.consensus import CONSENSUS
from dtnexus.rating import Rating
from dtnexus.running.study_results import StudyCase, StudyRules, decided, outcome_before, spread_of
from dtnexus.storage import admitting, results, units
from dtnexus.storage.database import Connection
from dtnexus.storage.results import CriterionResult, NewResult, ResultRow
from dtnexus.studio.access import Inside
from dtnexus.studio.dossier import Dossier, dossier
from dtnexus.studio.state import Studio

RULES = f"{__version__}/{CONSENSUS.version}"
"""Results of another version of the program are made again."""
LOOK_S = 0.1
"""How long a page that shows results makes new ones before it shows those that are there."""
DECIDE_S = 4.0
"""How long one press of "decide" works."""
_AT_ONCE = 10


def bring_up_to_date(studio: Studio, inside: Inside, seconds: float) -> int:
    """Decide units whose result is old, for about so many seconds, and return how many are left.

    The units are decided outside of any writing transaction, so that nobody who codes waits for it. A unit that
    changes meanwhile stays old, since its result names the revision that it rests on.
    """
    project_id, until = inside.project.id, time.monotonic() + seconds
    while True:
        with studio.database.reading() as connection:
            old = results.stale_units(connection, project_id, RULES, _AT_ONCE)
            if not old:
                return 0
            rules = study_rules(connection, inside)
            made = []
            for unit_id, revision in old:
                made.append(_result(connection, inside, rules, unit_id, revision))
                if time.monotonic() > until:
                    break
        with studio.database.writing() as connection:
            results.keep_results(connection, project_id, RULES, made)
        if time.monotonic() > until:
            with studio.database.reading() as connection:
                return results.count_stale(connection, project_id, RULES)


def study_rules(connection: Connection, inside: Inside) -> StudyRules:
    """What holds for all units of a project."""
    profiles = units.profiles_of(connection, inside.project.id)
    return StudyRules(inside.framework, profiles, admitting.admissions_of(connection, inside.project.id))


def dossier_of(connection: Connection, inside: Inside, unit_id: str) -> Dossier | None:
    """The dossier of a work unit of the project that is not withdrawn; None where there is none."""
    unit = units.unit(connection, inside.project.id, unit_id)
    if unit is None or unit.kind != "work" or unit.withdrawn_at is not None:
        return None
    return dossier(connection, inside.project.id, unit, inside.framework)


def _result(connection: Connection, inside: Inside, rules: StudyRules, unit_id: str, revision: int) -> NewResult:
    unit = units.unit(connection, inside.project.id, unit_id)
    assert unit is not None, "a unit with results is there"
    own = dossier(connection, inside.project.id, unit, inside.framework)
    case = own.case(units.interaction_of(connection, unit_id))
    now = decided(case, rules)
    return NewResult(
        unit_id=unit_id,
        revision=revision,
        row=_row(own, case, rules, now),
        scores=tuple(
            CriterionResult(criterion, coded.kind, coded.score if isinstance(coded, Rating) else None)
            for criterion, coded in now.ratings.items()
        ),
        risks=tuple((risk.id, risk.status) for risk in now.risks),
    )


def _row(own: Dossier, case: StudyCase, rules: StudyRules, now: Assessment) -> ResultRow:
    return ResultRow(
        unit_id=own.unit.id,
        label=own.unit.label,
        state="complete" if own.all_submitted else "open",
        coders=len(own.submissions),
        questions=len(own.waiting),
        settled=len(own.standing) if own.all_submitted else 0,
        presented=now.presented,
        indicated=now.indicated,
        outcome=now.earned.outcome,
        before=outcome_before(case, rules, now),
        shown=now.earned.shown,
        ceiling=now.earned.ceiling,
        spread=spread_of(case.people),
    )
