"""Everything about one unit that adjudication, results and browsing start from, read in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dtnexus.framework import Framework
from dtnexus.rating import Said
from dtnexus.running.study_results import StudyCase
from dtnexus.storage import assignments, projects, settling, units
from dtnexus.storage.database import Connection
from dtnexus.storage.rows import Adjudication, Assignment, StatementRow, UnitRow
from dtnexus.study.adjudicating import Question, open_questions, questions
from dtnexus.study.settings import StudySettings
from dtnexus.study.sight import Situation
from dtnexus.transcript import Interaction

_AT_IT = ("open", "in_progress")


@dataclass(frozen=True)
class Dossier:
    """One unit: who was to code it, what they submitted, what machines said, what was decided."""

    unit: UnitRow
    assigned: Sequence[Assignment]
    all_submitted: bool
    """Somebody has submitted it, and nobody who may still code it is at it."""
    people: Sequence[StatementRow]
    machine: Sequence[Said]
    history: Sequence[Adjudication]
    """All decisions, oldest first."""
    asked: tuple[Question, ...]
    """All questions, decided or not; empty until all have submitted."""
    waiting: tuple[Question, ...]
    """Those of them that wait for a decision."""

    @property
    def coders(self) -> frozenset[str]:
        """Ids of the people who were to code it."""
        return frozenset(one.person_id for one in self.assigned)

    @property
    def submissions(self) -> tuple[str, ...]:
        """Ids of all submissions, in order."""
        return tuple(dict.fromkeys(one.submission_id for one in self.people))

    @property
    def codes(self) -> tuple[str, ...]:
        """Pseudonyms of those who submitted."""
        return tuple(sorted({one.code for one in self.people}))

    @property
    def standing(self) -> dict[str, Adjudication]:
        """Criterion -> the decision that stands."""
        return {one.criterion: one for one in self.history}

    def situation(self, settings: StudySettings, person_id: str = "") -> Situation:
        """What `dtnexus.study.sight` needs to know."""
        own = [one for one in self.assigned if one.person_id == person_id]
        return Situation(
            unit_kind=self.unit.kind,
            assigned=bool(own),
            own_submitted=any(one.state == "submitted" for one in own),
            all_submitted=self.all_submitted,
            adjudicated=self.all_submitted and not self.waiting,
            others_after_submitting=settings.others_after_submitting,
            viewers_see_agreement=settings.viewers_see_agreement,
            withdrawn=self.unit.withdrawn_at is not None,
        )

    def case(self, interaction: Interaction) -> StudyCase:
        """What deciding needs; people count when all of them have submitted, so that no half result leans on one."""
        heard = self.all_submitted
        standing = self.standing.values() if heard else ()
        return StudyCase(
            interaction=interaction,
            people=[one.statement for one in self.people] if heard else [],
            machine=self.machine,
            decisions=[one.statement for one in standing if one.statement is not None],
            contested=frozenset(one.criterion for one in standing if one.outcome == "contested"),
        )


def dossier(connection: Connection, project_id: str, unit: UnitRow, framework: Framework) -> Dossier:
    """The dossier of a unit."""
    assigned = [one for one in assignments.assignments_of_unit(connection, unit.id) if one.round == "coding"]
    people = settling.statements_of(connection, project_id, unit_id=unit.id)
    machine = units.machine_said(connection, project_id, unit.id).get(unit.id, [])
    history = settling.adjudications_of(connection, project_id, unit.id, all_of_them=True)
    done = bool(people) and not any(_is_at_it(connection, project_id, one) for one in assigned)
    asked = questions([one.statement for one in people], machine, framework) if done else ()
    compared = {one.criterion: one.seen for one in history}
    waiting = open_questions(asked, compared, {one.submission_id for one in people})
    return Dossier(unit, assigned, done, people, machine, history, asked, waiting)


def _is_at_it(connection: Connection, project_id: str, one: Assignment) -> bool:
    """Whether an assignment is not done and its person is still a coder of the project."""
    if one.state not in _AT_IT:
        return False
    who = projects.member(connection, project_id, one.person_id)
    return who is not None and who.role == "coder"
