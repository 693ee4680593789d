"""From what coders submitted on gold units to certification, standing and drift; the rules are those of `agreement`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from dtnexus.agreement.certification import UNITS, Certification, certification
from dtnexus.agreement.drift import Drift, drift
from dtnexus.agreement.gold import Gold
from dtnexus.framework import Framework
from dtnexus.rating import Rating
from dtnexus.sheet import Planned, Round, Standing
from dtnexus.storage import assignments, projects, settling, training, units
from dtnexus.storage.database import Connection, Database
from dtnexus.storage.rows import Assignment, Attempt, StandingRow, StatementRow, UnitRow
from dtnexus.studio.access import Inside
from dtnexus.studio.preferences import opted_out
from dtnexus.study.acceptance import rated_by_people
from dtnexus.study.mixing import Mixed, Queued, mixed

LASTS = timedelta(days=365)
"""A certification is repeated every year."""
DRIFTED = "hidden gold units: "
_STALE = "the certification is more than a year old"


class Trainee(NamedTuple):
    """All that is known of a coder's training."""

    standing: StandingRow | None
    attempts: tuple[tuple[Attempt, Certification | None], ...]
    """Oldest first; None where an attempt is not ended."""

    @property
    def word(self) -> str:
        """The standing in one word."""
        return "training" if self.standing is None else self.standing.standing

    @property
    def passed(self) -> Certification | None:
        """The newest certification that was passed."""
        return next((result for each, result in reversed(self.attempts) if each.passed and result), None)

    @property
    def at_work(self) -> Attempt | None:
        """The attempt that is not ended."""
        return next((each for each, _ in self.attempts if each.ended_at is None), None)


def trainee(connection: Connection, project_id: str, person_id: str) -> Trainee:
    """What is known of a coder's training, as it stands."""
    found = [
        (each, None if each.result is None else Certification.model_validate(each.result))
        for each in training.attempts_of(connection, project_id, person_id)
    ]
    return Trainee(training.standing_of(connection, project_id, person_id), tuple(found))


def trainees(connection: Connection, project_id: str) -> dict[str, Trainee]:
    """The same of everybody of whom anything is known, by person id."""
    tries: dict[str, list[tuple[Attempt, Certification | None]]] = {}
    for each in training.attempts_of(connection, project_id):
        result = None if each.result is None else Certification.model_validate(each.result)
        tries.setdefault(each.person_id, []).append((each, result))
    stands = training.standing_rows(connection, project_id)
    return {who: Trainee(stands.get(who), tuple(tries.get(who, ()))) for who in {*tries, *stands}}


UNKNOWN = Trainee(None, ())
"""Somebody who has not begun."""


def with_gold(connection: Connection, project_id: str, kind: str) -> list[UnitRow]:
    """The units of a kind that have gold answers."""
    found = units.units_of(connection, project_id, (kind,))  # type: ignore[arg-type]
    return [unit for unit in found if units.gold_of(connection, unit.id)]


def golds(connection: Connection, said: Sequence[StatementRow], framework: Framework) -> list[Gold]:
    """Scores beside the right ones, in the order in which they were submitted and then of the criteria.

    A criterion that gold calls not observable has no right score and does not enter.
    """
    right = {unit_id: units.gold_of(connection, unit_id) for unit_id in {one.unit_id for one in said}}
    order = {criterion.id: place for place, criterion in enumerate(rated_by_people(framework))}
    found = []
    for one in sorted(said, key=lambda row: (row.at, row.submission_id, order.get(row.criterion, 0))):
        gold = right[one.unit_id].get(one.criterion)
        if gold is None or not isinstance(gold.statement, Rating):
            continue
        given = one.statement.score if isinstance(one.statement, Rating) else None
        found.append(Gold(one.unit_id, one.criterion, gold.statement.score, given))
    return found


def begin_attempt(connection: Connection, inside: Inside, at: datetime) -> Attempt | None:
    """Begin a coder's next attempt on all gold units, or None where the project has too few of them."""
    gold = with_gold(connection, inside.project.id, "gold")
    if len(gold) < UNITS:
        return None
    person_id, project_id = inside.person.id, inside.project.id
    attempt = training.begin_attempt(connection, project_id, person_id, inside.project.framework_digest, at)
    plan = [
        Planned(unit_id=unit.id, person_id=person_id, position=place, overlap=False) for place, unit in enumerate(gold)
    ]
    assignments.add_assignments(connection, project_id, plan, at, round_="certification", attempt=attempt.attempt)
    return attempt


def of_attempt(connection: Connection, project_id: str, person_id: str, attempt: Attempt) -> list[Assignment]:
    """The units of an attempt."""
    mine = assignments.queue(connection, project_id, person_id, ("certification",))
    return [one for one in mine if one.attempt == attempt.attempt]


def settle(connection: Connection, inside: Inside, person_id: str, at: datetime) -> Trainee:
    """Apply the rules to what a coder has submitted by now, and return how the coder stands afterwards.

    An attempt whose units are all ended is judged. A coder whose hidden gold scores have drifted, or whose
    certification is more than a year old, is paused until a new one.
    """
    now = trainee(connection, inside.project.id, person_id)
    if now.at_work is not None:
        _judge(connection, inside, person_id, now.at_work, at)
    now = trainee(connection, inside.project.id, person_id)
    because = _pauses(connection, inside, person_id, now, at)
    if because is None:
        return now
    training.set_standing(connection, inside.project.id, person_id, "paused", because, at)
    inside.note(connection, at, "coder-paused", f"person:{person_id}")
    return trainee(connection, inside.project.id, person_id)


def settled(database: Database, inside: Inside, person_id: str, at: datetime, known: Trainee | None = None) -> Trainee:
    """What `settle` returns; nobody who codes waits where there is nothing to be written.

    Args:
        database: where it stands; nothing of it is open in this thread.
        inside: the project.
        person_id: the coder.
        at: now.
        known: what is known of the coder, where it was read a moment ago.
    """
    if known is not None and known.at_work is None and known.word != "certified":
        return known
    with database.reading() as connection:
        now = trainee(connection, inside.project.id, person_id) if known is None else known
        ended = now.at_work is not None and _has_ended(connection, inside, person_id, now.at_work)
        if not ended and _pauses(connection, inside, person_id, now, at) is None:
            return now
    with database.writing() as connection:
        return settle(connection, inside, person_id, at)


def _pauses(connection: Connection, inside: Inside, person_id: str, now: Trainee, at: datetime) -> str | None:
    """Why a certified coder has to pause; None where the coder has not, or is not certified."""
    if now.standing is None or now.standing.standing != "certified":
        return None
    chart = drift_of(connection, inside, person_id, now)
    if chart.verdict == "retrain":
        return DRIFTED + "; ".join(chart.reasons)
    return _STALE if now.standing.at + LASTS <= at else None


def _has_ended(connection: Connection, inside: Inside, person_id: str, attempt: Attempt) -> bool:
    own = of_attempt(connection, inside.project.id, person_id, attempt)
    return not any(one.state in ("open", "in_progress") for one in own)


def _judge(connection: Connection, inside: Inside, person_id: str, attempt: Attempt, at: datetime) -> None:
    if not _has_ended(connection, inside, person_id, attempt):
        return
    said = _said(connection, inside, person_id, "certification", attempt.attempt)
    stars = [criterion.id for criterion in inside.framework.criteria if criterion.star]
    result = certification(golds(connection, said, inside.framework), stars)
    passed = result.verdict == "certified"
    training.end_attempt(connection, attempt.id, passed, result.model_dump(mode="json"), at)
    because = f"certification {attempt.attempt}: " + ("passed" if passed else "; ".join(result.reasons))
    standing: Standing = "certified" if passed else "training"
    training.set_standing(connection, inside.project.id, person_id, standing, because, at)
    inside.note(
        connection, at, "certification-judged", f"person:{person_id}", attempt=attempt.attempt, verdict=result.verdict
    )


def drift_of(
    connection: Connection,
    inside: Inside,
    person_id: str,
    now: Trainee,
    submitted: Sequence[StatementRow] | None = None,
) -> Drift:
    """The control chart of a coder: the hidden gold units submitted since the last certification.

    `submitted` is what the coder submitted of hidden gold, where it was read already.
    """
    since = now.standing.at if now.standing is not None and now.standing.standing == "certified" else None
    passed = [each.ended_at for each, _ in now.attempts if each.passed and each.ended_at is not None]
    begin = since or (passed[-1] if passed else None)
    said = _said(connection, inside, person_id, "drift", None) if submitted is None else submitted
    known = [one for one in said if begin is None or one.at > begin]
    before = None if now.passed is None else now.passed.pooled.value
    return drift(golds(connection, known, inside.framework), before)


def _said(
    connection: Connection, inside: Inside, person_id: str, round_: Round, attempt: int | None
) -> list[StatementRow]:
    found = settling.statements_of(connection, inside.project.id, rounds=(round_,), person_id=person_id)
    return [one for one in found if attempt is None or one.attempt == attempt]


def mix_in(connection: Connection, inside: Inside, person_id: str, opted_out: Sequence[str], at: datetime) -> Mixed:
    """Put hidden gold units among a coder's work; only units of which the coder has met no copy."""
    project_id = inside.project.id
    work = assignments.queue(connection, project_id, person_id, ("coding",))
    had = len(assignments.queue(connection, project_id, person_id, ("drift",)))
    met = training.interactions_met(connection, project_id, person_id)
    free = [
        unit.id
        for unit in with_gold(connection, project_id, "hidden_gold")
        if unit.interaction_id not in met and not set(unit.warnings) & set(opted_out)
    ]
    queued = [Queued(one.position, one.state != "open") for one in work]
    done = mixed(person_id, queued, had, free, inside.settings)
    assignments.add_assignments(connection, project_id, done.planned, at, round_="drift", at_the_end=False)
    return done


def mix_all(connection: Connection, inside: Inside, at: datetime) -> int:
    """Mix hidden gold into every coder's queue; how many units are wanting for that."""
    added = wanting = 0
    for one in projects.members(connection, inside.project.id):
        if one.role == "coder" and not one.imported:
            done = mix_in(connection, inside, one.person_id, opted_out(one), at)
            added, wanting = added + len(done.planned), wanting + done.wanting
    if added:
        inside.note(connection, at, "hidden-gold-mixed", units=added)
    return wanting
