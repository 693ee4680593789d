"""The scores of a project, gathered for agreement and admission; measured once and kept until something is added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dtnexus.admission import Admission
from dtnexus.agreement.results import Agreement
from dtnexus.framework import Framework
from dtnexus.rating import Rating
from dtnexus.running.study_agreement import Score, StudyScores, known_of, machines_admitted, people_agree
from dtnexus.storage import results, settling, units
from dtnexus.storage.database import Connection
from dtnexus.studio.access import Inside
from dtnexus.studio.state import Studio


@dataclass(frozen=True)
class Measured:
    """How well the coders of a project agree, as of the last submission."""

    people: Agreement | None
    """None: no two people have submitted the same unit."""
    machines: tuple[Admission, ...]
    unknown_language: int
    """Units of which nobody stated the language; no machine can be measured on them."""


def measured(studio: Studio, inside: Inside) -> Measured:
    """The figures of a project; computed anew where anything was submitted, decided or withdrawn since."""
    today = studio.now().date()
    with studio.database.reading() as connection:
        stands = results.stands_at(connection, inside.project.id)
        digest = f"{stands}/{today}"
        return studio.kept.get(
            "agreement", inside.project.id, digest, lambda: _measured(connection, inside, inside.framework, today)
        )


def _measured(connection: Connection, inside: Inside, framework: Framework, today: date) -> Measured:
    scores = study_scores(connection, inside)
    unknown = sum(known.language is None for known in scores.known.values())
    return Measured(people_agree(scores, framework), machines_admitted(scores, framework, today), unknown)


def study_scores(connection: Connection, inside: Inside) -> StudyScores:
    """Everything that was scored of units that people have submitted."""
    project_id = inside.project.id
    people = settling.scores_of(connection, project_id)
    coded = {one.unit_id: one.interaction_id for one in people}
    machine = units.machine_scores(connection, project_id, coded)
    settled = [one for one in settling.adjudications_of(connection, project_id) if one.unit_id in coded]
    return StudyScores(
        name=f"{inside.project.name} (studio)",
        people=[Score(one.interaction_id, one.code, one.criterion, one.score) for one in people],
        settled=[
            Score(coded[one.unit_id], "adjudicator", one.criterion, one.statement.score)
            for one in settled
            if isinstance(one.statement, Rating)
        ],
        machine=[Score(coded[one.unit_id], one.coder_digest, one.criterion, one.score) for one in machine],
        machines={one.coder_digest: one.coder for one in machine},
        known={name: known_of(units.interaction_of(connection, unit_id)) for unit_id, name in coded.items()},
    )
